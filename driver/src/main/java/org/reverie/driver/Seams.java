package org.reverie.driver;

import java.io.IOException;
import java.util.Optional;
import org.reverie.executor.work.PlannedSeams;
import org.reverie.executor.work.Stage;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.seam.SeamGathering;
import org.reverie.tiling.seam.SeamMeter;
import org.reverie.tiling.seam.SeamReport;

/** Holds the seam meter against a finished canvas in the store, or against a print of it. */
final class Seams {
  private static final float[] NO_FACTORS = {};

  private Seams() {}

  /**
   * Measures the canvas that a print is made of, against its base. Tasks read it; the driver takes
   * their sums in order, so that the report does not depend on who was first.
   */
  static SeamReport measure(RenderPlan plan, StageRunner stages) {
    SeamMeter meter = PlannedSeams.meter(plan);
    SeamGathering gathering = meter.gather();
    OctavePlan last = plan.last();
    stages.stream(
        new Stage(Stage.Kind.SEAMS, last.index(), last.rounds().size() - 1, NO_FACTORS),
        meter.parts(),
        gathering::add);
    return gathering.report();
  }

  /**
   * Measures a print, without its base.
   *
   * @param print pixels of the plan's crop, 0..255, in any order of channels
   */
  static SeamReport measure(RenderPlan plan, CanvasSource print) throws IOException {
    return PlannedSeams.meter(plan).measure(print, Optional.empty());
  }
}
