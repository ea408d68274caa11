package org.reverie.executor.picture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.reverie.executor.print.XmpPacket;
import org.reverie.tiling.Size;

/**
 * An open picture, upright, as rows of RGB. Used by one thread, closed by who opened it.
 *
 * <p>Pictures are decoded from the top in one pass; asking for rows above those read last starts
 * anew. Memory holds some rows, a band of a JPEG, or a strip's read-ahead, never the picture: what
 * must be turned or is interlaced goes through a temporary file.
 */
public final class Picture implements AutoCloseable {
  private static final int CHANNELS = 3;

  private final String path;
  private final PictureBytes bytes;
  private final PictureFile file;
  private final ColourConversion conversion;
  private final Size size;
  private final List<String> notes;
  private UprightRows rows;
  private long next;

  Picture(String path, PictureBytes bytes, PictureFile file, Background background) {
    this.path = path;
    this.bytes = bytes;
    this.file = file;
    PictureFile.Header header = file.header();
    this.conversion = new ColourConversion(header.layout(), header.profile(), background);
    Orientation orientation = header.orientation();
    this.size =
        orientation.swapsAxes()
            ? new Size(header.height(), header.width())
            : new Size(header.width(), header.height());
    List<String> all = new ArrayList<>(header.notes());
    all.addAll(conversion.notes());
    if (orientation != Orientation.UPRIGHT) {
      all.add(orientation.note());
    }
    this.notes = List.copyOf(all);
  }

  /** Width and height after Exif rotation. */
  public Size size() {
    return size;
  }

  /** Depth of the source: 8 (for up to 8), 16, or 32 for float and longer integers. */
  public int bitsPerSample() {
    return file.header().bitsPerSample();
  }

  /** The ICC profile of the RGB values, to be embedded in the print: the picture's own, or sRGB. */
  public byte[] profile() {
    return conversion.resultProfile();
  }

  /** Whether a profile is embedded that is damaged or does not fit the pixels, and not used. */
  public boolean isProfileIgnored() {
    return conversion.isProfileIgnored();
  }

  /** How many pictures the file holds, thumbnails and masks aside; this is the first. */
  public int pages() {
    return file.pages();
  }

  /** What was done to the picture, for people; may be empty. */
  public List<String> notes() {
    return notes;
  }

  /** The recipe, if the picture is a print of ours. */
  public Optional<String> recipe() {
    return XmpPacket.recipe(file.header().xmp());
  }

  /**
   * Reads rows.
   *
   * @param firstRow first row, 0 at the top
   * @param count rows to read, inside the picture
   * @param out receives RGB, CHW, 3 x count x width, 0..255 in the encoding of {@link #profile};
   *     16-bit sources keep fractions (value / 257)
   * @throws org.reverie.conf.UserException if the file turns out to be cut off or damaged ({@code
   *     picture-truncated}, {@code picture-damaged}), or there is no space to turn it ({@code
   *     picture-space})
   * @throws IOException if the file system fails
   */
  public void readRows(long firstRow, int count, float[] out) throws IOException {
    if (firstRow < 0 || count < 0 || firstRow + count > size.height()) {
      throw new IllegalArgumentException(
          "rows %d to %d of %s".formatted(firstRow, firstRow + count, size));
    }
    int width = Math.toIntExact(size.width());
    if (out.length < Math.multiplyExact(CHANNELS * width, count)) {
      throw new IllegalArgumentException(out.length + " values for " + count + " rows");
    }
    try {
      if (rows == null || firstRow < next) {
        closeRows();
        rows = UprightRows.of(file, conversion);
        next = 0;
      }
      float[] row = new float[CHANNELS * width];
      for (; next < firstRow; next++) {
        rows.next(row);
      }
      for (int y = 0; y < count; y++, next++) {
        rows.next(row);
        for (int c = 0; c < CHANNELS; c++) {
          System.arraycopy(row, c * width, out, (c * count + y) * width, width);
        }
      }
    } catch (IOException e) {
      closeRows();
      throw PictureReader.located(path, e);
    }
  }

  private void closeRows() throws IOException {
    if (rows != null) {
      UprightRows closing = rows;
      rows = null;
      closing.close();
    }
  }

  @Override
  public void close() throws IOException {
    closeRows();
    bytes.close();
  }
}
