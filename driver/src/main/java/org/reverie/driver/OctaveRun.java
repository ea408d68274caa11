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
    return tasks.gradientPixels() / 1e6;
  }

  /**
   * What an octave leaves to the next.
   *
   * @param curve how mean |g| over the canvas will grow
   * @param share mean |g| over the canvas as a multiple of that over what is dreamt; 1 where that
   *     is everything
   */
  record Scale(ScaleCurve curve, double share) {
    /** Before the first octave, which needs none. */
    static final Scale NONE = new Scale(new ScaleCurve(new double[0]), 1);
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
   * @param before the scale of the octave before
   * @param closed whether the next octave carries this one on already, so that only its sums are
   *     left
   */
  Scale dream(Scale before, boolean closed) throws IOException {
    double[] sums =
        switch (octave.mode()) {
          case WHOLE -> whole();
          case EXACT -> exact(before, closed);
          case ROUNDS -> rounds(before);
        };
    if (!octave.isWhole()) {
      // A part's own curve was up to 10 % off the canvas', that of a smaller whole octave 4 %.
      return new Scale(before.curve(), share());
    }
    ScaleCurve curve = ScaleCurve.measured(List.of(sums));
    return new Scale(octave.index() == 0 ? curve.afterBarePicture() : curve, 1);
  }

  /** From what the octave's first iteration was divided by, and what its tiles had themselves. */
  private double share() throws IOException {
    Manifest manifest = store.readManifest(octave.index(), 0).orElseThrow();
    double own = totals(manifest)[0] / tasks.values(0);
    return own == 0 ? 1 : manifest.meanGradients()[0] / own;
  }

  /** Mean |g| over the canvas in the first iteration. */
  private double firstMean(double[][] measured, double share) {
    double mean = totals(measured)[0] / tasks.measuredValues();
    return tasks.isMeasured() ? mean : mean * share;
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

  private double[] exact(Scale before, boolean closed) throws IOException {
    double[] totals = new double[octave.iterations()];
    float[] factors = NO_FACTORS;
    for (RoundPlan round : octave.rounds()) {
      int t = round.index();
      Optional<Manifest> finished = store.readManifest(octave.index(), t);
      Manifest manifest;
      if (finished.isPresent()) {
        manifest = tellSplit(finished.get());
        stages.skip((t == 0 ? tasks.measuredPixels() : tasks.inputPixels(t)) / 1e6);
      } else {
        List<TaskReport> reports =
            t == 0
                ? firstGradients()
                : stages.run(stage(Stage.Kind.STEP_GRADIENT, t, factors), count(t), share(t, 1));
        double[][] sums = sums(reports);
        double[] means = t == 0 ? new double[] {firstMean(sums, before.share())} : means(sums, t);
        manifest =
            write(t, Arrays.copyOf(sums, count(t)), means, reused(t, reports), split(t, reports));
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

  private double[] rounds(Scale before) throws IOException {
    double[] totals = new double[octave.iterations()];
    double[] ratios = before.curve().ratios();
    double firstMean = 0;
    for (RoundPlan round : octave.rounds()) {
      int index = round.index();
      Optional<Manifest> finished = store.readManifest(octave.index(), index);
      Manifest manifest;
      if (finished.isPresent()) {
        manifest = tellSplit(finished.get());
        int alone = index == 0 ? round.iterations() - 1 : round.iterations();
        double first = index == 0 ? tasks.measuredPixels() : 0;
        stages.skip((first + (double) tasks.inputPixels(index) * alone) / 1e6);
        firstMean = index == 0 ? manifest.meanGradients()[0] : firstMean;
      } else {
        double[][] first = {};
        List<TaskReport> gradients = List.of();
        if (index == 0) {
          // The first iteration meets everybody: its gradients give the scale and are applied.
          gradients = firstGradients();
          first = sums(gradients);
          firstMean = firstMean(first, before.share());
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

  /** What all of the octave's tiles that give it its scale say at its first state. */
  private List<TaskReport> firstGradients() {
    double[] share = new double[tasks.measuredTiles().length];
    Arrays.fill(share, tasks.measuredPixels() / 1e6 / share.length);
    return stages.run(stage(Stage.Kind.GRADIENT, 0, NO_FACTORS), share.length, share);
  }

  private static double[][] sums(List<TaskReport> reports) {
    return reports.stream().map(TaskReport::sums).toArray(double[][]::new);
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
    int[] tiles = round == 0 ? tasks.measuredTiles() : tasks.tiles(round);
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
