package org.reverie.driver.training.motif;

/** Smooth noise over the plane: Perlin's gradient noise, and sums of its octaves. */
final class Noise {
  private final long seed;

  Noise(long seed) {
    this.seed = seed;
  }

  /** Noise with features about 1 wide, mostly within -0.7 to 0.7. */
  double at(double x, double y) {
    double floorX = Math.floor(x);
    double floorY = Math.floor(y);
    int column = (int) floorX;
    int row = (int) floorY;
    double u = x - floorX;
    double v = y - floorY;
    double top = mix(slope(column, row, u, v), slope(column + 1, row, u - 1, v), fade(u));
    double bottom =
        mix(slope(column, row + 1, u, v - 1), slope(column + 1, row + 1, u - 1, v - 1), fade(u));
    return mix(top, bottom, fade(v)) * 1.4;
  }

  /** A sum of octaves, each half as large and twice as fine; mostly within -1 to 1. */
  double octaves(double x, double y, int count) {
    double sum = 0;
    double amplitude = 1;
    for (int i = 0; i < count; i++) {
      sum += amplitude * at(x + 17.3 * i, y - 9.1 * i);
      x *= 2;
      y *= 2;
      amplitude /= 2;
    }
    return sum;
  }

  /** Ridges: sharp crests where the noise crosses 0; 0 to about 1. */
  double ridges(double x, double y, int count) {
    double sum = 0;
    double amplitude = 0.5;
    for (int i = 0; i < count; i++) {
      sum += amplitude * (1 - Math.min(1, 2.2 * Math.abs(at(x + 5.7 * i, y + 3.1 * i))));
      x *= 2;
      y *= 2;
      amplitude /= 2;
    }
    return sum;
  }

  private double slope(int column, int row, double u, double v) {
    long hash = seed + column * 0x9E3779B97F4A7C15L + row * 0xC2B2AE3D27D4EB4FL;
    hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
    hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
    hash ^= hash >>> 31;
    double first = ((hash & 0xFFFF) - 32767.5) / 32767.5;
    double second = (((hash >>> 16) & 0xFFFF) - 32767.5) / 32767.5;
    return first * u + second * v;
  }

  private static double fade(double t) {
    return t * t * t * (t * (t * 6 - 15) + 10);
  }

  private static double mix(double a, double b, double t) {
    return a + (b - a) * t;
  }
}
