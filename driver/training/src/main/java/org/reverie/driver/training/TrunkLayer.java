package org.reverie.driver.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.reverie.driver.training.TrunkParameters.Entry;
import org.reverie.driver.training.TrunkParameters.Kind;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;

/**
 * A whole trunk, normalised, as one layer of DL4J, from pictures to the mean of every channel of
 * its last layer; oneDNN computes all of it ({@link TrunkProgram}). As layers of DL4J the same
 * trunk takes several times as long: every value is copied between layouts around each convolution,
 * and each normalisation is a dozen operations.
 */
public final class TrunkLayer extends FeedForwardLayer {
  private static final long serialVersionUID = 1L;

  /** Share of running means and variances that stays in a step, as in DL4J's own layer. */
  private static final double DECAY = 0.9;

  private String trunk;
  private int size;
  private double adversarial;
  private transient Brain decoded;

  /** For reading a configuration. */
  public TrunkLayer() {}

  private TrunkLayer(Builder builder) {
    super(builder);
    trunk = encode(builder.trunk);
    size = builder.size;
    adversarial = builder.adversarial;
    nOut = builder.trunk.layers().get(builder.trunk.layers().size() - 1).channels();
    nIn = 3;
  }

  /** The trunk, as text. */
  public String getTrunk() {
    return trunk;
  }

  /** For reading a configuration. */
  public void setTrunk(String trunk) {
    this.trunk = trunk;
  }

  /** Edge of the pictures, pixels. */
  public int getSize() {
    return size;
  }

  /** For reading a configuration. */
  public void setSize(int size) {
    this.size = size;
  }

  /** How far {@link Adversary} may change a picture, grey levels; 0 for not at all. */
  public double getAdversarial() {
    return adversarial;
  }

  /** For reading a configuration. */
  public void setAdversarial(double adversarial) {
    this.adversarial = adversarial;
  }

  /** What a trunk's layer is made from. */
  static final class Builder extends FeedForwardLayer.Builder<Builder> {
    private final Brain trunk;
    private final int size;
    private final double adversarial;

    Builder(Brain trunk, int size, double adversarial) {
      this.trunk = trunk;
      this.size = size;
      this.adversarial = adversarial;
    }

    @Override
    @SuppressWarnings("unchecked")
    public TrunkLayer build() {
      return new TrunkLayer(this);
    }
  }

  /** The weights of a trunk to be trained are zeros, which pack to nothing. */
  private static String encode(Brain trunk) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(BrainCodec.encode(trunk));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private synchronized Brain brain() {
    if (decoded == null) {
      byte[] packed = Base64.getDecoder().decode(trunk);
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
        decoded = BrainCodec.decode(in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return decoded;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType type) {
    return LayerSetup.complete(
        new Running(configuration, type),
        initializer(),
        configuration,
        listeners,
        index,
        parameters,
        initialise);
  }

  @Override
  public ParamInitializer initializer() {
    return new Initialiser(TrunkParameters.of(brain()));
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    return InputType.feedForward(nOut);
  }

  @Override
  public void setNIn(InputType input, boolean override) {}

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType input) {
    return null;
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    return isRunning(key) ? new NoOp() : super.getUpdaterByParam(key);
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    throw new UnsupportedOperationException("DL4J does not know what oneDNN takes");
  }

  private boolean isAdversarial() {
    return adversarial > 0;
  }

  private static boolean isRunning(String key) {
    return key.startsWith(TrunkParameters.prefix(Kind.MEAN))
        || key.startsWith(TrunkParameters.prefix(Kind.VARIANCE));
  }

  private record Initialiser(TrunkParameters parameters) implements ParamInitializer {
    @Override
    public long numParams(NeuralNetConfiguration configuration) {
      return parameters.length();
    }

    @Override
    public long numParams(org.deeplearning4j.nn.conf.layers.Layer layer) {
      return parameters.length();
    }

    @Override
    public List<String> paramKeys(org.deeplearning4j.nn.conf.layers.Layer layer) {
      return parameters.entries().stream().map(Entry::key).toList();
    }

    @Override
    public List<String> weightKeys(org.deeplearning4j.nn.conf.layers.Layer layer) {
      return paramKeys(layer).stream().filter(key -> isWeightParam(layer, key)).toList();
    }

    @Override
    public List<String> biasKeys(org.deeplearning4j.nn.conf.layers.Layer layer) {
      return List.of();
    }

    @Override
    public boolean isWeightParam(org.deeplearning4j.nn.conf.layers.Layer layer, String key) {
      return key.startsWith(TrunkParameters.prefix(Kind.WEIGHTS));
    }

    @Override
    public boolean isBiasParam(org.deeplearning4j.nn.conf.layers.Layer layer, String key) {
      return false;
    }

    @Override
    public Map<String, INDArray> init(
        NeuralNetConfiguration configuration, INDArray row, boolean initialise) {
      Map<String, INDArray> views = views(row);
      for (Entry entry : parameters.entries()) {
        configuration.addVariable(entry.key());
        INDArray view = views.get(entry.key());
        if (!initialise) {
          continue;
        }
        switch (entry.kind()) {
          case WEIGHTS -> {
            long taps = entry.shape()[2] * entry.shape()[3];
            ((TrunkLayer) configuration.getLayer())
                .getWeightInitFn()
                .init(
                    entry.shape()[1] * taps,
                    entry.shape()[0] * taps,
                    entry.shape(),
                    'c',
                    view.reshape(view.length()));
          }
          case SCALE, VARIANCE -> view.assign(1);
          case SHIFT, MEAN -> view.assign(0);
        }
      }
      return views;
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(
        NeuralNetConfiguration configuration, INDArray row) {
      return views(row);
    }

    private Map<String, INDArray> views(INDArray row) {
      INDArray flat = row.reshape(row.length());
      Map<String, INDArray> views = new LinkedHashMap<>();
      for (Entry entry : parameters.entries()) {
        views.put(
            entry.key(),
            flat.get(NDArrayIndex.interval(entry.offset(), entry.offset() + entry.length()))
                .reshape('c', entry.shape()));
      }
      return views;
    }
  }

  /**
   * Programs that nobody uses at the moment. Making one takes a second, and DL4J makes new layers
   * after every average.
   */
  private static final class Idle {
    private static final int KEPT = 4;
    private static final Deque<Idle> PROGRAMS = new ArrayDeque<>();

    private final String trunk;
    private final long batch;
    private final int size;
    private final boolean toPictures;
    private final TrunkProgram program;

    private Idle(TrunkLayer layer, long batch, TrunkProgram program) {
      this.trunk = layer.trunk;
      this.size = layer.size;
      this.toPictures = layer.isAdversarial();
      this.batch = batch;
      this.program = program;
    }

    static TrunkProgram take(TrunkLayer layer, long batch) {
      synchronized (PROGRAMS) {
        for (Iterator<Idle> all = PROGRAMS.iterator(); all.hasNext(); ) {
          Idle idle = all.next();
          if (idle.batch == batch
              && idle.size == layer.size
              && idle.toPictures == layer.isAdversarial()
              && idle.trunk.equals(layer.trunk)) {
            all.remove();
            return idle.program;
          }
        }
      }
      return new TrunkProgram(
          layer.brain(), Math.toIntExact(batch), layer.size, layer.isAdversarial());
    }

    static void give(TrunkLayer layer, long batch, TrunkProgram program) {
      synchronized (PROGRAMS) {
        PROGRAMS.addFirst(new Idle(layer, batch, program));
        if (PROGRAMS.size() > KEPT) {
          PROGRAMS.removeLast();
        }
      }
    }
  }

  private static final class Running extends BaseLayer<TrunkLayer> {
    private static final long serialVersionUID = 1L;

    /** Between forward and backward; holds what the first leaves for the second. */
    private transient TrunkProgram program;

    /** Address of the pictures as they were shown, between forward and backward. */
    private transient long shown;

    /** What that address lies in. */
    @SuppressWarnings("unused")
    private transient INDArray held;

    /** Belongs to one worker, between two averages: programs go from one to another. */
    private transient Adversary adversary;

    Running(NeuralNetConfiguration configuration, DataType type) {
      super(configuration, type);
    }

    @Override
    public boolean isPretrainLayer() {
      return false;
    }

    @Override
    public boolean updaterDivideByMinibatch(String key) {
      return !isRunning(key);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      assertInputSet(false);
      long batch = input.size(0);
      TrunkProgram taken = Idle.take(layerConf(), batch);
      INDArray pictures = Plain.of(input);
      long address = Plain.address(pictures);
      if (training && layerConf().isAdversarial()) {
        if (adversary == null) {
          adversary = Adversary.of(layerConf().adversarial, input);
        }
        address = adversary.show(address);
      }
      INDArray means =
          workspaces.createUninitialized(
              ArrayType.ACTIVATIONS,
              DataType.FLOAT,
              new long[] {batch, layerConf().getNOut()},
              'c');
      taken.forward(address, Plain.address(paramsFlattened), Plain.address(means), training);
      if (training) {
        program = taken;
        shown = address;
        held = pictures;
      } else {
        Idle.give(layerConf(), batch, taken);
      }
      return means;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray errors, LayerWorkspaceMgr workspaces) {
      assertInputSet(true);
      INDArray plainErrors = Plain.of(errors);
      // Nothing lies below that would want it, but an adversary.
      INDArray pictureErrors =
          workspaces.create(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, input.shape(), 'c');
      program.backward(
          shown,
          Plain.address(paramsFlattened),
          Plain.address(plainErrors),
          Plain.address(gradientsFlattened),
          Plain.address(pictureErrors),
          DECAY);
      if (adversary != null) {
        adversary.learn(Plain.address(pictureErrors));
      }
      Idle.give(layerConf(), input.size(0), program);
      program = null;
      held = null;
      Gradient gradient = new DefaultGradient(gradientsFlattened);
      gradientViews.forEach(gradient::setGradientFor);
      return new Pair<>(gradient, pictureErrors);
    }
  }
}
