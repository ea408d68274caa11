package org.reverie.executor.cudnn;

import org.junit.jupiter.api.Assumptions;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.GoldenGradients;

/**
 * Gradients and dreams of published brains over the very steps and kernels that a device runs. Two
 * minutes of processor, so only with {@code -Dreverie.golden.emulated}.
 */
class EmulatedGoldenTest extends GoldenGradients {
  @Override
  protected EngineProvider provider() {
    Assumptions.assumeTrue(
        System.getProperty("reverie.golden.emulated") != null,
        "two minutes of processor; asked for with -Dreverie.golden.emulated");
    return new EmulatedProvider(true, false);
  }
}
