package org.reverie.driver;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.reverie.executor.store.Kind;
import org.reverie.executor.store.Manifest;
import org.reverie.executor.store.Store;
import org.reverie.executor.work.OctaveTasks;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskReport;
import org.reverie.tiling.ScaleCurve;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;

/**
 * Dreams one octave, round by round. Every round ends with its manifest; a round whose manifest
 * stands is not run again, and of an unfinished one only the tiles that the store lacks.
 */
final class OctaveRun {
  private static final float[] NO_FACTORS = {};
  private static final int[] NO_TILES = {};

  private final RenderPlan plan;
  private final OctavePlan octave;
  private final OctaveTasks tasks;
  private final Store store;
  private final StageRunner stages;

  OctaveRun(RenderPlan plan, OctavePlan octave, Store store, StageRunner stages) {
    this.plan = plan;
    this.octave = octave;
    this.tasks = new OctaveTasks(plan, octave);
    this.store = store;
    this.stages = stages;
  }

  /** Megapixels of gradients that the whole octave computes. */
  double megapixels() {
    return octave.rounds().stream()
            .mapToDouble(round -> (double) tasks.inputPixels(round.index()) * round.iterations())
            .sum()
        / 1e6;
  }

  /** Makes the octave's base, chunk by chunk, where it must be there before the octave's turn. */
  void base() {
    stages.run(stage(Stage.Kind.BASE, 0, NO_FACTORS), tasks.chunks().length);
  }

  /**
   * Makes the octave's first state from its base, made as well if it is not there, and the detail
   * of the octave before.
   */
  void start() {
    stages.run(stage(Stage.Kind.START, 0, NO_FACTORS), tasks.chunks().length);
  }

  /**
   * Dreams.
   *
   * @param before the sums of |g| over the canvas of the octave before, per iteration; empty for
   *     the first
   * @param closed whether the next octave carries this one on already, so that only its sums are
   *     left
   * @return the same of this octave
   */
  double[] dream(double[] before, boolean closed) throws IOException {
    return switch (octave.mode()) {
      case WHOLE -> whole();
      case EXACT -> exact(closed);
      case ROUNDS -> rounds(before);
    };
  }

  private double[] whole() throws IOException {
    Optional<Manifest> finished = store.readManifest(octave.index(), 0);
    if (finished.isPresent()) {
      stages.skip(megapixels());
      return totals(tellSplit(finished.get()));
    }
    List<TaskReport> reports =
        stages.run(stage(Stage.Kind.DREAM, 0, NO_FACTORS), 1, new double[] {megapixels()});
    double[][] sums = {reports.get(0).sums()};
    return totals(write(0, sums, means(sums, 0), NO_TILES, split(0, reports)));
  }

  private double[] exact(boolean closed) throws IOException {
    double[] totals = new double[octave.iterations()];
    float[] factors = NO_FACTORS;
    for (RoundPlan round : octave.rounds()) {
      int t = round.index();
      Optional<Manifest> finished = store.readManifest(octave.index(), t);
      Manifest manifest;
      if (finished.isPresent()) {
        manifest = tellSplit(finished.get());
        stages.skip(tasks.inputPixels(t) / 1e6);
      } else {
        Stage.Kind kind = t == 0 ? Stage.Kind.GRADIENT : Stage.Kind.STEP_GRADIENT;
        List<TaskReport> reports = stages.run(stage(kind, t, factors), count(t), share(t, 1));
        double[][] sums = reports.stream().map(TaskReport::sums).toArray(double[][]::new);
        manifest = write(t, sums, means(sums, t), reused(t, reports), split(t, reports));
        forget(t - 2);
      }
      totals[t] = totals(manifest)[0];
      factors = new float[] {factor(manifest.meanGradients()[0])};
    }
    if (!closed) {
      stages.run(
          stage(Stage.Kind.STEP, octave.rounds().size() - 1, factors), tasks.chunks().length);
    }
    return totals;
  }

  private double[] rounds(double[] before) throws IOException {
    double[] totals = new double[octave.iterations()];
    ScaleCurve curve = ScaleCurve.measured(List.of(before));
    double[] ratios = (octave.index() == 1 ? curve.afterBarePicture() : curve).ratios();
    double firstMean = 0;
    for (RoundPlan round : octave.rounds()) {
      int index = round.index();
      Optional<Manifest> finished = store.readManifest(octave.index(), index);
      Manifest manifest;
      if (finished.isPresent()) {
        manifest = tellSplit(finished.get());
        stages.skip((double) tasks.inputPixels(index) * round.iterations() / 1e6);
        firstMean = index == 0 ? manifest.meanGradients()[0] : firstMean;
      } else {
        double[][] first = {};
        List<TaskReport> gradients = List.of();
        if (index == 0) {
          // The first iteration meets everybody: its gradients give the scale and are applied.
          gradients = stages.run(stage(Stage.Kind.GRADIENT, 0, NO_FACTORS), count(0), share(0, 1));
          first = gradients.stream().map(TaskReport::sums).toArray(double[][]::new);
          firstMean = means(first, 0)[0];
        }
        double[] means = new double[round.iterations()];
        float[] factors = new float[round.iterations()];
        for (int i = 0; i < means.length; i++) {
          means[i] = firstMean * ratios[round.firstIteration() + i];
          factors[i] = factor(means[i]);
        }
        int alone = index == 0 ? round.iterations() - 1 : round.iterations();
        List<TaskReport> reports =
            stages.run(stage(Stage.Kind.DREAM, index, factors), count(index), share(index, alone));
        double[][] sums = new double[reports.size()][];
        for (int i = 0; i < sums.length; i++) {
          double[] own = reports.get(i).sums();
          sums[i] =
              index == 0
                  ? DoubleStream.concat(DoubleStream.of(first[i]), DoubleStream.of(own)).toArray()
                  : own;
        }
        stages.run(stage(Stage.Kind.STITCH, index, NO_FACTORS), tasks.chunks().length);
        int[] split = split(index, Stream.concat(gradients.stream(), reports.stream()).toList());
        manifest = write(index, sums, means, reused(index, reports), split);
        forget(index - 1);
      }
      double[] sums = totals(manifest);
      System.arraycopy(sums, 0, totals, round.firstIteration(), sums.length);
    }
    return totals;
  }

  private float factor(double mean) {
    return ScaleCurve.factor(plan.step(), mean);
  }

  private int count(int round) {
    return tasks.tiles(round).length;
  }

  /** Megapixels of each task of a round. */
  private double[] share(int round, int iterations) {
    double[] share = new double[count(round)];
    Arrays.fill(share, tasks.inputPixels(round) / 1e6 * iterations / share.length);
    return share;
  }

  /** Mean |g| of the dreamt canvas per iteration, from the sums of all tiles. */
  private double[] means(double[][] sums, int round) {
    long values = tasks.values(round);
    return DoubleStream.of(totals(sums)).map(sum -> sum / values).toArray();
  }

  private static double[] totals(Manifest manifest) {
    return totals(manifest.sums());
  }

  /** Added in order of the tiles, so that the result does not depend on who was first. */
  private static double[] totals(double[][] sums) {
    double[] totals = new double[sums[0].length];
    for (double[] tile : sums) {
      for (int i = 0; i < totals.length; i++) {
        totals[i] += tile[i];
      }
    }
    return totals;
  }

  private int[] reused(int round, List<TaskReport> reports) {
    int[] tiles = tasks.tiles(round);
    return IntStream.range(0, tiles.length)
        .filter(i -> reports.get(i).reused())
        .map(i -> tiles[i])
        .toArray();
  }

  /** The tiles whose windows were seen in pieces, ascending. */
  private int[] split(int round, List<TaskReport> reports) {
    int[] tiles = tasks.tiles(round);
    return reports.stream()
        .filter(report -> report.pieces() > 1)
        .mapToInt(report -> tiles[report.task()])
        .sorted()
        .distinct()
        .toArray();
  }

  private Manifest tellSplit(Manifest manifest) {
    for (int tile : manifest.split()) {
      stages.split(manifest.octave(), manifest.round(), tile);
    }
    return manifest;
  }

  private Manifest write(int round, double[][] sums, double[] means, int[] reused, int[] split)
      throws IOException {
    Manifest manifest = new Manifest(octave.index(), round, sums, means, reused, split);
    store.writeManifest(manifest);
    return tellSplit(manifest);
  }

  /** Deletes what no later round of this octave reads. */
  private void forget(int round) throws IOException {
    if (round < 0) {
      return;
    }
    store.deleteGeneration(Kind.GRADIENT, octave.index(), round);
    store.deleteGeneration(Kind.RESULT, octave.index(), round);
    if (octave.mode() == OctavePlan.Mode.ROUNDS || round > 0) {
      store.deleteGeneration(Kind.STATE, octave.index(), round);
    }
  }

  /** Deletes everything of this octave; the next one carries it on. */
  void forgetAll() throws IOException {
    int rounds = octave.rounds().size();
    for (int round = 0; round <= rounds; round++) {
      store.deleteGeneration(Kind.GRADIENT, octave.index(), round);
      store.deleteGeneration(Kind.RESULT, octave.index(), round);
      store.deleteGeneration(Kind.STATE, octave.index(), round);
    }
    store.deleteGeneration(Kind.BASE, octave.index(), 0);
  }

  private Stage stage(Stage.Kind kind, int round, float[] factors) {
    return new Stage(kind, octave.index(), round, factors);
  }
}
