package org.reverie.executor.cudnn;

import org.reverie.executor.engine.EngineContract;
import org.reverie.executor.engine.EngineProvider;

/** The contract of engines over the very steps and kernels that a device runs. */
class EmulatedContractTest extends EngineContract {
  @Override
  protected EngineProvider provider() {
    return new EmulatedProvider(true, false);
  }
}
