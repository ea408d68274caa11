package org.reverie.driver.training;

import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * A convolution that oneDNN computes.
 *
 * <p>DL4J 1.0.0-M2.1 looks for oneDNN's helpers under a class name that is gone since M2, finds
 * none, and falls back to copying every patch into a matrix: six times as slow here. The helper
 * itself works, so this layer is given it.
 */
public class OneDnnConvolution extends ConvolutionLayer {
  private static final long serialVersionUID = 1L;

  /** For reading a configuration. */
  public OneDnnConvolution() {}

  OneDnnConvolution(ConvolutionLayer.Builder builder) {
    super(builder);
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

  /** One that nothing changes; DL4J's frozen layers would still have their weights decay. */
  public static final class Frozen extends OneDnnConvolution {
    private static final long serialVersionUID = 1L;

    /** For reading a configuration. */
    public Frozen() {}

    Frozen(ConvolutionLayer.Builder builder) {
      super(builder);
    }

    @Override
    public List<Regularization> getRegularizationByParam(String name) {
      return null;
    }
  }

  private static final class Running
      extends org.deeplearning4j.nn.layers.convolution.ConvolutionLayer {
    private static final long serialVersionUID = 1L;

    Running(NeuralNetConfiguration configuration, DataType type) {
      super(configuration, type);
      helper = new MKLDNNConvHelper(type);
    }
  }
}
