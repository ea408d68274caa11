package org.reverie.executor.nd4j;

import org.reverie.executor.engine.EngineContract;
import org.reverie.executor.engine.EngineProvider;

class Nd4jContractTest extends EngineContract {
  @Override
  protected EngineProvider provider() {
    return new Nd4jEngineProvider();
  }
}
