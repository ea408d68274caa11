package org.reverie.executor.print;

import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.KeyedRandom.Purpose;
import org.reverie.tiling.Rectangle;

/**
 * Dithering before samples are rounded to 8 bits, so that a gradient which is slower than their
 * steps shows no bands: noise that is uniform over one step makes the rounded values right in the
 * mean (Roberts, Picture coding using pseudo-random noise, 1962), and leaves whole numbers as they
 * are. It depends on the place in the print alone, so that pieces may be encoded anywhere.
 */
final class Dither {
  private static final int LEVELS = 256;

  private Dither() {}

  /**
   * Adds the noise, of (-1/2, 1/2), to each sample.
   *
   * @param piece which part of the print
   * @param planes RGB, CHW, 3 x height x width of the piece; changed in place
   */
  static void add(Rectangle piece, float[] planes) {
    int width = (int) piece.width();
    int height = (int) piece.height();
    int pixels = width * height;
    for (int y = 0; y < height; y++) {
      KeyedRandom random = KeyedRandom.of(0, Purpose.DITHER, piece.y() + y);
      random.skip(piece.x());
      for (int i = y * width; i < (y + 1) * width; i++) {
        long bits = random.nextLong();
        planes[i] += noise(bits);
        planes[pixels + i] += noise(bits >>> 8);
        planes[2 * pixels + i] += noise(bits >>> 16);
      }
    }
  }

  /** In the middle of one of 256 parts of a step: exact in sums with whole numbers. */
  private static float noise(long bits) {
    return ((bits & (LEVELS - 1)) + 0.5f) / LEVELS - 0.5f;
  }
}
