package org.reverie.executor.work;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.reverie.executor.store.ChunkGrid;
import org.reverie.executor.store.CutGrid;
import org.reverie.tiling.Border;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Window;
import org.reverie.tiling.lattice.Windows;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.OctavePlan.Mode;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;

/** What the task numbers of an octave's stages mean: which chunks, and which tiles. */
public final class OctaveTasks {
  private final OctavePlan octave;
  private final Windows[] windows;
  private final ChunkGrid grid;
  private final int[][] tiles;
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
    this.chunks = grid.touching(reach(plan.border()));
  }

  /** Everything that any tile of the octave reads: the whole canvas, but for a crop. */
  private Rectangle reach(Border border) {
    Rectangle whole = octave.size().bounds();
    if (octave.active().equals(whole) || border == Border.WRAP || octave.mode() == Mode.WHOLE) {
      return whole;
    }
    long left = whole.right();
    long top = whole.bottom();
    long right = 0;
    long bottom = 0;
    for (RoundPlan round : octave.rounds()) {
      for (int tile : tiles[round.index()]) {
        Rectangle loaded = windows[round.index()].window(round.lattice().core(tile)).loaded();
        left = Math.min(left, loaded.x());
        top = Math.min(top, loaded.y());
        right = Math.max(right, loaded.right());
        bottom = Math.max(bottom, loaded.bottom());
      }
    }
    return Rectangle.between(left, top, right, bottom);
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

  /** Whether a tile of a round is dreamt. */
  boolean active(int round, int tile) {
    return Arrays.binarySearch(tiles[round], tile) >= 0;
  }

  /** Channel values of the cores that are dreamt in a round, over which mean |g| is taken. */
  public long values(int round) {
    RoundPlan plan = octave.rounds().get(round);
    return Math.multiplyExact(
        3, IntStream.of(tiles[round]).mapToLong(t -> plan.lattice().core(t).pixels()).sum());
  }

  /** Pixels that the network sees in one iteration of a round, over all its tiles. */
  public long inputPixels(int round) {
    if (octave.mode() == Mode.WHOLE) {
      return windows[round].frame().pixels();
    }
    List<Rectangle> cores =
        IntStream.of(tiles[round]).mapToObj(octave.rounds().get(round).lattice()::core).toList();
    long pixels = 0;
    for (Rectangle core : cores) {
      Window window = windows[round].window(core);
      pixels += Math.multiplyExact((long) window.x().length(), window.y().length());
    }
    return pixels;
  }
}
