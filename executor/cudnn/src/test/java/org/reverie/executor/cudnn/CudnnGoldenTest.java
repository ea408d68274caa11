package org.reverie.executor.cudnn;

import org.junit.jupiter.api.Assumptions;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.GoldenGradients;

/**
 * Gradients and dreams of published brains on a GPU; skipped where none can be used. Half a minute
 * of processor over {@link StandIns}, so there only with {@code -Dreverie.golden.emulated}.
 */
class CudnnGoldenTest extends GoldenGradients {
  @Override
  protected EngineProvider provider() {
    Assumptions.assumeTrue(
        !StandIns.areUsed() || System.getProperty("reverie.golden.emulated") != null,
        "half a minute of processor; asked for with -Dreverie.golden.emulated");
    return CudnnContractTest.available();
  }
}
