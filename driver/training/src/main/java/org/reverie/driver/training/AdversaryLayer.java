package org.reverie.driver.training;

import java.util.Collection;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.NoParamLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An {@link Adversary} below a trunk in DL4J's own layers: changes the pictures on their way in,
 * and sees the gradient that comes back. Pictures that are not trained on pass as they are.
 */
public final class AdversaryLayer extends NoParamLayer {
  private static final long serialVersionUID = 1L;

  private double limit;

  /** For reading a configuration. */
  public AdversaryLayer() {}

  private AdversaryLayer(Builder builder) {
    super(builder);
    limit = builder.limit;
  }

  /** How far a picture may be changed, root mean square, grey levels. */
  public double getLimit() {
    return limit;
  }

  /** For reading a configuration. */
  public void setLimit(double limit) {
    this.limit = limit;
  }

  /** What the layer is made from. */
  static final class Builder
      extends org.deeplearning4j.nn.conf.layers.Layer.Builder<AdversaryLayer.Builder> {
    private final double limit;

    Builder(double limit) {
      this.limit = limit;
    }

    @Override
    @SuppressWarnings("unchecked")
    public AdversaryLayer build() {
      return new AdversaryLayer(this);
    }
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
  public InputType getOutputType(int index, InputType input) {
    return input;
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType input) {
    return null;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    throw new UnsupportedOperationException("DL4J does not know what an adversary takes");
  }

  private static final class Running extends AbstractLayer<AdversaryLayer> {
    private static final long serialVersionUID = 1L;

    /** Belongs to one worker, between two averages. */
    private transient Adversary adversary;

    Running(NeuralNetConfiguration configuration, DataType type) {
      super(configuration, type);
    }

    @Override
    public boolean isPretrainLayer() {
      return false;
    }

    @Override
    public void clearNoiseWeightParams() {}

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      assertInputSet(false);
      if (!training) {
        return workspaces.leverageTo(ArrayType.ACTIVATIONS, input);
      }
      if (adversary == null) {
        adversary = Adversary.of(layerConf().limit, input);
      }
      INDArray shown =
          workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, input.shape(), 'c');
      Pointer.memcpy(
          shown.data().addressPointer(),
          new TrunkProgram.Address(adversary.show(Plain.address(Plain.of(input)))),
          shown.length() * Float.BYTES);
      return shown;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray errors, LayerWorkspaceMgr workspaces) {
      adversary.learn(Plain.address(Plain.of(errors)));
      return new Pair<>(
          new DefaultGradient(), workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, errors));
    }
  }
}
