package org.reverie.tiling;

/**
 * A rectangle inside a tile's loaded pixels, whose top left pixel is (0, 0).
 *
 * @param x first column, at least 0
 * @param y first row, at least 0
 * @param width columns, at least 0
 * @param height rows, at least 0
 */
public record Region(int x, int y, int width, int height) {
  public Region {
    if (x < 0 || y < 0 || width < 0 || height < 0) {
      throw new IllegalArgumentException(
          "region " + width + " x " + height + " at " + x + ", " + y);
    }
    Math.addExact(x, width);
    Math.addExact(y, height);
    Math.multiplyExact(Math.multiplyExact(width, height), 3);
  }

  /**
   * {@code part} of the canvas as seen from a tile that loaded {@code loaded}, which contains it.
   */
  public static Region of(Rectangle part, Rectangle loaded) {
    if (!loaded.contains(part)) {
      throw new IllegalArgumentException(part + " is not inside " + loaded);
    }
    return new Region(
        Math.toIntExact(part.x() - loaded.x()),
        Math.toIntExact(part.y() - loaded.y()),
        Math.toIntExact(part.width()),
        Math.toIntExact(part.height()));
  }

  /** Pixels in all. */
  public int pixels() {
    return width * height;
  }
}
