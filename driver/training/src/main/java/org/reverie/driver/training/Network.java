package org.reverie.driver.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.reverie.conf.UserException;
import org.reverie.driver.TrainingRequest.Optimiser;
import org.reverie.driver.training.TrunkParameters.Kind;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Absolute;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Elu;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Operation.Sigmoid;
import org.reverie.executor.brain.Operation.Tanh;
import org.reverie.executor.brain.Shape;

/**
 * A trunk with a classifier as DL4J trains it, and back.
 *
 * <p>The classifier is the mean of every channel of the trunk's last layer, dropout, and one inner
 * product; in the brain that is a global pool and a convolution of 1 x 1. Batch normalisation
 * stands between every convolution and what uses it, and is folded into the convolution in the
 * brain. A trunk without it has one normalisation, of the means: those of published brains are
 * large and alike for all pictures, so that the first steps of a new classifier on them as they are
 * kill the trunk's rectifiers.
 */
final class Network {
  static final String POOL = "classifier/pool";
  static final String CLASSIFIER = "classifier/classes";

  private static final double MOMENTUM = 0.9;
  private static final double KEPT = 0.8;

  /**
   * Steps of a new classifier on a trunk that has learnt, as multiples of the trunk's; usual with
   * Caffe ("Fine-tuning CaffeNet for Style Recognition", {@code lr_mult}).
   */
  private static final double NEW_LAYER = 10;

  /** ND4J takes the seed 0 for none, and would draw the weights by the clock. */
  private static final long INSTEAD_OF_ZERO = 0x9E3779B97F4A7C15L;

  /** Share of a training in which the limit of an adversary rises from 0. */
  private static final double RISE = 0.5;

  static final double BATCH_NORM_EPSILON = 1e-5;
  static final String TRUNK = "trunk";
  private static final String BATCH_NORM = "/bn";
  private static final String PADDED = "/padded";
  private static final String ADVERSARY = "/adversary";

  private final Brain trunk;
  private final Settings settings;

  /**
   * What is not in the trunk.
   *
   * @param size edge of the input, pixels
   * @param classes of the classifier
   * @param batchNorm whether convolutions are normalised; only for a trunk without weights
   * @param drawn whether weights are drawn, else the trunk's are taken
   * @param optimiser how gradients become steps
   * @param rate learning rate to begin with
   * @param weightDecay factor of the penalty on squared weights
   * @param adversarial how far an {@link Adversary} may change a picture, grey levels; 0 for none
   * @param freezeTo layer up to which nothing is changed, or null
   * @param seed of the drawn weights and of dropout
   */
  record Settings(
      int size,
      int classes,
      boolean batchNorm,
      boolean drawn,
      Optimiser optimiser,
      double rate,
      double weightDecay,
      double adversarial,
      String freezeTo,
      long seed) {}

  Network(Brain trunk, Settings settings) {
    this.trunk = foldAffines(trunk);
    this.settings = settings;
  }

  /**
   * Sees whether it can be built, without its weights.
   *
   * @throws UserException as {@link #build()}
   */
  void check() {
    checkSizes();
    layerByLayer(builder());
  }

  /**
   * The network with its first weights.
   *
   * @throws UserException if the trunk has a layer that is not trained here, or lacks the one up to
   *     which nothing is changed, or is too deep for the size of the pictures
   */
  ComputationGraph build() {
    return build(
        settings.batchNorm()
            && settings.drawn()
            && settings.freezeTo() == null
            && TrunkProgram.supports(trunk));
  }

  /**
   * The same network in one of two forms.
   *
   * @param whole whether the trunk is one layer, see {@link TrunkLayer}, or DL4J's own
   */
  ComputationGraph build(boolean whole) {
    GraphBuilder graph = builder();
    String input = trunk.layers().get(0).name();
    graph.addInputs(input);
    graph.setInputTypes(InputType.convolutional(settings.size(), settings.size(), 3));
    checkSizes();
    String means = whole ? TRUNK : POOL;
    if (whole) {
      graph.addLayer(
          TRUNK,
          new TrunkLayer.Builder(trunk, settings.size(), settings.adversarial()).build(),
          input);
    } else {
      graph.addLayer(
          POOL, new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), layerByLayer(graph));
    }
    if (!settings.batchNorm()) {
      means = normalised(graph, CLASSIFIER + BATCH_NORM, channels(), means);
    }
    graph.addLayer(
        CLASSIFIER,
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(settings.classes())
            .weightInit(WeightInit.XAVIER)
            .activation(Activation.SOFTMAX)
            .dropOut(new Dropout(KEPT))
            .build(),
        means);
    graph.setOutputs(CLASSIFIER);
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    if (!settings.drawn()) {
      setWeights(network);
    }
    return network;
  }

  private GraphBuilder builder() {
    return new NeuralNetConfiguration.Builder()
        .seed(settings.seed() == 0 ? INSTEAD_OF_ZERO : settings.seed())
        .weightInit(WeightInit.RELU)
        .l2(settings.weightDecay())
        .updater(
            switch (settings.optimiser()) {
              case SGD -> new Nesterovs(settings.rate(), MOMENTUM);
              case ADAM -> new Adam(settings.rate());
            })
        .graphBuilder();
  }

  private void checkSizes() {
    List<Shape> shapes = trunk.shapes(settings.size(), settings.size());
    for (int i = 0; i < trunk.layers().size(); i++) {
      if (!shapes.get(i).exists()) {
        throw UserException.of(
            "training-size",
            "--size",
            "layer "
                + trunk.layers().get(i).name()
                + " has nothing left of "
                + settings.size()
                + " px",
            "Train on larger pictures");
      }
    }
  }

  /** Adds the trunk in DL4J's own layers; the name of the last one. */
  private String layerByLayer(GraphBuilder graph) {
    List<Shape> shapes = trunk.shapes(settings.size(), settings.size());
    Set<Integer> frozen = frozen();
    // Where a layer's values come out, for layers that are nothing by themselves or several.
    Map<Integer, String> outputs = new HashMap<>();
    for (int i = 0; i < trunk.layers().size(); i++) {
      outputs.put(i, add(graph, i, shapes, outputs, frozen.contains(i)));
    }
    return outputs.get(trunk.layers().size() - 1);
  }

  /**
   * The layer up to which nothing is changed.
   *
   * @throws UserException {@code unknown-layer}
   */
  static int frozenTo(Brain trunk, String layer) {
    return trunk
        .find(layer)
        .orElseThrow(
            () ->
                UserException.of(
                    "unknown-layer",
                    "--freeze-to",
                    "the part of brain " + trunk.name() + " that is trained has no layer " + layer,
                    "./reverie brain prints its layers"));
  }

  private Set<Integer> frozen() {
    if (settings.freezeTo() == null) {
      return Set.of();
    }
    int layer = frozenTo(trunk, settings.freezeTo());
    Set<Integer> frozen = new HashSet<>();
    boolean[] needed = trunk.needed(List.of(layer));
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        frozen.add(i);
      }
    }
    return frozen;
  }

  private String add(
      GraphBuilder graph,
      int index,
      List<Shape> shapes,
      Map<Integer, String> outputs,
      boolean frozen) {
    Layer layer = trunk.layers().get(index);
    Operation operation = layer.operation();
    String name = layer.name();
    String[] inputs = layer.inputs().stream().map(outputs::get).toArray(String[]::new);
    if (operation instanceof Input) {
      return settings.adversarial() > 0 ? adversary(graph, name) : name;
    }
    if (operation instanceof Identity) {
      return inputs[0];
    }
    if (operation instanceof Convolution c) {
      return convolution(graph, name, c, inputs[0], frozen);
    }
    if (operation instanceof Pooling p) {
      return pooling(graph, index, p, shapes, inputs[0]);
    }
    if (operation instanceof Concat) {
      graph.addVertex(name, new MergeVertex(), inputs);
      return name;
    }
    if (operation instanceof Eltwise e) {
      graph.addVertex(name, new ElementWiseVertex(combination(name, e)), inputs);
      return name;
    }
    if (operation instanceof Lrn l && l.region() == LrnRegion.ACROSS_CHANNELS) {
      graph.addLayer(
          name,
          // Caffe divides alpha by the number of channels it sums over.
          new LocalResponseNormalization.Builder(l.k(), l.alpha() / l.localSize(), l.beta())
              .n(l.localSize())
              .build(),
          inputs[0]);
      return name;
    }
    graph.addLayer(
        name,
        new ActivationLayer.Builder().activation(activation(name, operation)).build(),
        inputs[0]);
    return name;
  }

  private String adversary(GraphBuilder graph, String pictures) {
    String name = pictures + ADVERSARY;
    graph.addLayer(name, new AdversaryLayer.Builder(settings.adversarial()).build(), pictures);
    return name;
  }

  private String convolution(
      GraphBuilder graph, String name, Convolution c, String input, boolean frozen) {
    if (c.group() != 1) {
      throw untrained(name, "a convolution in " + c.group() + " groups");
    }
    ConvolutionLayer.Builder builder =
        new ConvolutionLayer.Builder(c.kernelHeight(), c.kernelWidth())
            .stride(c.strideHeight(), c.strideWidth())
            .padding(c.padHeight(), c.padWidth())
            .dilation(c.dilationHeight(), c.dilationWidth())
            .nIn(c.inputs())
            .nOut(c.outputs())
            .hasBias(!settings.batchNorm())
            .activation(new ActivationIdentity());
    ConvolutionLayer layer =
        frozen ? new OneDnnConvolution.Frozen(builder) : new OneDnnConvolution(builder);
    // What stands below may not be frozen (a rectifier never is) and wants its gradient all the
    // same.
    graph.addLayer(name, frozen ? new FrozenLayerWithBackprop(layer) : layer, input);
    if (!settings.batchNorm()) {
      return name;
    }
    return normalised(graph, name + BATCH_NORM, c.outputs(), name);
  }

  private static String normalised(GraphBuilder graph, String name, int channels, String input) {
    graph.addLayer(
        name,
        new BatchNormalization.Builder()
            .eps(BATCH_NORM_EPSILON)
            .useLogStd(false)
            .nOut(channels)
            .build(),
        input);
    return name;
  }

  /** DL4J rounds sizes down where Caffe rounds up: rows of zeros make up for it. */
  private String pooling(
      GraphBuilder graph, int index, Pooling p, List<Shape> shapes, String input) {
    Layer layer = trunk.layers().get(index);
    Shape in = shapes.get(layer.input());
    Shape out = shapes.get(index);
    int below =
        missing(in.height(), out.height(), p.kernelHeight(), p.strideHeight(), p.padHeight());
    int right = missing(in.width(), out.width(), p.kernelWidth(), p.strideWidth(), p.padWidth());
    boolean padded = below > 0 || right > 0;
    boolean zerosChangeNothing = p.pool() == Pool.MAX && neverNegative(layer.input());
    if ((padded || p.padHeight() + p.padWidth() > 0) && !zerosChangeNothing) {
      throw untrained(layer.name(), "a pool over its input's edge");
    }
    String from = input;
    if (padded) {
      from = layer.name() + PADDED;
      graph.addLayer(from, new ZeroPaddingLayer.Builder(0, below, 0, right).build(), input);
    }
    graph.addLayer(
        layer.name(),
        new OneDnnPooling(
            new SubsamplingLayer.Builder(
                    p.pool() == Pool.MAX
                        ? SubsamplingLayer.PoolingType.MAX
                        : SubsamplingLayer.PoolingType.AVG)
                .kernelSize(p.kernelHeight(), p.kernelWidth())
                .stride(p.strideHeight(), p.strideWidth())
                .padding(p.padHeight(), p.padWidth())),
        from);
    return layer.name();
  }

  private static int missing(int in, int out, int kernel, int stride, int pad) {
    return Math.max(0, (out - 1) * stride + kernel - (in + 2 * pad));
  }

  private boolean neverNegative(int index) {
    Layer layer = trunk.layers().get(index);
    Operation operation = layer.operation();
    if (operation instanceof Relu r) {
      return r.slope() == 0;
    }
    if (operation instanceof Concat
        || operation instanceof Lrn
        || operation instanceof Pooling
        || operation instanceof Identity) {
      return layer.inputs().stream().allMatch(this::neverNegative);
    }
    return operation instanceof Sigmoid || operation instanceof Absolute;
  }

  private static ElementWiseVertex.Op combination(String name, Eltwise e) {
    for (float coefficient : e.coefficients()) {
      if (coefficient != 1) {
        throw untrained(name, "a sum with coefficients");
      }
    }
    return switch (e.combine()) {
      case SUM -> ElementWiseVertex.Op.Add;
      case PRODUCT -> ElementWiseVertex.Op.Product;
      case MAXIMUM -> ElementWiseVertex.Op.Max;
    };
  }

  private static IActivation activation(String name, Operation operation) {
    if (operation instanceof Relu r) {
      return r.slope() == 0 ? new ActivationReLU() : new ActivationLReLU(r.slope());
    }
    if (operation instanceof Elu e) {
      return new ActivationELU(e.alpha());
    }
    if (operation instanceof Sigmoid) {
      return new ActivationSigmoid();
    }
    if (operation instanceof Tanh) {
      return new ActivationTanH();
    }
    throw untrained(name, operation.getClass().getSimpleName());
  }

  private static UserException untrained(String layer, String what) {
    return UserException.of(
        "training-layer",
        "--from, layer " + layer,
        what + " is not trained here",
        "Start from another brain, or without --from");
  }

  private void setWeights(ComputationGraph network) {
    for (Layer layer : trunk.layers()) {
      if (layer.operation() instanceof Convolution c) {
        network
            .getLayer(layer.name())
            .getParam("W")
            .assign(
                Nd4j.create(
                    c.weights(),
                    new long[] {c.outputs(), c.inputs(), c.kernelHeight(), c.kernelWidth()},
                    'c'));
        network
            .getLayer(layer.name())
            .getParam("b")
            .assign(Nd4j.create(c.bias(), new long[] {1, c.outputs()}, 'c'));
      }
    }
  }

  /**
   * Sets the learning rate.
   *
   * @param rate of the trunk; a new classifier on weights that are not drawn has ten times that
   */
  void setRate(ComputationGraph network, double rate) {
    network.setLearningRate(rate);
    if (!settings.drawn()) {
      network.setLearningRate(CLASSIFIER, NEW_LAYER * rate);
    }
  }

  /**
   * Sets how far the adversary of a trunk that is trained on may go; it must not win before there
   * is a classifier. One of a drawn trunk always has its whole limit.
   *
   * @param progress of the training, 0 to 1; the limit rises up to {@link #RISE}
   */
  void setAdversary(ComputationGraph network, double progress) {
    if (settings.adversarial() > 0 && !settings.drawn()) {
      String name = trunk.layers().get(0).name() + ADVERSARY;
      ((AdversaryLayer) network.getLayer(name).conf().getLayer())
          .setLimit(settings.adversarial() * Math.min(1, progress / RISE));
    }
  }

  /** The trunk as it was before training. */
  Brain trunk() {
    return trunk;
  }

  /** The brain that a network has become, classifier included. */
  Brain brain(ComputationGraph network) {
    List<Layer> layers = new ArrayList<>();
    for (Layer layer : trunk.layers()) {
      Operation operation = layer.operation();
      if (operation instanceof Convolution c) {
        operation = trained(network, layer.name(), c);
      }
      layers.add(new Layer(layer.name(), layer.inputs(), operation, layer.channels()));
    }
    int top = layers.size() - 1;
    layers.add(
        new Layer(POOL, List.of(top), new Operation.GlobalPooling(Pool.AVERAGE), channels()));
    layers.add(new Layer(CLASSIFIER, List.of(top + 1), classifier(network), settings.classes()));
    return BrainCodec.hashed(
        trunk.name(), layers, trunk.mean(), trunk.colourOrder(), trunk.preferredLayers());
  }

  private int channels() {
    return trunk.layers().get(trunk.layers().size() - 1).channels();
  }

  private Convolution classifier(ComputationGraph network) {
    org.deeplearning4j.nn.api.Layer layer = network.getLayer(CLASSIFIER);
    int channels = channels();
    float[] weights = values(layer.getParam("W").transpose());
    float[] bias = values(layer.getParam("b"));
    if (!settings.batchNorm()) {
      Normalisation before = normalisation(network, CLASSIFIER);
      for (int o = 0; o < settings.classes(); o++) {
        double shift = bias[o];
        for (int i = 0; i < channels; i++) {
          shift += (double) weights[o * channels + i] * before.shift(i);
          weights[o * channels + i] = (float) (weights[o * channels + i] * before.factor(i));
        }
        bias[o] = (float) shift;
      }
    }
    return new Convolution(channels, settings.classes(), 1, 1, 1, 1, 0, 0, 1, 1, 1, weights, bias);
  }

  /** What a normalisation does once it is trained: each channel times a factor, plus a shift. */
  private record Normalisation(float[] gamma, float[] beta, float[] mean, float[] variance) {
    double factor(int channel) {
      return gamma[channel] / Math.sqrt(variance[channel] + BATCH_NORM_EPSILON);
    }

    double shift(int channel) {
      return beta[channel] - mean[channel] * factor(channel);
    }
  }

  private Normalisation normalisation(ComputationGraph network, String normalised) {
    return new Normalisation(
        values(parameter(network, normalised, Kind.SCALE)),
        values(parameter(network, normalised, Kind.SHIFT)),
        values(parameter(network, normalised, Kind.MEAN)),
        values(parameter(network, normalised, Kind.VARIANCE)));
  }

  private Convolution trained(ComputationGraph network, String name, Convolution c) {
    float[] weights = values(parameter(network, name, Kind.WEIGHTS));
    float[] bias = new float[c.outputs()];
    if (settings.batchNorm()) {
      Normalisation after = normalisation(network, name);
      int each = weights.length / c.outputs();
      for (int o = 0; o < c.outputs(); o++) {
        for (int i = o * each; i < (o + 1) * each; i++) {
          weights[i] = (float) (weights[i] * after.factor(o));
        }
        bias[o] = (float) after.shift(o);
      }
    } else {
      bias = values(network.getLayer(name).getParam("b"));
    }
    return convolutionLike(c, weights, bias);
  }

  /** Part of a convolution or its normalisation, in either form of the network. */
  INDArray parameter(ComputationGraph network, String convolution, Kind kind) {
    if (network.getVertex(TRUNK) != null) {
      int index = trunk.find(convolution).orElseThrow();
      return network.getLayer(TRUNK).getParam(TrunkParameters.of(trunk).entry(index, kind).key());
    }
    return switch (kind) {
      case WEIGHTS -> network.getLayer(convolution).getParam("W");
      case SCALE -> network.getLayer(convolution + BATCH_NORM).getParam("gamma");
      case SHIFT -> network.getLayer(convolution + BATCH_NORM).getParam("beta");
      case MEAN -> network.getLayer(convolution + BATCH_NORM).getParam("mean");
      case VARIANCE -> network.getLayer(convolution + BATCH_NORM).getParam("var");
    };
  }

  private static Convolution convolutionLike(Convolution c, float[] weights, float[] bias) {
    return new Convolution(
        c.inputs(),
        c.outputs(),
        c.kernelHeight(),
        c.kernelWidth(),
        c.strideHeight(),
        c.strideWidth(),
        c.padHeight(),
        c.padWidth(),
        c.dilationHeight(),
        c.dilationWidth(),
        c.group(),
        weights,
        bias);
  }

  private static float[] values(INDArray array) {
    return array.dup('c').data().asFloat();
  }

  /**
   * The trunk with every Affine that alone uses a convolution folded into it.
   *
   * @throws UserException if there are others
   */
  private static Brain foldAffines(Brain brain) {
    List<Layer> layers = new ArrayList<>(brain.layers());
    for (int i = 0; i < layers.size(); i++) {
      if (!(layers.get(i).operation() instanceof Affine affine)) {
        continue;
      }
      Layer layer = layers.get(i);
      int below = layer.input();
      while (layers.get(below).operation() instanceof Identity && usedOnce(layers, below)) {
        below = layers.get(below).input();
      }
      Layer source = layers.get(below);
      if (!(source.operation() instanceof Convolution c) || !usedOnce(layers, below)) {
        throw untrained(layer.name(), "a scale that no convolution stands under");
      }
      float[] weights = c.weights().clone();
      float[] bias = c.bias().clone();
      int each = weights.length / c.outputs();
      for (int o = 0; o < c.outputs(); o++) {
        for (int k = o * each; k < (o + 1) * each; k++) {
          weights[k] *= affine.multipliers()[o];
        }
        bias[o] = bias[o] * affine.multipliers()[o] + affine.offsets()[o];
      }
      layers.set(
          below,
          new Layer(
              source.name(),
              source.inputs(),
              convolutionLike(c, weights, bias),
              source.channels()));
      layers.set(i, new Layer(layer.name(), layer.inputs(), new Identity(), layer.channels()));
    }
    return BrainCodec.hashed(
        brain.name(), layers, brain.mean(), brain.colourOrder(), brain.preferredLayers());
  }

  private static boolean usedOnce(List<Layer> layers, int index) {
    return layers.stream().filter(layer -> layer.inputs().contains(index)).count() == 1;
  }
}
