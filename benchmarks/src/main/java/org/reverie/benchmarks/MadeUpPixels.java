package org.reverie.benchmarks;

/** Pixels between a photograph and noise, so that nothing compresses or vanishes unduly. */
final class MadeUpPixels {
  private MadeUpPixels() {}

  /**
   * Soft waves under a fixed noise.
   *
   * @return CHW, 3 planes of values in 0..255
   */
  static float[] planes(int width, int height) {
    float[] planes = new float[3 * width * height];
    for (int i = 0; i < planes.length; i++) {
      int x = i % width;
      int y = i / width;
      double wave = 110 * Math.sin(x * 0.05) * Math.cos(y * 0.03);
      planes[i] = (float) (120 + wave + (i * 2654435761L >>> 7 & 15) - 8);
    }
    return planes;
  }
}
