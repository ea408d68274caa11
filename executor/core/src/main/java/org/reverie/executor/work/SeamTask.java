package org.reverie.executor.work;

import java.io.IOException;
import java.util.Optional;
import org.reverie.executor.store.Kind;
import org.reverie.executor.store.Store;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;

/** Reads one part of the canvas that a print is made of, and its base, for the seam meter. */
final class SeamTask {
  private static final double[] NO_SUMS = {};

  private final RenderContext context;
  private final int part;
  private final Stopwatch stopwatch = new Stopwatch();

  SeamTask(RenderContext context, int part) {
    this.context = context;
    this.part = part;
  }

  TaskReport perform() throws IOException {
    RenderPlan plan = context.plan();
    OctavePlan last = plan.last();
    Store store = context.store();
    CanvasSource canvas = store.canvas(Kind.STATE, last.index(), last.rounds().size(), last.size());
    CanvasSource base = store.canvas(Kind.BASE, last.index(), 0, last.size());
    byte[] sums =
        PlannedSeams.meter(plan)
            .read(part, shifted(canvas, plan.crop()), Optional.of(shifted(base, plan.crop())));
    return stopwatch.report(part, NO_SUMS, 0, false, sums);
  }

  private static CanvasSource shifted(CanvasSource source, Rectangle crop) {
    return rectangle -> source.read(rectangle.translate(crop.x(), crop.y()));
  }
}
