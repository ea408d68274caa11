package org.reverie.executor.work;

import java.util.Optional;
import org.reverie.executor.store.Kind;
import org.reverie.executor.store.Store;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.start.Noise;
import org.reverie.tiling.start.Start;

/** Where the pixels of a base come from: the stored input, or a formula. */
final class Starts {
  private Starts() {}

  /**
   * Whether there is one picture that all octaves are resampled from: an input, or noise, which is
   * drawn at the smallest octave. A gradient or a colour is drawn at each octave's own size.
   */
  static boolean isDrawnOnce(RenderPlan plan) {
    return start(plan).map(Noise.class::isInstance).orElse(true);
  }

  /** The picture, RGB of 0..255: at the input's size if it is drawn once, else at the octave's. */
  static CanvasSource source(RenderPlan plan, OctavePlan octave, Store store) {
    Optional<Start> start = start(plan);
    if (start.isEmpty()) {
      return store.canvas(Kind.INPUT, 0, 0, plan.inputSize());
    }
    return start.get().canvas(isDrawnOnce(plan) ? plan.inputSize() : octave.size());
  }

  private static Optional<Start> start(RenderPlan plan) {
    return Start.parse(plan.start(), plan.seed());
  }
}
