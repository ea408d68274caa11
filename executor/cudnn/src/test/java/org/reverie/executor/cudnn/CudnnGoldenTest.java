package org.reverie.executor.cudnn;

import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.GoldenGradients;

/** Gradients and dreams of published brains on a GPU; skipped where none can be used. */
class CudnnGoldenTest extends GoldenGradients {
  @Override
  protected EngineProvider provider() {
    return CudnnContractTest.available();
  }
}
