package org.reverie.executor.picture;

import java.io.IOException;
import java.util.List;

/** A picture file whose header is understood. */
interface PictureFile {
  /** What the header says. */
  Header header();

  /** How many pictures the file holds, thumbnails and masks aside; the first is taken. */
  default int pages() {
    return 1;
  }

  /** Starts decoding at the first row; may be called again. */
  RowSource rows() throws IOException;

  /**
   * What the header of a picture says.
   *
   * @param width stored columns
   * @param height stored rows
   * @param bitsPerSample 8 (for up to 8), 16 or 32 (float)
   * @param layout of a pixel
   * @param profile the ICC profile embedded, or empty
   * @param orientation how to turn it upright
   * @param xmp XMP packet, or empty
   * @param notes for people
   */
  record Header(
      int width,
      int height,
      int bitsPerSample,
      SampleLayout layout,
      byte[] profile,
      Orientation orientation,
      byte[] xmp,
      List<String> notes) {
    /** The longest side of a picture that is believed. */
    static final long LARGEST_SIDE = 1_000_000;

    public Header {
      notes = List.copyOf(notes);
    }

    /** Checks sides as the file states them, before anything is allocated for them. */
    static void checkSize(long width, long height) throws PictureException {
      if (width < 1 || height < 1) {
        throw new PictureException(
            PictureException.Fault.SIZE,
            "the picture is " + width + " x " + height + " px, which is no picture");
      }
      if (Math.max(width, height) > LARGEST_SIDE) {
        throw new PictureException(
            PictureException.Fault.SIZE,
            "the picture claims %d x %d px, more than %d a side"
                .formatted(width, height, LARGEST_SIDE));
      }
    }
  }
}
