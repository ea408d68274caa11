package org.reverie.executor.onednn;

/**
 * One axis of the gradient of a strided convolution, written as a convolution of stride 1. The pixels
 * of the input are grouped into blocks of {@code stride}; the gradients of all pixels of block b are
 * made from the output gradients b - first .. b - first + taps - 1 by one convolution with {@code
 * stride} times as many output channels. For a kernel of 7 and stride 2, of the 8 taps of a block one
 * is zero: little waste, where the plain form pads 3 channels to a vector of 16.
 *
 * <pre>
 *   pixel y = stride b + r,  output o = b - first + u,  kernel tap = y + pad - stride o
 * </pre>
 *
 * @param stride of the convolution
 * @param pad of the convolution
 * @param taps of the new convolution
 * @param first how many outputs before its own a block begins, the left padding
 * @param blocks of the input
 * @param padAfter the right padding
 */
record StridedGradient(int stride, int pad, int taps, int first, int blocks, int padAfter) {
  /**
   * Prepares one axis.
   *
   * @param input length of the convolution's input
   * @param output length of its output
   */
  static StridedGradient of(int input, int output, int kernel, int stride, int pad) {
    int smallest = -((stride - 1 + pad) / stride);
    int largest = Math.floorDiv(kernel - 1 - pad, stride);
    int taps = largest - smallest + 1;
    int blocks = (input + stride - 1) / stride;
    return new StridedGradient(
        stride, pad, taps, largest, blocks, blocks - output - largest + taps - 1);
  }

  /** Whether there is such a convolution without negative padding. */
  boolean exists() {
    return first >= 0 && padAfter >= 0 && taps > 0;
  }

  /** The tap of the strided kernel for pixel {@code r} of a block at tap {@code u}; may be outside. */
  int tap(int r, int u) {
    return r + pad + stride * (first - u);
  }
}
