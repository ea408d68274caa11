package org.reverie.executor.cudnn;

import org.reverie.executor.engine.EngineContract;
import org.reverie.executor.engine.EngineProvider;

/** The contract of engines where convolutions take slices and hang over the end. */
class EmulatedFlexibleTest extends EngineContract {
  @Override
  protected EngineProvider provider() {
    return new EmulatedProvider(true, true);
  }
}
