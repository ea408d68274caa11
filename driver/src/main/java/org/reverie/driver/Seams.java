package org.reverie.driver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.reverie.executor.store.Kind;
import org.reverie.executor.store.Store;
import org.reverie.tiling.Border;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;
import org.reverie.tiling.seam.SeamMeter;
import org.reverie.tiling.seam.SeamReport;

/** Holds the seam meter against a finished canvas in the store, or against a print of it. */
final class Seams {
  private Seams() {}

  /** Measures the canvas that a print is made of, against its base. */
  static SeamReport measure(RenderPlan plan, Store store) throws IOException {
    OctavePlan last = plan.last();
    Rectangle crop = plan.crop();
    CanvasSource canvas = store.canvas(Kind.STATE, last.index(), last.rounds().size(), last.size());
    CanvasSource base = store.canvas(Kind.BASE, last.index(), 0, last.size());
    return meter(plan).measure(shifted(canvas, crop), Optional.of(shifted(base, crop)));
  }

  /**
   * Measures a print, without its base.
   *
   * @param print pixels of the plan's crop, 0..255, in any order of channels
   */
  static SeamReport measure(RenderPlan plan, CanvasSource print) throws IOException {
    return meter(plan).measure(print, Optional.empty());
  }

  private static SeamMeter meter(RenderPlan plan) {
    Rectangle crop = plan.crop();
    List<Lattice> earlier = new ArrayList<>();
    Lattice current = null;
    for (OctavePlan octave : plan.octaves()) {
      for (RoundPlan round : octave.rounds()) {
        if (current != null && crop.equals(plan.canvas().bounds())) {
          earlier.add(current);
        }
        current = onCanvas(plan, octave, round);
      }
    }
    return new SeamMeter(
        within(current, crop), plan.overlapPixels(), plan.stride(), earlier, plan.seed());
  }

  private static CanvasSource shifted(CanvasSource source, Rectangle crop) {
    return rectangle -> source.read(rectangle.translate(crop.x(), crop.y()));
  }

  /** The cuts of a round where they lie on the canvas, which may have been rolled under them. */
  private static Lattice onCanvas(RenderPlan plan, OctavePlan octave, RoundPlan round) {
    Lattice lattice = round.lattice();
    if (plan.border() == Border.MIRROR || lattice.tiles() == 1) {
      return lattice;
    }
    Roll roll = octave.rolls().get(round.firstIteration());
    return new Lattice(unrolled(lattice.cutsX(), roll.x()), unrolled(lattice.cutsY(), roll.y()));
  }

  private static long[] unrolled(long[] cuts, int roll) {
    long length = cuts[cuts.length - 1];
    return LongStream.concat(
            LongStream.of(0, length),
            Arrays.stream(cuts).map(cut -> Math.floorMod(cut - roll, length)))
        .sorted()
        .distinct()
        .toArray();
  }

  /** The cuts inside a part of the canvas, as seen from its corner. */
  private static Lattice within(Lattice lattice, Rectangle crop) {
    return new Lattice(
        within(lattice.cutsX(), crop.x(), crop.right()),
        within(lattice.cutsY(), crop.y(), crop.bottom()));
  }

  private static long[] within(long[] cuts, long from, long to) {
    return LongStream.concat(
            LongStream.of(0, to - from),
            Arrays.stream(cuts).filter(cut -> cut > from && cut < to).map(cut -> cut - from))
        .sorted()
        .toArray();
  }
}
