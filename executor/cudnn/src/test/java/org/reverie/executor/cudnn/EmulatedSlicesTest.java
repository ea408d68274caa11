package org.reverie.executor.cudnn;

import org.reverie.executor.engine.EngineContract;
import org.reverie.executor.engine.EngineProvider;

/** The contract of engines where convolutions read and write the slices of a concat as they lie. */
class EmulatedSlicesTest extends EngineContract {
  @Override
  protected EngineProvider provider() {
    return new EmulatedProvider(true, true);
  }
}
