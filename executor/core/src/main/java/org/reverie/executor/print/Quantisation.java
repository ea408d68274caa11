package org.reverie.executor.print;

/**
 * Float samples 0..255 to what a file holds: round half up, clamp. A conversion to int cuts towards
 * 0, which differs from rounding down below 0 only, where everything becomes 0.
 */
final class Quantisation {
  private Quantisation() {}

  /** 0..255. */
  static int eight(float value) {
    return Math.max(0, Math.min(255, (int) (number(value) + 0.5)));
  }

  /** 0..65535; an 8-bit value v becomes 257 v, so that both depths agree on black and white. */
  static int sixteen(float value) {
    return Math.max(0, Math.min(65_535, (int) (257.0 * number(value) + 0.5)));
  }

  /** The value itself, which must be a number. */
  static float number(float value) {
    if (Float.isNaN(value)) {
      throw new IllegalArgumentException("a pixel is not a number");
    }
    return value;
  }
}
