package org.reverie.executor.work;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.reverie.executor.store.ChunkGrid;
import org.reverie.executor.store.CutGrid;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Window;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.lattice.Windows;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.OctavePlan.Mode;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;

/** What the task numbers of an octave's stages mean: which chunks, and which tiles. */
public final class OctaveTasks {
  private final OctavePlan octave;
  private final Windows[] windows;
  private final ChunkGrid grid;
  private final int[][] tiles;
  private final boolean measured;
  private final int[] measuredTiles;
  private final int[] chunks;

  /** The tasks of one octave of a plan. */
  public OctaveTasks(RenderPlan plan, OctavePlan octave) {
    this.octave = octave;
    this.windows = octave.windows(plan.frame(octave), plan.tilePixels()).toArray(Windows[]::new);
    this.grid = new ChunkGrid(octave.size());
    this.tiles = new int[octave.rounds().size()][];
    for (RoundPlan round : octave.rounds()) {
      tiles[round.index()] =
          round.tiles(octave.active()).stream().mapToInt(Integer::intValue).toArray();
    }
    int index = octave.index();
    this.measured = !octave.isWhole() && (index == 0 || plan.octaves().get(index - 1).isWhole());
    this.measuredTiles = measured ? activeFirst(octave.rounds().get(0), tiles[0]) : tiles[0];
    this.chunks =
        grid.touching(octave.isWhole() || measured ? octave.size().bounds() : reach(plan));
  }

  private static int[] activeFirst(RoundPlan round, int[] active) {
    IntStream others =
        IntStream.range(0, round.lattice().tiles())
            .filter(tile -> Arrays.binarySearch(active, tile) < 0);
    return IntStream.concat(IntStream.of(active), others).toArray();
  }

  /** Everything that any tile of the octave reads, and the start of the next larger one. */
  private Rectangle reach(RenderPlan plan) {
    Rectangle reach = null;
    for (RoundPlan round : octave.rounds()) {
      for (int tile : tiles[round.index()]) {
        reach = around(reach, windows[round.index()].window(round.lattice().core(tile)).loaded());
      }
    }
    if (octave.index() + 1 < plan.octaves().size()) {
      OctavePlan next = plan.octaves().get(octave.index() + 1);
      Rectangle started = null;
      OctaveTasks nextTasks = new OctaveTasks(plan, next);
      for (int chunk : nextTasks.chunks) {
        started = around(started, nextTasks.grid.rectangle(chunk));
      }
      Filter detail = Filter.detail(plan.resampling());
      reach = around(reach, new Resampler(detail, octave.size(), next.size()).needed(started));
    }
    return reach;
  }

  private static Rectangle around(Rectangle first, Rectangle second) {
    return first == null
        ? second
        : Rectangle.between(
            Math.min(first.x(), second.x()),
            Math.min(first.y(), second.y()),
            Math.max(first.right(), second.right()),
            Math.max(first.bottom(), second.bottom()));
  }

  /** The octave. */
  public OctavePlan octave() {
    return octave;
  }

  /** The windows of a round's tiles. */
  public Windows windows(int round) {
    return windows[round];
  }

  /** How its canvas is cut into chunks. */
  public ChunkGrid grid() {
    return grid;
  }

  /** How the canvas of one round is cut into cores. */
  static CutGrid cores(RoundPlan round) {
    return new CutGrid(round.lattice().cutsX(), round.lattice().cutsY());
  }

  /** The chunks that are made, by number of the task. */
  public int[] chunks() {
    return chunks.clone();
  }

  int chunk(int task) {
    return chunks[task];
  }

  /** The tiles that are dreamt in a round, by number of the task. */
  public int[] tiles(int round) {
    return tiles[round].clone();
  }

  int tile(int round, int task) {
    return tiles[round][task];
  }

  /**
   * Whether the octave is the first of a crop of which only a part is dreamt. Its first gradient is
   * taken of all of its tiles, which tells how the mean over the canvas compares with that over the
   * part.
   */
  public boolean isMeasured() {
    return measured;
  }

  /**
   * The tiles whose gradient gives the octave its scale, by number of the task; the first are those
   * that are dreamt in the first round.
   */
  public int[] measuredTiles() {
    return measuredTiles.clone();
  }

  int measuredTile(int task) {
    return measuredTiles[task];
  }

  /** Whether a tile of a round is dreamt. */
  boolean active(int round, int tile) {
    return Arrays.binarySearch(tiles[round], tile) >= 0;
  }

  /** Channel values of the cores that are dreamt in a round, over which mean |g| is taken. */
  public long values(int round) {
    Lattice lattice = octave.rounds().get(round).lattice();
    return values(IntStream.of(tiles[round]).mapToObj(lattice::core));
  }

  /** The same of {@link #measuredTiles}. */
  public long measuredValues() {
    Lattice lattice = octave.rounds().get(0).lattice();
    return values(IntStream.of(measuredTiles).mapToObj(lattice::core));
  }

  private static long values(Stream<Rectangle> cores) {
    return Math.multiplyExact(3, cores.mapToLong(Rectangle::pixels).sum());
  }

  /** Pixels that the network sees in one iteration of a round, over all its tiles. */
  public long inputPixels(int round) {
    return octave.mode() == Mode.WHOLE
        ? windows[round].frame().pixels()
        : inputPixels(round, tiles[round]);
  }

  /** The same of {@link #measuredTiles} in the first iteration. */
  public long measuredPixels() {
    return measured ? inputPixels(0, measuredTiles) : inputPixels(0);
  }

  private long inputPixels(int round, int[] of) {
    Lattice lattice = octave.rounds().get(round).lattice();
    long pixels = 0;
    for (int tile : of) {
      Window window = windows[round].window(lattice.core(tile));
      pixels += Math.multiplyExact((long) window.x().length(), window.y().length());
    }
    return pixels;
  }

  /** Pixels that the network sees in all gradients of the octave. */
  public double gradientPixels() {
    double pixels = measuredPixels() - inputPixels(0);
    for (RoundPlan round : octave.rounds()) {
      pixels += (double) inputPixels(round.index()) * round.iterations();
    }
    return pixels;
  }

  /**
   * The longest windows that the octave's tiles have.
   *
   * @return positions along x and along y, which need not be of one window
   */
  public int[] longestWindow() {
    if (octave.mode() == Mode.WHOLE) {
      Window whole = windows[0].whole();
      return new int[] {whole.x().length(), whole.y().length()};
    }
    int[] longest = new int[2];
    for (RoundPlan round : octave.rounds()) {
      for (int tile : round.index() == 0 ? measuredTiles : tiles[round.index()]) {
        Window window = windows[round.index()].window(round.lattice().core(tile));
        longest[0] = Math.max(longest[0], window.x().length());
        longest[1] = Math.max(longest[1], window.y().length());
      }
    }
    return longest;
  }
}
