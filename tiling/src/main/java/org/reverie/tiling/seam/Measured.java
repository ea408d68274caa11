package org.reverie.tiling.seam;

import org.reverie.tiling.lattice.Seam;

/**
 * A seam with its measures and those of its control lines.
 *
 * @param seam where
 * @param values one per {@link Measure}
 * @param lines where its control lines are
 * @param controls per {@link Measure}, one per control line
 * @param coincidingOctaves earlier lattices with a cut there
 */
record Measured(
    Seam seam, double[] values, long[] lines, double[][] controls, int coincidingOctaves) {
  /** Pixels along the seam. */
  long length() {
    return seam.to() - seam.from();
  }

  /** Of the control lines. */
  double variance(int measure) {
    double deviation = Normal.deviation(controls[measure], Normal.mean(controls[measure]));
    return deviation * deviation;
  }
}
