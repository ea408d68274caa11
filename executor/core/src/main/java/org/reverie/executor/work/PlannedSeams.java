package org.reverie.executor.work;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.reverie.tiling.Border;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;
import org.reverie.tiling.seam.SeamMeter;

/** Where the tiles of a plan met, as its print shows it. */
public final class PlannedSeams {
  private PlannedSeams() {}

  /** The meter for the canvas that a print is made of: the plan's crop of the last octave. */
  public static SeamMeter meter(RenderPlan plan) {
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
