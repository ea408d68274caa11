package org.reverie.tiling.start;

import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Size;

/** The colour of a pixel as a function of where it is. */
@FunctionalInterface
interface PixelFormula {
  /**
   * Computes one pixel.
   *
   * @param x column
   * @param y row
   * @param colour receives red, green and blue, 0..255
   */
  void colour(long x, long y, double[] colour);

  /** The canvas that a formula makes. */
  static CanvasSource over(Size size, PixelFormula formula) {
    return rectangle -> {
      if (!size.bounds().contains(rectangle)) {
        throw new IllegalArgumentException(rectangle + " of " + size);
      }
      int width = Math.toIntExact(rectangle.width());
      int plane = Math.toIntExact(rectangle.pixels());
      double[] colour = new double[3];
      float[] planes = new float[Math.multiplyExact(colour.length, plane)];
      for (int i = 0; i < plane; i++) {
        formula.colour(rectangle.x() + i % width, rectangle.y() + i / width, colour);
        for (int channel = 0; channel < colour.length; channel++) {
          planes[channel * plane + i] = (float) colour[channel];
        }
      }
      return planes;
    };
  }
}
