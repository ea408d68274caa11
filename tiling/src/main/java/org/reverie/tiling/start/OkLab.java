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

  /**
   * The opposite: lightness, a and b of a colour.
   *
   * @param red 0..255
   * @param green 0..255
   * @param blue 0..255
   */
  static double[] of(int red, int green, int blue) {
    double r = decode(red / 255.0);
    double g = decode(green / 255.0);
    double b = decode(blue / 255.0);
    double l = StrictMath.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    double m = StrictMath.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    double s = StrictMath.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return new double[] {
      0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    };
  }

  private static double decode(double value) {
    return value <= 0.04045 ? value / 12.92 : StrictMath.pow((value + 0.055) / 1.055, 2.4);
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
