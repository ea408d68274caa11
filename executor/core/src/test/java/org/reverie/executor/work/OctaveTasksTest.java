package org.reverie.executor.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.executor.store.ChunkGrid;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.PlanRequest;
import org.reverie.tiling.plan.Planner;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;

class OctaveTasksTest {
  private static final long BYTES_PER_PIXEL = 100;
  private static final int AUTO_HALO = 20;

  private static RenderPlan plan(Size canvas, int megabytes, String yaml) {
    JobLayer base =
        JobLayer.ofYaml(
            "base",
            "{input: {source: a.png}, print: {out: a.tif, width: %dpx, height: %dpx}}"
                .formatted(canvas.width(), canvas.height()));
    return Planner.plan(
        new PlanRequest(
            JobReader.read(List.of(base, JobLayer.ofYaml("test", yaml))),
            canvas,
            8,
            "",
            "0",
            new LayerGeometry(4, 35),
            AUTO_HALO,
            new RenderPlan.BrainFacts("brain", "0", List.of(0f, 0f, 0f), true, List.of(), "", ""),
            new RenderPlan.EngineFacts("engine", "FLOAT32", "any", 1),
            (width, height) -> BYTES_PER_PIXEL * width * height,
            megabytes * 1_000_000L,
            false));
  }

  /** Whatever a task reads was made by a task before it, and no window exceeds the memory. */
  @Property(tries = 300)
  void whatTheTasksOfACropReadIsMade(
      @ForAll @IntRange(min = 40, max = 9000) int width,
      @ForAll @IntRange(min = 40, max = 9000) int height,
      @ForAll @IntRange(min = 0, max = 999) int left,
      @ForAll @IntRange(min = 0, max = 999) int top,
      @ForAll @IntRange(min = 1, max = 900) int cropWidth,
      @ForAll @IntRange(min = 1, max = 900) int cropHeight,
      @ForAll @IntRange(min = 1, max = 4) int octaves,
      @ForAll @DoubleRange(min = 1.2, max = 3) double scale,
      @ForAll @IntRange(min = 1, max = 3) int iterations,
      @ForAll @IntRange(min = 0, max = 2) int sync,
      @ForAll @IntRange(min = 4, max = 100) int megabytes) {
    Size canvas = new Size(width, height);
    int w = Math.min(cropWidth, width);
    int h = Math.min(cropHeight, height);
    int x = left * (width - w) / 999;
    int y = top * (height - h) / 999;
    RenderPlan plan =
        plan(
            canvas,
            megabytes,
            String.format(
                Locale.ROOT,
                "{print.crop: '%d,%d,%d,%d', dream: {octaves: %d, octave-scale: %f, iterations: %d},"
                    + " tiles.sync: %s}",
                x,
                y,
                w,
                h,
                octaves,
                scale,
                iterations,
                sync == 0 ? "octave" : sync));
    OctaveTasks before = null;
    for (OctavePlan octave : plan.octaves()) {
      OctaveTasks tasks = new OctaveTasks(plan, octave);
      for (RoundPlan round : octave.rounds()) {
        int r = round.index();
        for (int tile : r == 0 ? tasks.measuredTiles() : tasks.tiles(r)) {
          Rectangle loaded = tasks.windows(r).window(round.lattice().core(tile)).loaded();
          assertMade(tasks, loaded, "tile " + tile + " of " + octave);
        }
      }
      if (before != null) {
        Filter detail = Filter.detail(Resampling.PHOTOGRAPHIC);
        Resampler up = new Resampler(detail, before.octave().size(), octave.size());
        for (int chunk : tasks.chunks()) {
          assertMade(before, up.needed(tasks.grid().rectangle(chunk)), "chunk of " + octave);
        }
      }
      if (tasks.isMeasured()) {
        assertEquals(3 * octave.size().pixels(), tasks.measuredValues());
      }
      int[] window = tasks.longestWindow();
      assertTrue(BYTES_PER_PIXEL * window[0] * window[1] <= megabytes * 1_000_000L);
      before = tasks;
    }
    assertMade(before, plan.crop(), "print");
  }

  /** A piece as long as a smaller octave has a window that is longer than any of the largest. */
  @Test
  void windowsOfSmallerOctavesFitIntoTheMemoryToo() {
    whatTheTasksOfACropReadIsMade(395, 417, 0, 0, 1, 1, 2, 1.2, 2, 1, 14);
  }

  /**
   * What surrounds a crop of one pixel is not cut into pieces as small, which nobody could count.
   */
  @Test
  void aTinyCropIsMeasuredInTilesOfSomeSize() {
    RenderPlan plan =
        plan(
            new Size(500_000, 500_000),
            100,
            "{print.crop: '0,0,1,1', dream.octaves: 2, tiles: {overlap: 0, halo: 20}}");
    OctaveTasks tasks = new OctaveTasks(plan, plan.octaves().get(1));
    assertTrue(tasks.isMeasured());
    assertTrue(tasks.measuredPixels() < 1.3 * 500_000L * 500_000);
  }

  private static void assertMade(OctaveTasks tasks, Rectangle read, String reader) {
    ChunkGrid grid = tasks.grid();
    int[] made = tasks.chunks();
    for (int chunk : grid.touching(read)) {
      assertTrue(Arrays.binarySearch(made, chunk) >= 0, () -> reader + " reads chunk " + chunk);
    }
  }
}
