package org.reverie.executor.onednn;

import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Shape;

/**
 * Caffe's pooling windows in oneDNN's terms.
 *
 * @param pooling the layer
 * @param from shape of its input
 * @param to shape of its output
 */
record PoolGeometry(Pooling pooling, Shape from, Shape to) {
  static PoolGeometry of(Pooling pooling, Shape from, Shape to) {
    return new PoolGeometry(pooling, from, to);
  }

  long[] kernel() {
    return new long[] {pooling.kernelHeight(), pooling.kernelWidth()};
  }

  long[] strides() {
    return new long[] {pooling.strideHeight(), pooling.strideWidth()};
  }

  long[] padsBefore() {
    return new long[] {pooling.padHeight(), pooling.padWidth()};
  }

  /**
   * As far as the last window reaches, which is not the padding before where that is rounded up.
   */
  long[] padsAfter() {
    return new long[] {
      Math.max(
          0,
          (to.height() - 1) * pooling.strideHeight()
              + pooling.kernelHeight()
              - from.height()
              - pooling.padHeight()),
      Math.max(
          0,
          (to.width() - 1) * pooling.strideWidth()
              + pooling.kernelWidth()
              - from.width()
              - pooling.padWidth())
    };
  }

  /** Whether a window reaches beyond the padded input, which Caffe does not count in an average. */
  boolean isClipped() {
    long[] after = padsAfter();
    return after[0] > pooling.padHeight() || after[1] > pooling.padWidth();
  }

  /** For every output position, the whole window's area over its clipped one. */
  float[] corrections() {
    float[] corrections = new float[to.height() * to.width()];
    for (int y = 0; y < to.height(); y++) {
      int rows =
          clipped(
              y,
              pooling.strideHeight(),
              pooling.padHeight(),
              pooling.kernelHeight(),
              from.height());
      for (int x = 0; x < to.width(); x++) {
        int columns =
            clipped(
                x, pooling.strideWidth(), pooling.padWidth(), pooling.kernelWidth(), from.width());
        corrections[y * to.width() + x] =
            (float) (pooling.kernelHeight() * pooling.kernelWidth()) / (rows * columns);
      }
    }
    return corrections;
  }

  private static int clipped(int output, int stride, int pad, int kernel, int length) {
    int start = output * stride - pad;
    return Math.min(start + kernel, length + pad) - start;
  }
}
