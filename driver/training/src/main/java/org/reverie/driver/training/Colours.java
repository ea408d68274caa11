package org.reverie.driver.training;

import java.util.List;

/**
 * The colours of all pictures of a training.
 *
 * @param mean blue, green, red, 0..255
 * @param lighting principal axes scaled by their deviation: 3 rows (red, green, blue) of 3 axes
 */
record Colours(float[] mean, float[] lighting) {
  private static final int[][] PRODUCTS = {{4, 5, 6}, {5, 7, 8}, {6, 8, 9}};
  private static final int SWEEPS = 20;

  /** Of sums as {@link Survey.Finding#colours} has them; every picture counts the same. */
  static Colours of(List<double[]> all) {
    double[] sums = new double[10];
    for (double[] one : all) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += one[i] / one[0];
      }
    }
    double[] mean = {sums[1] / sums[0], sums[2] / sums[0], sums[3] / sums[0]};
    double[][] covariance = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        covariance[i][j] = sums[PRODUCTS[i][j]] / sums[0] - mean[i] * mean[j];
      }
    }
    return new Colours(
        new float[] {(float) mean[2], (float) mean[1], (float) mean[0]}, axes(covariance));
  }

  /** Eigenvectors times the root of their eigenvalue, by Jacobi's rotations. */
  private static float[] axes(double[][] a) {
    double[][] v = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < 2; p++) {
        for (int q = p + 1; q < 3; q++) {
          if (Math.abs(a[p][q]) < 1e-12) {
            continue;
          }
          double angle = 0.5 * StrictMath.atan2(2 * a[p][q], a[q][q] - a[p][p]);
          double cosine = StrictMath.cos(angle);
          double sine = StrictMath.sin(angle);
          for (int k = 0; k < 3; k++) {
            double first = a[k][p];
            double second = a[k][q];
            a[k][p] = cosine * first - sine * second;
            a[k][q] = sine * first + cosine * second;
          }
          for (int k = 0; k < 3; k++) {
            double first = a[p][k];
            double second = a[q][k];
            a[p][k] = cosine * first - sine * second;
            a[q][k] = sine * first + cosine * second;
            first = v[k][p];
            second = v[k][q];
            v[k][p] = cosine * first - sine * second;
            v[k][q] = sine * first + cosine * second;
          }
        }
      }
    }
    float[] axes = new float[9];
    for (int axis = 0; axis < 3; axis++) {
      double deviation = Math.sqrt(Math.max(0, a[axis][axis]));
      for (int c = 0; c < 3; c++) {
        axes[3 * c + axis] = (float) (v[c][axis] * deviation);
      }
    }
    return axes;
  }
}
