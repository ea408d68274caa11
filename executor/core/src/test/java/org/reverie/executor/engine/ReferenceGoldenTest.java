package org.reverie.executor.engine;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/** The oracle against the other oracle. */
class ReferenceGoldenTest extends GoldenGradients {
  @Override
  protected EngineProvider provider() {
    return new ReferenceEngineProvider();
  }

  @Override
  @Test
  @Disabled("a minute in float64; the engines measure it")
  void autoHaloOfInception3b() {}
}
