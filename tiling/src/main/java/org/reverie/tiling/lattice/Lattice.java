package org.reverie.tiling.lattice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

/**
 * The cuts that make the cores of an octave. Cores partition the canvas; tiles are counted row by
 * row, the top left one is 0.
 *
 * <pre>
 *   cutsX   0      3            8      11
 *           +------+------------+------+  0   cutsY
 *           |  0   |     1      |  2   |
 *           +------+------------+------+  2
 *           |  3   |     4      |  5   |
 *           +------+------------+------+  6
 * </pre>
 *
 * @param cutsX columns: 0, the first column of every further piece, the canvas' width; ascending
 * @param cutsY rows: 0, the first row of every further piece, the canvas' height; ascending
 */
public record Lattice(long[] cutsX, long[] cutsY) {
  /** Shorter pieces would mostly see the context of others. */
  private static final int SHORT_PIECE = 512;

  public Lattice {
    cutsX = checked(cutsX);
    cutsY = checked(cutsY);
    Math.toIntExact(Math.multiplyExact(cutsX.length - 1L, cutsY.length - 1L));
  }

  /** One core, the whole canvas. */
  public static Lattice single(Size canvas) {
    return new Lattice(new long[] {0, canvas.width()}, new long[] {0, canvas.height()});
  }

  /**
   * The lattice of a round. Interior cuts are one core apart; their origin is uniform over a whole
   * core, in multiples of the stride, so that in the course of octaves and rounds every pixel is as
   * often near a cut as any other. A border piece under half a core joins its neighbour, unless
   * that neighbour took in the other border already and would exceed {@link #longestPiece}.
   *
   * @param canvas size of the octave
   * @param coreEdge distance of interior cuts, pixels
   * @param stride of the dreamt layers, pixels; interior cuts are multiples of it if the core's
   *     edge is
   * @param seed the job's seed
   * @param octave index of the octave
   * @param round index of the round in its octave
   */
  public static Lattice draw(
      Size canvas, int coreEdge, int stride, long seed, int octave, int round) {
    if (coreEdge < 1 || stride < 1) {
      throw new IllegalArgumentException("core " + coreEdge + ", stride " + stride);
    }
    KeyedRandom random = KeyedRandom.of(seed, KeyedRandom.Purpose.LATTICE, octave, round);
    long origins = (coreEdge - 1L) / stride + 1;
    long originX = stride * random.nextLong(origins);
    long originY = stride * random.nextLong(origins);
    return new Lattice(
        cuts(canvas.width(), coreEdge, originX), cuts(canvas.height(), coreEdge, originY));
  }

  /**
   * The lattice of an octave of which only a part is dreamt: the part in as few pieces as a core's
   * edge allows, all of one length up to a stride.
   *
   * <pre>
   *   part 4 .. 10, core edge 4   cutsX 0   4  7  10     16
   *   and the rest in pieces too  cutsX 0   4  7  10  13 16
   * </pre>
   *
   * @param canvas size of the octave
   * @param part with edges at multiples of the stride or at the canvas' border
   * @param coreEdge longest piece of the part, at least a stride, pixels
   * @param stride of the dreamt layers, pixels
   * @param everywhere whether what is not dreamt is cut as well, into pieces no longer than those
   *     of the part, or than 512 px where those are shorter and a core's edge allows; otherwise it
   *     is one piece on each side
   */
  public static Lattice around(
      Size canvas, Rectangle part, int coreEdge, int stride, boolean everywhere) {
    if (part.isEmpty() || !canvas.bounds().contains(part) || coreEdge < stride || stride < 1) {
      throw new IllegalArgumentException(
          part + " of " + canvas + ", core " + coreEdge + ", stride " + stride);
    }
    return new Lattice(
        around(canvas.width(), part.x(), part.right(), coreEdge, stride, everywhere),
        around(canvas.height(), part.y(), part.bottom(), coreEdge, stride, everywhere));
  }

  private static long[] around(
      long length, long from, long to, int coreEdge, int stride, boolean everywhere) {
    long[] inside = even(from, to, coreEdge, stride);
    long pieces = Math.max(longest(inside), Math.min(coreEdge, SHORT_PIECE));
    long outside = Math.max(everywhere ? pieces : length, stride);
    return Stream.of(even(0, from, outside, stride), inside, even(to, length, outside, stride))
        .flatMapToLong(LongStream::of)
        .distinct()
        .toArray();
  }

  /** Cuts from one position to another, both included, with pieces of at most {@code limit}. */
  private static long[] even(long from, long to, long limit, int stride) {
    long strides = (to - from + stride - 1) / stride;
    long most = limit / stride;
    int pieces = Math.toIntExact((strides + most - 1) / most);
    long[] cuts = new long[pieces + 1];
    for (int i = 0; i < pieces; i++) {
      cuts[i] = from + strides * i / pieces * stride;
    }
    cuts[pieces] = to;
    return cuts;
  }

  private static long longest(long[] cuts) {
    long longest = 0;
    for (int i = 1; i < cuts.length; i++) {
      longest = Math.max(longest, cuts[i] - cuts[i - 1]);
    }
    return longest;
  }

  /**
   * The longest piece that {@link #draw} makes: one and a half cores, less what makes a border
   * piece half a core.
   */
  public static long longestPiece(int coreEdge) {
    return coreEdge + (coreEdge - 1L) / 2;
  }

  static long[] cuts(long length, int coreEdge, long origin) {
    long first = origin > 0 ? origin : coreEdge;
    if (first >= length) {
      return new long[] {0, length};
    }
    long interior = (length - 1 - first) / coreEdge + 1;
    long last = first + (interior - 1) * coreEdge;
    boolean joinFirst = 2 * first < coreEdge;
    boolean joinLast = 2 * (length - last) < coreEdge;
    if (joinFirst && joinLast && interior <= 2 && length > longestPiece(coreEdge)) {
      // Both would join the same piece: only the thinner one does.
      joinFirst = first <= length - last;
      joinLast = !joinFirst;
    }
    if (joinFirst) {
      first += coreEdge;
      interior--;
    }
    if (joinLast && interior > 0) {
      interior--;
    }
    long[] cuts = new long[Math.toIntExact(interior + 2)];
    for (int i = 1; i <= interior; i++) {
      cuts[i] = first + (i - 1L) * coreEdge;
    }
    cuts[cuts.length - 1] = length;
    return cuts;
  }

  @Override
  public long[] cutsX() {
    return cutsX.clone();
  }

  @Override
  public long[] cutsY() {
    return cutsY.clone();
  }

  /** The cuts along one axis; a copy. */
  public long[] cuts(Axis axis) {
    return cutsOf(axis).clone();
  }

  /** The canvas it cuts. */
  public Size size() {
    return new Size(cutsX[cutsX.length - 1], cutsY[cutsY.length - 1]);
  }

  /** Pieces along an axis: tiles in a row, or in a column. */
  public int pieces(Axis axis) {
    return cutsOf(axis).length - 1;
  }

  /** Tiles in all. */
  public int tiles() {
    return pieces(Axis.X) * pieces(Axis.Y);
  }

  /** The tile in a column and row of the lattice. */
  public int tile(int column, int row) {
    return row * pieces(Axis.X) + column;
  }

  /** The piece of a tile along an axis: its column or its row in the lattice. */
  public int piece(Axis axis, int tile) {
    checkTile(tile);
    return axis == Axis.X ? tile % pieces(Axis.X) : tile / pieces(Axis.X);
  }

  /** First position of a piece; of the piece after the last one, the canvas' length. */
  public long cut(Axis axis, int piece) {
    return cutsOf(axis)[piece];
  }

  /** The piece that holds a position inside the canvas. */
  public int pieceAt(Axis axis, long position) {
    long[] cuts = cutsOf(axis);
    if (position < 0 || position >= cuts[cuts.length - 1]) {
      throw new IllegalArgumentException("position " + position + " of " + size());
    }
    int found = Arrays.binarySearch(cuts, position);
    return found >= 0 ? found : -found - 2;
  }

  /** The part of the canvas that a tile owns. */
  public Rectangle core(int tile) {
    int column = piece(Axis.X, tile);
    int row = piece(Axis.Y, tile);
    return Rectangle.between(cutsX[column], cutsY[row], cutsX[column + 1], cutsY[row + 1]);
  }

  /** The tiles whose cores meet a part of the canvas, in ascending order. */
  public List<Integer> tilesTouching(Rectangle part) {
    Rectangle inside = part.intersect(size().bounds());
    List<Integer> tiles = new ArrayList<>();
    if (inside.isEmpty()) {
      return tiles;
    }
    int firstColumn = pieceAt(Axis.X, inside.x());
    int lastColumn = pieceAt(Axis.X, inside.right() - 1);
    int lastRow = pieceAt(Axis.Y, inside.bottom() - 1);
    for (int row = pieceAt(Axis.Y, inside.y()); row <= lastRow; row++) {
      for (int column = firstColumn; column <= lastColumn; column++) {
        tiles.add(tile(column, row));
      }
    }
    return tiles;
  }

  /** All lines between two neighbouring cores: vertical ones first, each kind row by row. */
  public List<Seam> seams() {
    List<Seam> seams = new ArrayList<>();
    for (int row = 0; row < pieces(Axis.Y); row++) {
      for (int column = 1; column < pieces(Axis.X); column++) {
        seams.add(
            new Seam(
                Axis.X,
                cutsX[column],
                cutsY[row],
                cutsY[row + 1],
                tile(column - 1, row),
                tile(column, row)));
      }
    }
    for (int row = 1; row < pieces(Axis.Y); row++) {
      for (int column = 0; column < pieces(Axis.X); column++) {
        seams.add(
            new Seam(
                Axis.Y,
                cutsY[row],
                cutsX[column],
                cutsX[column + 1],
                tile(column, row - 1),
                tile(column, row)));
      }
    }
    return seams;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Lattice lattice
        && Arrays.equals(cutsX, lattice.cutsX)
        && Arrays.equals(cutsY, lattice.cutsY);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(cutsX) + Arrays.hashCode(cutsY);
  }

  @Override
  public String toString() {
    return "Lattice[cutsX=" + Arrays.toString(cutsX) + ", cutsY=" + Arrays.toString(cutsY) + "]";
  }

  private long[] cutsOf(Axis axis) {
    return axis == Axis.X ? cutsX : cutsY;
  }

  private void checkTile(int tile) {
    if (tile < 0 || tile >= tiles()) {
      throw new IllegalArgumentException("tile " + tile + " of " + tiles());
    }
  }

  private static long[] checked(long[] cuts) {
    long[] copy = cuts.clone();
    if (copy.length < 2 || copy[0] != 0) {
      throw new IllegalArgumentException("cuts " + Arrays.toString(copy));
    }
    for (int i = 1; i < copy.length; i++) {
      if (copy[i] <= copy[i - 1]) {
        throw new IllegalArgumentException("cuts " + Arrays.toString(copy));
      }
    }
    return copy;
  }
}
