package org.reverie.executor.nd4j;

import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.GoldenGradients;

class Nd4jGoldenTest extends GoldenGradients {
  @Override
  protected EngineProvider provider() {
    return new Nd4jEngineProvider();
  }
}
