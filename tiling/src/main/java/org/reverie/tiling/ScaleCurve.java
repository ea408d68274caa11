package org.reverie.tiling;

import java.util.Arrays;
import java.util.List;

/**
 * How mean |g| grows over the iterations of an octave, over the whole canvas: one curve for all
 * tiles, so that none forces its own contrast on its part of the picture.
 *
 * <p>Tiles that run on their own divide by {@code m_t = M_0 r_t}: M_0 is measured over the whole
 * canvas at the octave's first iteration, r_t = sum S_t / sum S_0 over all tiles of the octave
 * before; in the second octave its square root.
 *
 * @param ratios r_t, one per iteration; the first is 1
 */
public record ScaleCurve(double[] ratios) {
  private static final int CHANNELS = 3;

  public ScaleCurve {
    ratios = ratios.clone();
    for (double ratio : ratios) {
      if (!(ratio >= 0) || Double.isInfinite(ratio)) {
        throw new IllegalArgumentException("scale curve " + Arrays.toString(ratios));
      }
    }
  }

  /**
   * The curve of an octave that is done.
   *
   * @param tileSums for every tile in order of their numbers, the sum of |g| over its core at every
   *     iteration; tiles have equally many
   * @return a flat curve where the first iteration had no gradient
   */
  public static ScaleCurve measured(List<double[]> tileSums) {
    double[] ratios = totals(tileSums);
    double first = ratios.length == 0 ? 0 : ratios[0];
    for (int t = 0; t < ratios.length; t++) {
      ratios[t] = first == 0 ? 1 : ratios[t] / first;
    }
    return new ScaleCurve(ratios);
  }

  /**
   * What the curve of the first octave says of the second: its square root. The first octave starts
   * from a bare picture, all others from the enlarged dream of the one before, in which |g| grows
   * less; the curve itself was 1.5 to 1.6 times too large after ten iterations, its root within 3
   * %.
   */
  public ScaleCurve afterBarePicture() {
    return new ScaleCurve(Arrays.stream(ratios).map(Math::sqrt).toArray());
  }

  /**
   * Mean |g| over canvas and channels.
   *
   * @param sums the sum of |g| over each core, in order of the tiles' numbers
   * @param canvasPixels pixels of the octave
   */
  public static double meanGradient(double[] sums, long canvasPixels) {
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return sum / Math.multiplyExact(CHANNELS, canvasPixels);
  }

  /**
   * What gradients are multiplied by.
   *
   * @param step grey levels that a pixel moves on average
   * @param meanGradient M_0, mean |g| of the octave's first iteration
   * @return step / (M_0 r_t) per iteration, 0 where there is no gradient
   */
  public float[] factors(double step, double meanGradient) {
    float[] factors = new float[ratios.length];
    for (int t = 0; t < factors.length; t++) {
      factors[t] = factor(step, meanGradient * ratios[t]);
    }
    return factors;
  }

  /**
   * What a gradient of that mean is multiplied by: step over mean, 0 where there is none; always
   * finite, since infinity times a gradient of 0 would be no number.
   */
  public static float factor(double step, double meanGradient) {
    return meanGradient == 0 ? 0 : (float) Math.min(step / meanGradient, Float.MAX_VALUE);
  }

  /**
   * How far tiles' own curves S_t / S_0 lie from the common one: the smallest and the largest
   * quotient of the two over all tiles and iterations. Tiles without a gradient count for nothing.
   *
   * @param tileSums as for {@link #measured}, with as many iterations as this curve
   * @return two values, both 1 where no tile has a gradient
   */
  public double[] spread(List<double[]> tileSums) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;
    for (double[] sums : tileSums) {
      for (int t = 0; t < ratios.length; t++) {
        if (sums[0] > 0 && ratios[t] > 0) {
          double quotient = sums[t] / sums[0] / ratios[t];
          smallest = Math.min(smallest, quotient);
          largest = Math.max(largest, quotient);
        }
      }
    }
    return largest < smallest ? new double[] {1, 1} : new double[] {smallest, largest};
  }

  @Override
  public double[] ratios() {
    return ratios.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScaleCurve curve && Arrays.equals(ratios, curve.ratios);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ratios);
  }

  @Override
  public String toString() {
    return "ScaleCurve" + Arrays.toString(ratios);
  }

  private static double[] totals(List<double[]> tileSums) {
    double[] totals = new double[tileSums.isEmpty() ? 0 : tileSums.get(0).length];
    for (double[] sums : tileSums) {
      if (sums.length != totals.length) {
        throw new IllegalArgumentException(
            sums.length + " iterations of a tile, " + totals.length + " of the first");
      }
      for (int t = 0; t < totals.length; t++) {
        totals[t] += sums[t];
      }
    }
    return totals;
  }
}
