package org.reverie.executor.onednn;

import org.reverie.executor.engine.EngineContract;
import org.reverie.executor.engine.EngineProvider;

/** The contract of engines. */
class OnednnContractTest extends EngineContract {
  @Override
  protected EngineProvider provider() {
    return new OnednnProvider();
  }
}
