package org.reverie.executor.cudnn;

import org.reverie.executor.engine.EngineContract;
import org.reverie.executor.engine.EngineProvider;

/** The contract of engines where libraries refuse every convolution and product. */
class OwnConvolutionTest extends EngineContract {
  @Override
  protected EngineProvider provider() {
    return new EmulatedProvider(false, false);
  }
}
