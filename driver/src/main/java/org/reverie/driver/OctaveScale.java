package org.reverie.driver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.reverie.executor.store.Manifest;
import org.reverie.executor.store.Store;
import org.reverie.executor.work.OctaveTasks;
import org.reverie.tiling.ScaleCurve;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;

/**
 * What the steps of an octave were divided by, and what its tiles by themselves would have taken.
 *
 * @param octave index, 0 is the smallest
 * @param mode how its tiles met
 * @param applied mean |g| that each iteration divided by, grey levels to the minus one
 * @param measured mean |g| in each iteration over what was dreamt: the canvas, or of a crop's
 *     larger octaves the part that it needs
 * @param ownCurves of tiles that ran by themselves, their growth S_t / S_0 since the round began
 *     over the common growth that was applied: smallest and largest of all tiles and iterations;
 *     empty where tiles met after every iteration
 */
record OctaveScale(
    int octave, OctavePlan.Mode mode, double[] applied, double[] measured, double[] ownCurves) {

  /** The scales of all octaves that a store has the manifests of. */
  static List<OctaveScale> of(RenderPlan plan, Store store) throws IOException {
    List<OctaveScale> scales = new ArrayList<>();
    for (OctavePlan octave : plan.octaves()) {
      OctaveTasks tasks = new OctaveTasks(plan, octave);
      double[] applied = new double[octave.iterations()];
      double[] measured = new double[octave.iterations()];
      double[] spread = {};
      for (RoundPlan round : octave.rounds()) {
        Optional<Manifest> manifest = store.readManifest(octave.index(), round.index());
        if (manifest.isEmpty()) {
          throw new IOException(
              "no manifest of octave " + octave.index() + " round " + round.index());
        }
        double[] means = manifest.get().meanGradients();
        double[][] sums = manifest.get().sums();
        System.arraycopy(means, 0, applied, round.firstIteration(), means.length);
        for (double[] tile : sums) {
          for (int t = 0; t < tile.length; t++) {
            measured[round.firstIteration() + t] += tile[t] / tasks.values(round.index());
          }
        }
        if (octave.mode() == OctavePlan.Mode.ROUNDS && means[0] > 0) {
          ScaleCurve common =
              new ScaleCurve(Arrays.stream(means).map(mean -> mean / means[0]).toArray());
          spread = wider(spread, common.spread(Arrays.asList(sums)));
        }
      }
      scales.add(new OctaveScale(octave.index(), octave.mode(), applied, measured, spread));
    }
    return scales;
  }

  private static double[] wider(double[] spread, double[] other) {
    return spread.length == 0
        ? other
        : new double[] {Math.min(spread[0], other[0]), Math.max(spread[1], other[1])};
  }
}
