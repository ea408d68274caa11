package org.reverie.executor.engine;

/** The oracle against the other oracle. */
class ReferenceGoldenTest extends GoldenGradients {
  @Override
  protected EngineProvider provider() {
    return new ReferenceEngineProvider();
  }
}
