package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_include_padding;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_backward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.reverie.executor.brain.Operation.Pool;
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
  private static final long[] NO_GAPS = {0, 0};

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

  /**
   * oneDNN's pooling of a picture, or of a part of it.
   *
   * @param kind of propagation, oneDNN's number
   * @param source its input
   * @param target its output
   * @param before rows and columns that the first windows reach beyond the part
   * @param after rows and columns that the last windows reach beyond it
   */
  dnnl_primitive_desc forward(
      NativeScope scope,
      String name,
      int kind,
      dnnl_memory_desc source,
      dnnl_memory_desc target,
      long[] before,
      long[] after) {
    dnnl_primitive_attr attributes = scope.attributes();
    return scope.describe(
        name,
        out ->
            dnnl_pooling_forward_primitive_desc_create(
                out,
                Library.get().engine(),
                kind,
                algorithm(),
                source,
                target,
                strides(),
                kernel(),
                NO_GAPS,
                before,
                after,
                attributes));
  }

  /**
   * The gradient of {@link #forward}.
   *
   * @param forward that pooling, for training
   */
  dnnl_primitive_desc backward(
      NativeScope scope,
      String name,
      dnnl_memory_desc source,
      dnnl_memory_desc target,
      long[] before,
      long[] after,
      dnnl_primitive_desc forward) {
    dnnl_primitive_attr attributes = scope.attributes();
    return scope.describe(
        name,
        out ->
            dnnl_pooling_backward_primitive_desc_create(
                out,
                Library.get().engine(),
                algorithm(),
                source,
                target,
                strides(),
                kernel(),
                NO_GAPS,
                before,
                after,
                forward,
                attributes));
  }

  private int algorithm() {
    return pooling.pool() == Pool.MAX ? dnnl_pooling_max : dnnl_pooling_avg_include_padding;
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
