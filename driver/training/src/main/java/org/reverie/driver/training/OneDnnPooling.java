package org.reverie.driver.training;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNSubsamplingHelper;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Pooling that oneDNN computes, for the reason that {@link OneDnnConvolution} gives. */
public final class OneDnnPooling extends SubsamplingLayer {
  private static final long serialVersionUID = 1L;

  /** For reading a configuration. */
  public OneDnnPooling() {}

  OneDnnPooling(SubsamplingLayer.Builder builder) {
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

  private static final class Running
      extends org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer {
    private static final long serialVersionUID = 1L;

    Running(NeuralNetConfiguration configuration, DataType type) {
      super(configuration, type);
      helper = new MKLDNNSubsamplingHelper(type);
    }
  }
}
