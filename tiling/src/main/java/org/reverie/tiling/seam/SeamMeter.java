package org.reverie.tiling.seam;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Lattice;

/**
 * Asks of every seam of a finished canvas whether it can be told from lines where no seam is.
 *
 * <p>Each seam is measured as {@link Measure} says, and so are control lines: the same seam,
 * shifted between its neighbours. The mean over all seams against the means over sets of control
 * lines, one shifted line per seam in each set, gives a z-score; so does the worst of all seams
 * against the worst of each set, and the seams that lie where an earlier octave had one.
 *
 * <p>The canvas is read once, by one caller from top to bottom ({@link #measure}) or in parts by
 * many ({@link #read}), with the same figures: what is kept of a tile are sums per column and per
 * row, and those are put together in the order of the tiles ({@link SeamGathering}).
 *
 * @param last the last lattice that the canvas was cut by
 * @param overlapPixels as its tiles were blended
 * @param stride of the dreamt layers, pixels: control lines lie on the same phase of the pooling
 *     grids as seams where there is room; 1 if unknown
 * @param earlier the lattices of earlier octaves and rounds, each of its own size
 * @param controlLines per seam, at least 16
 * @param seed of the control lines
 */
public record SeamMeter(
    Lattice last,
    int overlapPixels,
    int stride,
    List<Lattice> earlier,
    int controlLines,
    long seed) {
  /** Enough that a z-score of the mean of normal figures is within a tenth of the true one. */
  public static final int CONTROL_LINES = 64;

  /** Narrower strips hold too few pixels for a mean. */
  private static final int NARROWEST_STRIP = 8;

  private static final int STRIP_ROWS = 128;

  /** Neighbouring tiles are read together up to this width: a chunk of the store. */
  private static final int READ_PIXELS = 512;

  /** A part is no smaller: a task for every small tile would be mostly the task. */
  private static final long PART_PIXELS = 1 << 20;

  public SeamMeter {
    if (controlLines < 16 || overlapPixels < 0 || stride < 1) {
      throw new IllegalArgumentException(
          controlLines + " control lines, overlap " + overlapPixels + ", stride " + stride);
    }
    earlier = List.copyOf(earlier);
  }

  /** A meter with {@link #CONTROL_LINES}. */
  public SeamMeter(Lattice last, int overlapPixels, int stride, List<Lattice> earlier, long seed) {
    this(last, overlapPixels, stride, earlier, CONTROL_LINES, seed);
  }

  /**
   * Measures.
   *
   * @param canvas the finished canvas, any constant offset; its rows are read from top to bottom
   * @param base what it was dreamt from, with the same offset; without it the canvas itself is
   *     taken for detail, less the mean of a pixel's neighbours where |detail| is meant
   * @throws IOException if pixels cannot be read
   */
  public SeamReport measure(CanvasSource canvas, Optional<CanvasSource> base) throws IOException {
    SeamGathering gathering = gather();
    if (last.tiles() > 1) {
      int columns = last.pieces(Axis.X);
      for (int first = 0; first < last.tiles(); first += columns) {
        for (TileSums tile : readRow(first, first + columns, canvas, base)) {
          gathering.add(tile);
        }
      }
    }
    return gathering.report();
  }

  /**
   * In how many parts the canvas can be read, each by itself and anywhere; 0 if it has no seam.
   * Depends on the lattice alone.
   */
  public int parts() {
    return partEnds().length;
  }

  /**
   * Reads one part.
   *
   * @param part 0 .. {@link #parts} - 1
   * @param canvas as for {@link #measure}
   * @param base as for {@link #measure}
   * @return for {@link SeamGathering#add}: the number of its first tile, and 48 bytes for every
   *     column and row of its tiles
   * @throws IOException if pixels cannot be read
   */
  public byte[] read(int part, CanvasSource canvas, Optional<CanvasSource> base)
      throws IOException {
    int[] ends = partEnds();
    int first = part == 0 ? 0 : ends[part - 1];
    int bytes = Integer.BYTES;
    for (int tile = first; tile < ends[part]; tile++) {
      bytes = Math.addExact(bytes, TileSums.bytes(last.core(tile)));
    }
    ByteBuffer out = ByteBuffer.allocate(bytes).putInt(first);
    int columns = last.pieces(Axis.X);
    while (first < ends[part]) {
      int end = Math.min(ends[part], first - first % columns + columns);
      for (TileSums tile : readRow(first, end, canvas, base)) {
        tile.put(out);
      }
      first = end;
    }
    return out.array();
  }

  /** Begins a report, to which the parts are then added in their order. */
  public SeamGathering gather() {
    return new SeamGathering(this);
  }

  /** One past the last tile of each part: as many tiles as are worth a task. */
  private int[] partEnds() {
    if (last.tiles() == 1) {
      return new int[0];
    }
    IntStream.Builder ends = IntStream.builder();
    long pixels = 0;
    for (int tile = 0; tile < last.tiles(); tile++) {
      pixels += last.core(tile).pixels();
      if (pixels >= PART_PIXELS || tile == last.tiles() - 1) {
        ends.add(tile + 1);
        pixels = 0;
      }
    }
    return ends.build().toArray();
  }

  /** Reads neighbouring tiles strip by strip, so that whoever decodes rows decodes them once. */
  private List<TileSums> readRow(
      int first, int end, CanvasSource canvas, Optional<CanvasSource> base) throws IOException {
    List<TileSums> tiles = new ArrayList<>();
    for (int tile = first; tile < end; tile++) {
      tiles.add(new TileSums(last.core(tile)));
    }
    Rectangle row = last.core(first);
    for (long y = row.y(); y < row.bottom(); y += STRIP_ROWS) {
      long bottom = Math.min(row.bottom(), y + STRIP_ROWS);
      int from = first;
      while (from < end) {
        int to = from + 1;
        while (to < end && last.core(to).right() - last.core(from).x() <= READ_PIXELS) {
          to++;
        }
        readStrip(tiles.subList(from - first, to - first), from, y, bottom, canvas, base);
        from = to;
      }
    }
    return tiles;
  }

  private void readStrip(
      List<TileSums> tiles,
      int first,
      long top,
      long bottom,
      CanvasSource canvas,
      Optional<CanvasSource> base)
      throws IOException {
    long left = last.core(first).x();
    long right = last.core(first + tiles.size() - 1).right();
    Rectangle read =
        Rectangle.between(left, top, right, bottom).grow(1).intersect(last.size().bounds());
    float[] pixels = canvas.read(read);
    float[] detail = pixels;
    if (base.isPresent()) {
      detail = base.get().read(read);
      for (int i = 0; i < detail.length; i++) {
        detail[i] = pixels[i] - detail[i];
      }
    }
    for (int i = 0; i < tiles.size(); i++) {
      Rectangle core = last.core(first + i);
      Rectangle strip = Rectangle.between(core.x(), top, core.right(), bottom);
      tiles.get(i).add(strip, read, pixels, detail, base.isPresent());
    }
  }

  int stripPixels() {
    return Math.max(NARROWEST_STRIP, overlapPixels);
  }

  Coincidences coincidences() {
    return new Coincidences(last, earlier, stripPixels() / 2.0, seed);
  }
}
