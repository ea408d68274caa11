package org.reverie.executor.engine;

/**
 * The range a canvas value may take after a step, per channel.
 *
 * @param low smallest, 3 values
 * @param high largest, 3 values
 */
public record Clip(float[] low, float[] high) {
  /** The range of 0..255 pixels with {@code mean} subtracted. */
  public static Clip pixels(float[] mean) {
    float[] low = new float[mean.length];
    float[] high = new float[mean.length];
    for (int c = 0; c < mean.length; c++) {
      low[c] = -mean[c];
      high[c] = 255 - mean[c];
    }
    return new Clip(low, high);
  }

  /** No bound. */
  public static Clip none() {
    float infinity = Float.POSITIVE_INFINITY;
    return new Clip(
        new float[] {-infinity, -infinity, -infinity}, new float[] {infinity, infinity, infinity});
  }
}
