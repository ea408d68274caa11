package org.reverie.executor.picture;

/**
 * How a stored picture is turned to stand upright: the values of the Exif and TIFF tag Orientation,
 * in their order.
 */
enum Orientation {
  UPRIGHT(false, false, false, ""),
  MIRRORED(false, true, false, "EXIF mirroring applied"),
  TURNED_180(false, true, true, "EXIF rotation 180 applied"),
  FLIPPED(false, false, true, "EXIF flip top to bottom applied"),
  TRANSPOSED(true, false, false, "EXIF mirroring and rotation 270 applied"),
  TURNED_90(true, true, false, "EXIF rotation 90 applied"),
  TRANSVERSED(true, true, true, "EXIF mirroring and rotation 90 applied"),
  TURNED_270(true, false, true, "EXIF rotation 270 applied");

  private final boolean swapsAxes;
  private final boolean fromRight;
  private final boolean fromBottom;
  private final String note;

  Orientation(boolean swapsAxes, boolean fromRight, boolean fromBottom, String note) {
    this.swapsAxes = swapsAxes;
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
    this.note = note;
  }

  /** The orientation of a tag's value; what the standard does not know is upright. */
  static Orientation of(int tag) {
    return tag >= 1 && tag <= 8 ? values()[tag - 1] : UPRIGHT;
  }

  /** Whether the upright picture is as wide as the stored one is high. */
  boolean swapsAxes() {
    return swapsAxes;
  }

  /** Whether the upright picture's columns run against the stored axis they come from. */
  boolean reversesColumns() {
    return fromRight;
  }

  /** Whether the upright picture's rows run against the stored axis they come from. */
  boolean reversesRows() {
    return fromBottom;
  }

  /** What was done, for people. */
  String note() {
    return note;
  }
}
