package org.reverie.tiling.seam;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.lattice.Seam;

/**
 * Measures seams from what was read of their tiles, as it comes in.
 *
 * <pre>
 *   +----+----+----+   a row of tiles is complete: its vertical seams are measured
 *   |    |    |    |
 *   +----+----+----+ - - a horizontal seam is measured once all rows of tiles are there that its
 *   |    |    |    |     control lines and their strips reach into; older rows are forgotten
 *   +----+----+----+
 * </pre>
 *
 * <p>What is kept are the row sums of some four rows of tiles and, of every seam measured, its
 * control lines: 3 KB. Not safe for use by several threads.
 */
public final class SeamGathering {
  private static final int MEASURES = Measure.values().length;

  /** The share of a tile whose contrast is compared with its neighbour's. */
  private static final double COMPARED_SHARE = 0.75;

  private final SeamMeter meter;
  private final Lattice last;
  private final int columns;
  private final int rows;
  private final List<Seam> seams;
  private final Measured[] measured;

  /** By axis and cut, where all seams of the cut have their control lines. */
  private final long[][][] lines = new long[Axis.values().length][][];

  /** By axis and cut, how many earlier lattices have a cut there. */
  private final int[][] coinciding = new int[Axis.values().length][];

  private final TileSums[] row;

  /** Row sums by column of tiles, of the rows of tiles from {@link #firstKept} on. */
  private final Deque<double[][][]> kept = new ArrayDeque<>();

  private int firstKept;
  private int tiles;

  /** The first row of tiles whose upper seams are not measured yet. */
  private int pending = 1;

  SeamGathering(SeamMeter meter) {
    this.meter = meter;
    this.last = meter.last();
    this.columns = last.pieces(Axis.X);
    this.rows = last.pieces(Axis.Y);
    this.seams = last.seams();
    this.measured = new Measured[seams.size()];
    this.row = new TileSums[columns];
    Coincidences coincidences = meter.coincidences();
    for (Axis axis : Axis.values()) {
      int pieces = last.pieces(axis);
      lines[axis.ordinal()] = new long[pieces][];
      coinciding[axis.ordinal()] = new int[pieces];
      for (int piece = 1; piece < pieces; piece++) {
        lines[axis.ordinal()][piece] = controlPositions(axis, piece);
        coinciding[axis.ordinal()][piece] = coincidences.at(axis, last.cut(axis, piece));
      }
    }
  }

  /**
   * Adds what {@link SeamMeter#read} gave; part after part.
   *
   * @throws IllegalArgumentException if these are not the sums of the next part
   */
  public void add(byte[] sums) {
    ByteBuffer in = ByteBuffer.wrap(sums);
    int first = in.getInt();
    if (first != tiles || first >= last.tiles()) {
      throw new IllegalArgumentException(
          "sums from tile " + first + " on, after " + tiles + " of " + last.tiles() + " tiles");
    }
    while (in.hasRemaining()) {
      add(TileSums.get(in, last.core(tiles)));
    }
  }

  /** Adds a tile; tile after tile. */
  void add(TileSums tile) {
    int column = tiles % columns;
    row[column] = tile;
    tiles++;
    if (column == columns - 1) {
      closeRow(tiles / columns - 1);
    }
  }

  /**
   * The report.
   *
   * @throws IllegalStateException if parts are missing
   */
  public SeamReport report() {
    if (!seams.isEmpty() && tiles < last.tiles()) {
      throw new IllegalStateException(tiles + " of " + last.tiles() + " tiles were read");
    }
    return new Scoring(meter).report(Arrays.asList(measured));
  }

  private void closeRow(int index) {
    Profile profile = new Profile(0, length(Axis.X));
    double[][][] rowSums = new double[columns][][];
    for (int column = 0; column < columns; column++) {
      profile.add(row[column].columns(), Math.toIntExact(last.cut(Axis.X, column)));
      rowSums[column] = row[column].rows();
    }
    close(profile, last.cut(Axis.Y, index), last.cut(Axis.Y, index + 1));
    for (int column = 1; column < columns; column++) {
      measure(index * (columns - 1) + column - 1, column, profile);
    }
    kept.add(rowSums);
    while (pending < rows && lastReached(pending) <= index) {
      measureHorizontal(pending);
      pending++;
      while (firstKept < firstNeeded()) {
        kept.remove();
        firstKept++;
      }
    }
  }

  /** Measures the seams above a row of tiles, column by column. */
  private void measureHorizontal(int piece) {
    int first = firstReached(piece);
    int end = lastReached(piece) + 1;
    long top = last.cut(Axis.Y, first);
    int length = Math.toIntExact(last.cut(Axis.Y, end) - top);
    for (int column = 0; column < columns; column++) {
      Profile profile = new Profile(top, length);
      int index = firstKept;
      for (double[][][] rowSums : kept) {
        if (index >= first && index < end) {
          profile.add(rowSums[column], Math.toIntExact(last.cut(Axis.Y, index) - top));
        }
        index++;
      }
      close(profile, last.cut(Axis.X, column), last.cut(Axis.X, column + 1));
      measure(rows * (columns - 1) + (piece - 1) * columns + column, piece, profile);
    }
  }

  private static void close(Profile profile, long from, long to) {
    // The canvas' first row or column has no neighbour before it.
    profile.close(to - from, from == 0 ? to - from - 1 : to - from);
  }

  private void measure(int index, int piece, Profile profile) {
    Seam seam = seams.get(index);
    Axis axis = seam.across();
    int strip = meter.stripPixels();
    int before = compared(last.cut(axis, piece) - last.cut(axis, piece - 1));
    int behind = compared(last.cut(axis, piece + 1) - last.cut(axis, piece));
    long[] at = lines[axis.ordinal()][piece];
    double[][] controls = new double[MEASURES][at.length];
    for (int i = 0; i < at.length; i++) {
      double[] control = profile.measure(at[i], strip, before, behind);
      for (int m = 0; m < MEASURES; m++) {
        controls[m][i] = control[m];
      }
    }
    measured[index] =
        new Measured(
            seam,
            profile.measure(seam.position(), strip, before, behind),
            at,
            controls,
            coinciding[axis.ordinal()][piece]);
  }

  /** How far from a line its strips and the compared parts of tiles reach. */
  private long reach(int piece) {
    long before = last.cut(Axis.Y, piece) - last.cut(Axis.Y, piece - 1);
    long behind = last.cut(Axis.Y, piece + 1) - last.cut(Axis.Y, piece);
    return Math.max(2L * meter.stripPixels() + 1, compared(Math.max(before, behind)));
  }

  /** The first row of tiles that the seams above a row of tiles are measured by. */
  private int firstReached(int piece) {
    return last.pieceAt(Axis.Y, Math.max(0, last.cut(Axis.Y, piece - 1) - reach(piece)));
  }

  /** The last such row. */
  private int lastReached(int piece) {
    long bottom = last.cut(Axis.Y, piece + 1) + reach(piece);
    return last.pieceAt(Axis.Y, Math.min(length(Axis.Y), bottom) - 1);
  }

  private int firstNeeded() {
    int first = rows;
    for (int piece = pending; piece < rows; piece++) {
      first = Math.min(first, firstReached(piece));
    }
    return first;
  }

  private static int compared(long piecePixels) {
    return (int) Math.max(1, Math.round(COMPARED_SHARE * piecePixels));
  }

  /**
   * Where a seam is shifted to: anywhere between its neighbours, clear of all their blend bands and
   * of its own; the same for all seams of one cut.
   */
  private long[] controlPositions(Axis axis, int piece) {
    long position = last.cut(axis, piece);
    long previous = last.cut(axis, piece - 1);
    long next = last.cut(axis, piece + 1);
    long before = position - previous;
    long behind = next - position;
    int unit =
        room(before, meter.stride()) + room(behind, meter.stride()) >= meter.controlLines() / 4
            ? meter.stride()
            : 1;
    long roomBefore = room(before, unit);
    long roomBehind = room(behind, unit);
    KeyedRandom random =
        KeyedRandom.of(meter.seed(), KeyedRandom.Purpose.CONTROL, axis.ordinal(), position);
    long[] positions = new long[meter.controlLines()];
    for (int i = 0; i < positions.length; i++) {
      long drawn = random.nextLong(Math.max(1, roomBefore + roomBehind));
      if (drawn < roomBefore) {
        positions[i] = position - (nearest(before, unit) + drawn) * unit;
      } else if (roomBehind > 0) {
        positions[i] = position + (nearest(behind, unit) + drawn - roomBefore) * unit;
      } else {
        positions[i] = before >= behind ? position - before / 2 : position + behind / 2;
      }
      positions[i] = Math.max(1, Math.min(length(axis) - 1, positions[i]));
    }
    return positions;
  }

  private int length(Axis axis) {
    return Math.toIntExact(last.cut(axis, last.pieces(axis)));
  }

  /** How near to a cut a control line may lie in a piece of that length: bands must not meet. */
  private long margin(long pieceLength) {
    return Math.max(1, Math.min(2L * meter.stripPixels(), pieceLength / 4));
  }

  /** The smallest shift in units that keeps the margin. */
  private long nearest(long pieceLength, int unit) {
    return (margin(pieceLength) + unit - 1) / unit;
  }

  /** How many shifts in units there are into a piece of that length. */
  private int room(long pieceLength, int unit) {
    long farthest = (pieceLength - margin(pieceLength)) / unit;
    return (int)
        Math.max(0, Math.min(Integer.MAX_VALUE / 2, farthest - nearest(pieceLength, unit) + 1));
  }
}
