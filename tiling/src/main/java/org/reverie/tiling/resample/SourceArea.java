package org.reverie.tiling.resample;

import org.reverie.tiling.Size;

/**
 * A part of a picture, in fractions of its pixels: pixel i covers i .. i + 1. It may reach beyond
 * the picture, which continues there as its mirror image.
 *
 * @param x left edge
 * @param y upper edge
 * @param width pixels, above 0
 * @param height pixels, above 0
 */
public record SourceArea(double x, double y, double width, double height) {
  public SourceArea {
    if (!(width > 0) || !(height > 0) || !Double.isFinite(x + y + width + height)) {
      throw new IllegalArgumentException(
          "source area " + width + " x " + height + " at " + x + ", " + y);
    }
  }

  /** All of a picture. */
  public static SourceArea whole(Size picture) {
    return new SourceArea(0, 0, picture.width(), picture.height());
  }
}
