package org.reverie.driver.training;

import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;

/**
 * A decoded picture, upright and in sRGB, reduced to about the size that a network is trained on.
 *
 * @param width columns
 * @param height rows
 * @param planes red, green, blue, each row by row, unsigned: a quarter of what floats take, so that
 *     four times as many pictures are kept
 */
record TrainingPicture(int width, int height, byte[] planes) {
  static final int CHANNELS = 3;

  /** A strip this long is reduced along itself, whatever that does to its shape. */
  private static final int LONGEST = 4096;

  /**
   * A picture, and what people should know of its file.
   *
   * @param isProfileIgnored whether its colour profile cannot be used, and its colours are taken as
   *     they are
   * @param pages how many pictures the file holds; the first is taken
   */
  record Decoded(TrainingPicture picture, boolean isProfileIgnored, int pages) {}

  /** Reads a picture as {@link #decode} does. */
  static TrainingPicture read(FileSystem fileSystem, Path path, int shorter) throws IOException {
    return decode(fileSystem, path, shorter).picture();
  }

  /**
   * Reads a picture row by row; one of 20,000 px takes no more memory than the result. Colours of
   * another profile become sRGB once the picture is reduced, as a guide's do.
   *
   * @param shorter the shorter side that is enough, pixels
   * @throws org.reverie.conf.UserException if it is no picture, or damaged
   * @throws IOException if the file system fails
   */
  static Decoded decode(FileSystem fileSystem, Path path, int shorter) throws IOException {
    try (Picture picture = PictureReader.open(fileSystem, path, Background.WHITE)) {
      int width = Math.toIntExact(picture.size().width());
      long height = picture.size().height();
      long factor = Math.max(1, Math.min(width, height) / shorter);
      int across = (int) Math.max(factor, (width + LONGEST - 1L) / LONGEST);
      int down = (int) Math.max(factor, (height + LONGEST - 1) / LONGEST);
      // What does not fill a last block is left out, but for a picture smaller than a block.
      int columns = Math.max(1, width / across);
      int rows = (int) Math.max(1, height / down);
      byte[] planes = new byte[CHANNELS * columns * rows];
      float[] row = new float[CHANNELS * width];
      float[][] sums = new float[CHANNELS][columns];
      float share = 1f / (across * down);
      float[] reduced = new float[CHANNELS * columns];
      SrgbColours colours = SrgbColours.of(picture.profile());
      for (int y = 0; y < rows; y++) {
        for (int k = 0; k < down; k++) {
          picture.readRows((long) y * down + k, 1, row);
          for (int c = 0; c < CHANNELS; c++) {
            add(row, c * width, across, sums[c]);
          }
        }
        for (int c = 0; c < CHANNELS; c++) {
          for (int x = 0; x < columns; x++) {
            reduced[c * columns + x] = sums[c][x] * share;
          }
          Arrays.fill(sums[c], 0);
        }
        colours.convert(reduced);
        for (int c = 0; c < CHANNELS; c++) {
          int start = (c * rows + y) * columns;
          for (int x = 0; x < columns; x++) {
            int value = (int) (reduced[c * columns + x] + 0.5f);
            planes[start + x] = (byte) Math.max(0, Math.min(255, value));
          }
        }
      }
      return new Decoded(
          new TrainingPicture(columns, rows, planes),
          picture.isProfileIgnored() || !colours.isUsable(),
          picture.pages());
    }
  }

  /** Adds every {@code across} values of a row to one sum. */
  private static void add(float[] row, int start, int across, float[] sums) {
    int at = start;
    for (int x = 0; x < sums.length; x++) {
      for (int j = 0; j < across; j++) {
        sums[x] += row[at++];
      }
    }
  }

  /**
   * Part of the picture at another size, bilinearly; beyond the edge its last pixels go on.
   *
   * @param left first column of the part, pixels, may be a fraction
   * @param top first row of the part
   * @param partWidth columns of the part
   * @param partHeight rows of the part
   * @param size edge of the result
   * @param mirrored whether left and right are exchanged
   * @return red, green, blue planes of size x size
   */
  float[] part(
      double left, double top, double partWidth, double partHeight, int size, boolean mirrored) {
    float[] out = new float[CHANNELS * size * size];
    int[] columns = new int[size];
    float[] shares = new float[size];
    for (int x = 0; x < size; x++) {
      int at = mirrored ? size - 1 - x : x;
      double position = clamp(left + (at + 0.5) * partWidth / size - 0.5, width);
      columns[x] = Math.min((int) position, Math.max(0, width - 2));
      shares[x] = (float) (position - columns[x]);
    }
    int right = width > 1 ? 1 : 0;
    for (int y = 0; y < size; y++) {
      double position = clamp(top + (y + 0.5) * partHeight / size - 0.5, height);
      int row = Math.min((int) position, Math.max(0, height - 2));
      float down = (float) (position - row);
      int below = height > 1 ? width : 0;
      for (int c = 0; c < CHANNELS; c++) {
        int start = (c * height + row) * width;
        for (int x = 0; x < size; x++) {
          int index = start + columns[x];
          float upper = between(planes[index], planes[index + right], shares[x]);
          float lower = between(planes[index + below], planes[index + below + right], shares[x]);
          out[(c * size + y) * size + x] = upper + (lower - upper) * down;
        }
      }
    }
    return out;
  }

  private static float between(byte from, byte to, float share) {
    return (from & 0xFF) + ((to & 0xFF) - (from & 0xFF)) * share;
  }

  /** The largest square in the middle. */
  float[] middle(int size) {
    double edge = Math.min(width, height);
    return part((width - edge) / 2, (height - edge) / 2, edge, edge, size, false);
  }

  private static double clamp(double position, int length) {
    return Math.max(0, Math.min(length - 1.0, position));
  }
}
