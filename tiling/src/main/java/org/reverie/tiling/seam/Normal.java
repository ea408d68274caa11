package org.reverie.tiling.seam;

/** The standard normal distribution, and how surprising a value is in its terms. */
final class Normal {
  private static final double EULER_MASCHERONI = 0.5772156649015329;

  /**
   * A z-score never exceeds this, so that reports stay finite where controls do not vary at all.
   */
  static final double LARGEST = 99;

  private static final double[] CENTRE_NUMERATOR = {
    -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
    1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00
  };
  private static final double[] CENTRE_DENOMINATOR = {
    -5.447609879822406e+01,
    1.615858368580409e+02,
    -1.556989798598866e+02,
    6.680131188771972e+01,
    -1.328068155288572e+01,
    1
  };
  private static final double[] TAIL_NUMERATOR = {
    -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
    -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00
  };
  private static final double[] TAIL_DENOMINATOR = {
    7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1
  };

  private Normal() {}

  /**
   * The value that a normal variable exceeds with that probability (Acklam's approximation, 1e-9).
   */
  static double exceededWith(double probability) {
    double p = Math.max(probability, 1e-300);
    if (p > 0.5) {
      return p >= 1 ? -LARGEST : -exceededWith(1 - p);
    }
    if (p < 0.02425) {
      double q = Math.sqrt(-2 * Math.log(p));
      return -polynomial(TAIL_NUMERATOR, q) / polynomial(TAIL_DENOMINATOR, q);
    }
    double q = p - 0.5;
    double r = q * q;
    return -polynomial(CENTRE_NUMERATOR, r) * q / polynomial(CENTRE_DENOMINATOR, r);
  }

  private static double polynomial(double[] coefficients, double x) {
    double value = 0;
    for (double coefficient : coefficients) {
      value = value * x + coefficient;
    }
    return value;
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** The standard deviation of a sample, never so small that rounding would look like a finding. */
  static double deviation(double[] values, double mean) {
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return Math.max(Math.sqrt(sum / (values.length - 1)), 1e-6 * Math.max(1, Math.abs(mean)));
  }

  static double score(double value, double mean, double deviation) {
    return Math.max(-LARGEST, Math.min(LARGEST, (value - mean) / deviation));
  }

  /**
   * The z-score of a largest value among others that are largest values of as many: those follow no
   * normal but a Gumbel distribution, fitted by its moments. Below the mean nothing is wrong with a
   * largest value, and its distance from the mean says so plainly enough.
   */
  static double scoreOfLargest(double value, double mean, double deviation) {
    if (value < mean) {
      return score(value, mean, deviation);
    }
    double scale = deviation * Math.sqrt(6) / Math.PI;
    double mode = mean - EULER_MASCHERONI * scale;
    double exceeded = -Math.expm1(-Math.exp(-(value - mode) / scale));
    return Math.max(-LARGEST, Math.min(LARGEST, exceededWith(exceeded)));
  }
}
