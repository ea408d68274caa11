package org.reverie.executor.picture;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Rows of RGB of the upright picture, top row first. */
interface UprightRows extends Closeable {
  /**
   * The next row.
   *
   * @param rgb receives 3 planes of width, one after the other, 0..255
   */
  void next(float[] rgb) throws IOException;

  /** The rows of a picture from its first one on. */
  static UprightRows of(PictureFile file, ColourConversion conversion) throws IOException {
    Orientation orientation = file.header().orientation();
    if (orientation == Orientation.UPRIGHT || orientation == Orientation.MIRRORED) {
      return new Streamed(file, conversion, orientation == Orientation.MIRRORED);
    }
    return new Turned(file, conversion);
  }

  /** Rows that come in the order they are stored. */
  final class Streamed implements UprightRows {
    private final RowSource source;
    private final ColourConversion conversion;
    private final boolean mirrored;
    private final int width;
    private final float[] samples;

    Streamed(PictureFile file, ColourConversion conversion, boolean mirrored) throws IOException {
      PictureFile.Header header = file.header();
      this.conversion = conversion;
      this.mirrored = mirrored;
      this.width = header.width();
      this.samples = new float[Math.multiplyExact(width, header.layout().channels())];
      this.source = file.rows();
    }

    @Override
    public void next(float[] rgb) throws IOException {
      source.next(samples);
      conversion.convert(samples, width, rgb);
      if (mirrored) {
        for (int c = 0; c < 3; c++) {
          for (int left = c * width, right = left + width - 1; left < right; left++, right--) {
            float swapped = rgb[left];
            rgb[left] = rgb[right];
            rgb[right] = swapped;
          }
        }
      }
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }

  /**
   * Rows of a picture that is turned or upside down: on opening, the whole goes through a temporary
   * file, where it is written upright, float samples per plane of a row.
   */
  final class Turned implements UprightRows {
    // Stored rows are turned in groups of this size, so that what is written in one piece is long.
    private static final long GROUP_BYTES = 1L << 25;
    private static final int PIXEL_BYTES = 3 * Float.BYTES;

    private final TemporaryFile upright;
    private final int width;
    private long read;

    Turned(PictureFile file, ColourConversion conversion) throws IOException {
      PictureFile.Header header = file.header();
      Orientation orientation = header.orientation();
      int storedWidth = header.width();
      int storedHeight = header.height();
      width = orientation.swapsAxes() ? storedHeight : storedWidth;
      upright = new TemporaryFile((long) storedWidth * storedHeight * PIXEL_BYTES);
      try (Streamed stored = new Streamed(file, conversion, false)) {
        if (orientation.swapsAxes()) {
          transpose(stored, storedWidth, storedHeight, orientation);
        } else {
          flip(stored, storedHeight, orientation.reversesColumns());
        }
      } catch (IOException | RuntimeException e) {
        upright.close();
        throw e;
      }
    }

    private void flip(Streamed stored, int height, boolean mirrored) throws IOException {
      float[] rgb = new float[3 * width];
      ByteBuffer row = ByteBuffer.allocate(width * PIXEL_BYTES);
      for (int y = 0; y < height; y++) {
        stored.next(rgb);
        row.clear();
        for (int x = 0; x < width; x++) {
          int from = mirrored ? width - 1 - x : x;
          for (int c = 0; c < 3; c++) {
            row.putFloat(rgb[c * width + from]);
          }
        }
        upright.write((height - 1L - y) * width * PIXEL_BYTES, row.flip());
      }
    }

    private void transpose(
        Streamed stored, int storedWidth, int storedHeight, Orientation orientation)
        throws IOException {
      int group =
          (int) Math.max(1, Math.min(storedHeight, GROUP_BYTES / storedWidth / PIXEL_BYTES));
      float[][] rows = new float[group][3 * storedWidth];
      ByteBuffer piece = ByteBuffer.allocate(group * PIXEL_BYTES);
      for (int top = 0; top < storedHeight; top += group) {
        int count = Math.min(group, storedHeight - top);
        for (int i = 0; i < count; i++) {
          stored.next(rows[i]);
        }
        // Stored rows become columns; a group of them is a run of columns in every upright row.
        int column = orientation.reversesColumns() ? storedHeight - top - count : top;
        for (int x = 0; x < storedWidth; x++) {
          piece.clear();
          for (int i = 0; i < count; i++) {
            float[] from = rows[orientation.reversesColumns() ? count - 1 - i : i];
            for (int c = 0; c < 3; c++) {
              piece.putFloat(from[c * storedWidth + x]);
            }
          }
          long row = orientation.reversesRows() ? storedWidth - 1 - x : x;
          upright.write((row * width + column) * PIXEL_BYTES, piece.flip());
        }
      }
    }

    @Override
    public void next(float[] rgb) throws IOException {
      ByteBuffer row = ByteBuffer.allocate(width * PIXEL_BYTES);
      upright.read(read * width * PIXEL_BYTES, row);
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          rgb[c * width + x] = row.getFloat();
        }
      }
      read++;
    }

    @Override
    public void close() throws IOException {
      upright.close();
    }
  }
}
