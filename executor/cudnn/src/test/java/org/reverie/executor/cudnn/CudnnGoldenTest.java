package org.reverie.executor.cudnn;

import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.GoldenGradients;

/**
 * Gradients and dreams of published brains on a GPU; skipped where none can be used. Half a minute
 * of processor over {@link StandIns}, so there only with {@code -Dreverie.golden.emulated}.
 */
class CudnnGoldenTest extends GoldenGradients {
  private static final Map<Precision, Near> ROUNDED =
      Map.of(Precision.TF32, Near.of(2e-3), Precision.FLOAT16, Near.of(2e-3));

  @Override
  protected Map<Precision, Near> rounded() {
    return ROUNDED;
  }

  @Override
  protected EngineProvider provider() {
    Assumptions.assumeTrue(
        !StandIns.areUsed() || System.getProperty("reverie.golden.emulated") != null,
        "half a minute of processor; asked for with -Dreverie.golden.emulated");
    return CudnnContractTest.available();
  }
}
