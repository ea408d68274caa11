package org.reverie.driver;

import java.util.ArrayList;
import java.util.List;
import org.reverie.conf.RenderJob;
import org.reverie.executor.store.ChunkGrid;
import org.reverie.executor.work.OctaveTasks;
import org.reverie.executor.work.PlannedSeams;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;
import org.reverie.tiling.plan.StageLoad;
import org.reverie.tiling.plan.StageLoad.Kind;

/** The stages of a plan as loads: tasks, megapixels and bytes, in the order they run. */
final class PlanLoads {
  /** Three floats. */
  private static final double PIXEL_BYTES = 12;

  private final RenderPlan plan;
  private final List<StageLoad> loads = new ArrayList<>();

  private PlanLoads(RenderPlan plan) {
    this.plan = plan;
  }

  /**
   * The loads.
   *
   * @param printTasks pieces that the print is encoded in
   */
  static List<StageLoad> of(RenderPlan plan, int printTasks) {
    PlanLoads loads = new PlanLoads(plan);
    loads.add(printTasks);
    return List.copyOf(loads.loads);
  }

  private void add(int printTasks) {
    boolean picture = plan.start().isEmpty();
    double input = picture ? plan.inputSize().pixels() : 0;
    if (picture) {
      load(Kind.INPUT, 1, input, 0, input);
    }
    double before = 0;
    for (OctavePlan octave : plan.octaves()) {
      OctaveTasks tasks = new OctaveTasks(plan, octave);
      double pixels = dreamt(octave, tasks);
      int chunks = tasks.chunks().length;
      if (plan.resampling() == RenderJob.Resampling.NOTEBOOK) {
        load(Kind.BASE, chunks, pixels, Math.min(input, pixels * 1.96), pixels);
        load(Kind.START, chunks, pixels, pixels + 2 * before, pixels);
      } else {
        load(Kind.START, chunks, pixels, input + 2 * before, 2 * pixels);
      }
      switch (octave.mode()) {
        case WHOLE -> tiles(1, octave.iterations() * input(tasks, 0), pixels, pixels);
        case EXACT -> exact(octave, tasks, pixels);
        case ROUNDS -> rounds(octave, tasks, pixels);
      }
      before = pixels;
    }
    double canvas = plan.crop().pixels();
    int parts = PlannedSeams.meter(plan).parts();
    if (parts > 0) {
      load(Kind.SEAMS, parts, canvas, 2 * canvas, 0);
    }
    load(Kind.ENCODE, printTasks, canvas, canvas, 0);
    // To the driver and on to where the print goes, as if nothing could be compressed.
    double bytes = 3 * canvas * plan.bitsPerSample() / 8;
    loads.add(new StageLoad(Kind.PRINT, 1, 0, 0, bytes, bytes));
  }

  private static double dreamt(OctavePlan octave, OctaveTasks tasks) {
    ChunkGrid grid = tasks.grid();
    double pixels = 0;
    for (int chunk : tasks.chunks()) {
      pixels += grid.rectangle(chunk).pixels();
    }
    return Math.min(pixels, octave.size().pixels());
  }

  private void exact(OctavePlan octave, OctaveTasks tasks, double pixels) {
    for (RoundPlan round : octave.rounds()) {
      int t = round.index();
      double loaded = loaded(tasks, round);
      // Every iteration but the first reads state and gradient of the one before, and stores both.
      double read = t == 0 ? loaded : 2 * loaded;
      double written = t == 0 ? pixels : 2 * pixels;
      int count = t == 0 ? tasks.measuredTiles().length : tasks.tiles(t).length;
      tiles(count, t == 0 ? tasks.measuredPixels() : input(tasks, t), read, written);
    }
    load(Kind.STEP, tasks.chunks().length, pixels, 2 * pixels, pixels);
  }

  private void rounds(OctavePlan octave, OctaveTasks tasks, double pixels) {
    for (RoundPlan round : octave.rounds()) {
      int r = round.index();
      int count = tasks.tiles(r).length;
      double loaded = loaded(tasks, round);
      double edge = Math.sqrt(pixels / count);
      double results = pixels * Math.pow((edge + plan.overlapPixels()) / edge, 2);
      int alone = round.iterations();
      double read = loaded;
      if (r == 0) {
        tiles(tasks.measuredTiles().length, tasks.measuredPixels(), loaded, pixels);
        alone--;
        read = 2 * loaded;
      }
      tiles(count, alone * input(tasks, r), read, results);
      load(Kind.STITCH, tasks.chunks().length, pixels, results, pixels);
    }
  }

  private static double input(OctaveTasks tasks, int round) {
    return tasks.inputPixels(round);
  }

  private static double loaded(OctaveTasks tasks, RoundPlan round) {
    double pixels = 0;
    for (int tile : tasks.tiles(round.index())) {
      pixels += tasks.windows(round.index()).window(round.lattice().core(tile)).loaded().pixels();
    }
    return pixels;
  }

  private void tiles(int tasks, double gradients, double read, double written) {
    loads.add(
        new StageLoad(
            Kind.TILES, tasks, gradients / 1e6, 0, PIXEL_BYTES * read, PIXEL_BYTES * written));
  }

  private void load(Kind kind, int tasks, double pixels, double read, double written) {
    loads.add(
        new StageLoad(kind, tasks, 0, pixels / 1e6, PIXEL_BYTES * read, PIXEL_BYTES * written));
  }
}
