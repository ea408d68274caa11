package org.reverie.driver;

import java.util.Comparator;
import java.util.List;
import org.reverie.conf.UserException;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.work.Machine;

/**
 * What a window of a render takes in an engine, as an engine of this machine counts it.
 *
 * @param bytesPerPixel of a window
 * @param counted the precision that it was counted in
 * @param computed the precision that the render computes in
 */
record WindowMemory(double bytesPerPixel, Precision counted, Precision computed) {
  private static final int PROBE_PIXELS = 1024;

  /**
   * Counts.
   *
   * @param engine that computes the render, by name; another one counts where it cannot run
   * @param precision that the render computes in
   * @param providers of this machine, the most preferred first; one of them can run in float32
   */
  static WindowMemory of(
      BrainChoice brain, String engine, Precision precision, List<EngineProvider> providers) {
    List<EngineProvider> here =
        providers.stream()
            .filter(provider -> provider.availability().available())
            // Stable: the others stay in their order.
            .sorted(Comparator.comparing(provider -> !provider.name().equals(engine)))
            .toList();
    for (EngineProvider provider : here) {
      try {
        return new WindowMemory(bytesPerPixel(brain, provider, precision), precision, precision);
      } catch (UserException e) {
        if (!e.problems().get(0).code().equals("unsupported-precision")) {
          throw e;
        }
      }
    }
    return new WindowMemory(
        bytesPerPixel(brain, here.get(0), Precision.FLOAT32), Precision.FLOAT32, precision);
  }

  private static double bytesPerPixel(
      BrainChoice brain, EngineProvider provider, Precision precision) {
    EngineProvider.Options options = new EngineProvider.Options(Machine.processors(), 0, precision);
    try (Engine engine = provider.open(brain.brain(), brain.objective(), options)) {
      return engine.bytesFor(PROBE_PIXELS, PROBE_PIXELS) / (double) PROBE_PIXELS / PROBE_PIXELS;
    }
  }

  /** Which precision it was counted in, for people. */
  String precision() {
    return counted == computed
        ? counted.written()
        : "%s, since no engine here computes in %s"
            .formatted(counted.written(), computed.written());
  }
}
