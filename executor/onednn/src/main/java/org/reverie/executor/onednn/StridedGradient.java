package org.reverie.executor.onednn;

/**
 * One axis of the gradient at the network's input, written as a convolution over the output's
 * gradients that makes all pixels of a block at once, each as channels of its own. The plain form
 * makes 3 channels with vectors of 16 and hardly reuses what it loads; 16 pixels of 3 channels are
 * exactly three vectors.
 *
 * <pre>
 *   pixel y = block b + r,  output o = step b - first + u,  kernel tap = y + pad - stride o
 * </pre>
 *
 * @param stride of the network's convolution
 * @param pad of the network's convolution
 * @param block pixels of a block: {@code step} strides
 * @param step stride of the new convolution
 * @param taps of the new convolution
 * @param first how many outputs before its own a block begins, the new convolution's left padding
 * @param blocks of the input
 * @param padAfter the new convolution's right padding
 */
record StridedGradient(
    int stride, int pad, int block, int step, int taps, int first, int blocks, int padAfter) {
  /**
   * Prepares one axis.
   *
   * @param input length of the convolution's input
   * @param output length of its output
   * @param step strides in a block
   */
  static StridedGradient of(int input, int output, int kernel, int stride, int pad, int step) {
    int block = stride * step;
    int first = Math.floorDiv(kernel - 1 - pad, stride);
    int taps = (block - 1 + pad) / stride + first + 1;
    int blocks = (input + block - 1) / block;
    return new StridedGradient(
        stride, pad, block, step, taps, first, blocks, (blocks - 1) * step + taps - first - output);
  }

  /** Whether there is such a convolution without negative padding. */
  boolean exists() {
    return first >= 0 && padAfter >= 0 && taps > 0;
  }

  /** The tap of the kernel for pixel {@code r} of a block at tap {@code u}; may be outside. */
  int tap(int r, int u) {
    return r + pad + stride * (first - u);
  }
}
