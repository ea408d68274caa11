package org.reverie.executor.cudnn;

import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.GoldenGradients;

/**
 * Gradients and dreams of published brains over the very steps and kernels that a device runs. Two
 * minutes of processor, so only with {@code -Dreverie.golden.emulated}; if it says {@code
 * flexible}, convolutions take slices and hang over the end.
 */
class EmulatedGoldenTest extends GoldenGradients {
  @Override
  protected EngineProvider provider() {
    String asked = System.getProperty("reverie.golden.emulated");
    Assumptions.assumeTrue(
        asked != null, "two minutes of processor; asked for with -Dreverie.golden.emulated");
    return new EmulatedProvider(true, "flexible".equals(asked));
  }

  @Override
  protected Map<Precision, Near> rounded() {
    // The emulated tensor cores drop bits of activations where others may round them.
    return Map.of(Precision.TF32, Near.of(6e-3), Precision.FLOAT16, Near.of(2e-3));
  }
}
