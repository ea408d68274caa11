package org.reverie.executor.cudnn;

/**
 * One axis of the network's input, written in blocks of as many pixels as the first convolution's
 * stride, each with channels of its own: the convolution then has stride 1, fewer taps, and more
 * channels than the 3 or 4 that leave most of a tensor core's tile empty. What the convolution pads
 * is part of the input, so that both ends can differ.
 *
 * <pre>
 *   pixel y = block b stride + r,  block b = output o + first + u,  kernel tap = (first + u) stride + r + pad
 * </pre>
 *
 * @param stride of the network's convolution, pixels of a block
 * @param pad of the network's convolution
 * @param first block that an output sees, relative to it; 0 or less
 * @param taps of the new convolution
 * @param blocks of the input, those before the first pixel and behind the last included
 */
record StrideBlocks(int stride, int pad, int first, int taps, int blocks) {
  /**
   * Prepares one axis.
   *
   * @param output length of the convolution's output
   */
  static StrideBlocks of(int output, int kernel, int stride, int pad) {
    int first = Math.floorDiv(-pad, stride);
    int taps = Math.floorDiv(kernel - 1 - pad, stride) - first + 1;
    return new StrideBlocks(stride, pad, first, taps, output + taps - 1);
  }

  /** Blocks before the one with pixel 0. */
  int before() {
    return -first;
  }

  /**
   * The tap of the network's kernel for pixel {@code r} of a block at tap {@code u}; may be
   * outside.
   */
  int tap(int r, int u) {
    return (first + u) * stride + r + pad;
  }
}
