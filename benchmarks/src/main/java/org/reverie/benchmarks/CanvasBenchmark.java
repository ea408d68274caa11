package org.reverie.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.reverie.conf.RenderJob;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.blend.Blender;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;

/** One chunk of the canvas, 512 x 512 px, on one processor: what happens to it between engines. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 7, time = 1)
public class CanvasBenchmark {
  private static final int CHUNK = 512;
  private static final int OVERLAP = 64;
  private static final double OCTAVE_SCALE = 1.4;
  private static final Size CANVAS = new Size(4096, 4096);
  private static final Size SMALLER =
      new Size(Math.round(4096 / OCTAVE_SCALE), Math.round(4096 / OCTAVE_SCALE));
  private static final Rectangle PART = new Rectangle(1024, 1024, CHUNK, CHUNK);

  /** Four tiles meet in the middle of the chunk, the worst there is. */
  private static final Lattice FOUR =
      new Lattice(new long[] {0, 1280, 4096}, new long[] {0, 1280, 4096});

  private final Resampler base =
      new Resampler(Filter.base(RenderJob.Resampling.PHOTOGRAPHIC), CANVAS, SMALLER);
  private final Resampler detail =
      new Resampler(Filter.detail(RenderJob.Resampling.PHOTOGRAPHIC), SMALLER, CANVAS);
  private final Rectangle baseNeeds = base.needed(PART);
  private final Rectangle detailNeeds = detail.needed(PART);
  private float[] large;
  private float[] small;
  private float[][] tiles;

  /** Draws the pixels that are read. */
  @Setup(Level.Trial)
  public void draw() {
    large = MadeUpPixels.planes((int) baseNeeds.width(), (int) baseNeeds.height());
    small = MadeUpPixels.planes((int) detailNeeds.width(), (int) detailNeeds.height());
    tiles = new float[FOUR.tiles()][];
  }

  /** The base of the next smaller octave. */
  @Benchmark
  public float[] resampleBase(Megapixels count) {
    count.add(PART.pixels());
    return base.resample(large, baseNeeds, PART);
  }

  /** The detail of the octave before. */
  @Benchmark
  public float[] resampleDetail(Megapixels count) {
    count.add(PART.pixels());
    return detail.resample(small, detailNeeds, PART);
  }

  /** The results of four tiles. */
  @Benchmark
  public float[] blend(Megapixels count) throws IOException {
    count.add(PART.pixels());
    return Blender.blend(PART, FOUR, OVERLAP, this::tile);
  }

  private float[] tile(int tile, Rectangle part) {
    if (tiles[tile] == null) {
      tiles[tile] = MadeUpPixels.planes((int) part.width(), (int) part.height());
    }
    return tiles[tile];
  }
}
