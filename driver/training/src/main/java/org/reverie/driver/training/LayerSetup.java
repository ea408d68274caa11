package org.reverie.driver.training;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What DL4J has every layer of its own do in {@code instantiate}. */
final class LayerSetup {
  private LayerSetup() {}

  /**
   * A layer with its place and its parameters.
   *
   * @param layer new, of that configuration
   * @param index among the network's layers
   * @param parameters a view of the network's; the layer's are a part of the same memory
   * @param initialise whether they are drawn anew, or kept as they are
   * @return the same layer
   */
  static Layer complete(
      Layer layer,
      ParamInitializer initialiser,
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialise) {
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initialiser.init(configuration, parameters, initialise));
    layer.setConf(configuration);
    return layer;
  }
}
