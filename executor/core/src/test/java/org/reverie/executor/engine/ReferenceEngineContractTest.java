package org.reverie.executor.engine;

/** The oracle keeps the contract of sessions, too. */
class ReferenceEngineContractTest extends EngineContract {
  @Override
  protected EngineProvider provider() {
    return new ReferenceEngineProvider();
  }
}
