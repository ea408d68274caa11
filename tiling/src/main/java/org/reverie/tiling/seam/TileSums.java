package org.reverie.tiling.seam;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.reverie.tiling.Rectangle;

/**
 * All that the meter keeps of a tile's pixels: sums over each of its columns and each of its rows.
 *
 * <p>One array per {@link Line} and position, so some 50 bytes for every column and row of a tile
 * and none for its pixels.
 */
final class TileSums {
  private static final int CHANNELS = 3;

  /** What is added up over a line of pixels, all channels together but for the level. */
  enum Line {
    /** |difference| to the line before. */
    STEP,
    /** Detail of channel 0. */
    LEVEL_0,
    /** Detail of channel 1. */
    LEVEL_1,
    /** Detail of channel 2. */
    LEVEL_2,
    /** |detail|. */
    DETAIL,
    /** |difference| of the detail of neighbours along the line. */
    TEXTURE;

    static final int COUNT = values().length;

    static int level(int channel) {
      return LEVEL_0.ordinal() + channel;
    }
  }

  private static final int STEP = Line.STEP.ordinal();
  private static final int DETAIL = Line.DETAIL.ordinal();
  private static final int TEXTURE = Line.TEXTURE.ordinal();

  private final Rectangle core;
  private final double[][] columns;
  private final double[][] rows;

  TileSums(Rectangle core) {
    this.core = core;
    this.columns = new double[Line.COUNT][Math.toIntExact(core.width())];
    this.rows = new double[Line.COUNT][Math.toIntExact(core.height())];
  }

  /** Per {@link Line}, the sum over each column. */
  double[][] columns() {
    return columns;
  }

  /** Per {@link Line}, the sum over each row. */
  double[][] rows() {
    return rows;
  }

  /** Bytes that {@link #put} writes. */
  static int bytes(Rectangle core) {
    return Math.toIntExact(Double.BYTES * Line.COUNT * (core.width() + core.height()));
  }

  void put(ByteBuffer out) {
    for (double[][] sums : new double[][][] {columns, rows}) {
      for (double[] each : sums) {
        out.asDoubleBuffer().put(each);
        out.position(out.position() + Double.BYTES * each.length);
      }
    }
  }

  /** Reads what {@link #put} wrote. */
  static TileSums get(ByteBuffer in, Rectangle core) {
    TileSums tile = new TileSums(core);
    for (double[][] sums : new double[][][] {tile.columns, tile.rows}) {
      for (double[] each : sums) {
        in.asDoubleBuffer().get(each);
        in.position(in.position() + Double.BYTES * each.length);
      }
    }
    return tile;
  }

  /**
   * Adds the next rows, from top to bottom.
   *
   * @param strip whole rows of the tile
   * @param read the strip with the pixels around it, as far as the canvas goes
   * @param pixels CHW of {@code read}
   * @param detail the same less the base, if there is one
   */
  void add(Rectangle strip, Rectangle read, float[] pixels, float[] detail, boolean hasBase) {
    int readWidth = Math.toIntExact(read.width());
    int plane = Math.toIntExact(read.pixels());
    int left = Math.toIntExact(strip.x() - read.x());
    int width = Math.toIntExact(strip.width());
    double[] columnSteps = new double[width];
    double[] columnLevels = new double[width];
    double[] columnDetails = new double[width];
    double[] columnTextures = new double[width];
    for (int channel = 0; channel < CHANNELS; channel++) {
      Arrays.fill(columnLevels, 0);
      for (long y = strip.y(); y < strip.bottom(); y++) {
        int start = channel * plane + Math.toIntExact(y - read.y()) * readWidth + left;
        double rowSteps = 0;
        double rowLevels = 0;
        double rowDetails = 0;
        double rowTextures = 0;
        boolean above = y > read.y();
        boolean below = y < read.bottom() - 1;
        for (int x = 0; x < width; x++) {
          int i = start + x;
          float value = detail[i];
          rowLevels += value;
          columnLevels[x] += value;
          if (x + left > 0) {
            columnSteps[x] += Math.abs(pixels[i] - pixels[i - 1]);
            rowTextures += Math.abs(value - detail[i - 1]);
          }
          if (above) {
            rowSteps += Math.abs(pixels[i] - pixels[i - readWidth]);
            columnTextures[x] += Math.abs(value - detail[i - readWidth]);
          }
          float rough =
              hasBase
                  ? value
                  : value
                      - neighbours(
                          detail,
                          i,
                          readWidth,
                          x + left > 0,
                          x + left < readWidth - 1,
                          above,
                          below);
          rowDetails += Math.abs(rough);
          columnDetails[x] += Math.abs(rough);
        }
        int row = Math.toIntExact(y - core.y());
        rows[STEP][row] += rowSteps;
        rows[Line.level(channel)][row] += rowLevels;
        rows[DETAIL][row] += rowDetails;
        rows[TEXTURE][row] += rowTextures;
      }
      add(columnLevels, columns[Line.level(channel)]);
    }
    add(columnSteps, columns[STEP]);
    add(columnDetails, columns[DETAIL]);
    add(columnTextures, columns[TEXTURE]);
  }

  private static void add(double[] values, double[] sums) {
    for (int i = 0; i < values.length; i++) {
      sums[i] += values[i];
    }
  }

  /** The mean of a pixel's up to four neighbours, or itself if it has none. */
  private static float neighbours(
      float[] plane,
      int i,
      int readWidth,
      boolean left,
      boolean right,
      boolean above,
      boolean below) {
    float sum = 0;
    int count = 0;
    if (left) {
      sum += plane[i - 1];
      count++;
    }
    if (right) {
      sum += plane[i + 1];
      count++;
    }
    if (above) {
      sum += plane[i - readWidth];
      count++;
    }
    if (below) {
      sum += plane[i + readWidth];
      count++;
    }
    return count == 0 ? plane[i] : sum / count;
  }
}
