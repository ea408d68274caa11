package org.reverie.executor.onednn;

import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.GoldenGradients;

/** Gradients and dreams of published brains. */
class OnednnGoldenTest extends GoldenGradients {
  @Override
  protected EngineProvider provider() {
    return new OnednnProvider();
  }
}
