package org.reverie.tiling.start;

/** Björn Ottosson's OKLab (2020), and from there to sRGB (IEC 61966-2-1). */
final class OkLab {
  private OkLab() {}

  /**
   * Converts one colour.
   *
   * @param lightness 0..1
   * @param a from green to red, about -0.4..0.4
   * @param b from blue to yellow, about -0.4..0.4
   * @param rgb receives red, green and blue, 0..255, clipped to that
   */
  static void toRgb(double lightness, double a, double b, double[] rgb) {
    double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
    double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
    double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
    rgb[0] = encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
    rgb[1] = encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
    rgb[2] = encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
  }

  private static double cube(double value) {
    return value * value * value;
  }

  private static double encode(double linear) {
    double inside = Math.min(1, Math.max(0, linear));
    return 255
        * (inside <= 0.0031308 ? 12.92 * inside : 1.055 * StrictMath.pow(inside, 1 / 2.4) - 0.055);
  }
}
