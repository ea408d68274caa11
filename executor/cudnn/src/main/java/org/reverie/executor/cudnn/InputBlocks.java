package org.reverie.executor.cudnn;

/**
 * One axis of the gradient at the network's input, written as a convolution over the gradients at
 * the first convolution's output that makes all pixels of a block at once, each as channels of its
 * own. The plain form makes 3 channels where a tensor core's tile is 32 or more wide; 16 pixels of
 * 3 channels fill one and a half.
 *
 * <pre>
 *   pixel y = block (b - skipped) + r,  output o = step b - pad + u,  kernel tap = y + ownPad - stride o
 * </pre>
 *
 * <p>Most calls pad both ends alike, so that {@code skipped} blocks may come before the first real
 * one. GoogLeNet's 512 blocks of 2048 pixels then become 513, for which cuDNN 9.19 has no kernel of
 * Hopper's in TF32 and copies all gradients besides; as a graph it takes the 512.
 *
 * @param stride of the network's convolution
 * @param ownPad of the network's convolution
 * @param block pixels of a block: {@code step} strides
 * @param step stride of the new convolution
 * @param taps of the new convolution
 * @param pad of the new convolution, at both ends
 * @param skipped blocks before the first real one
 * @param blocks that the new convolution makes, the skipped ones and any behind included
 */
record InputBlocks(
    int stride, int ownPad, int block, int step, int taps, int pad, int skipped, int blocks) {
  /**
   * Prepares one axis.
   *
   * @param input length of the convolution's input
   * @param output length of its output
   * @param step strides in a block
   * @param hanging whether the new convolution may need more zeros behind the gradients than before
   *     them
   */
  static InputBlocks of(
      int input, int output, int kernel, int stride, int ownPad, int step, boolean hanging) {
    int block = stride * step;
    int first = Math.floorDiv(kernel - 1 - ownPad, stride);
    int taps = (block - 1 + ownPad) / stride + first + 1;
    int wanted = (input + block - 1) / block;
    if (hanging && first >= 0) {
      return new InputBlocks(stride, ownPad, block, step, taps, first, 0, wanted);
    }
    int skipped = 0;
    while (true) {
      int pad = first + skipped * step;
      int made = output + 2 * pad < taps ? 0 : (output + 2 * pad - taps) / step + 1;
      if (pad >= 0 && made >= wanted + skipped) {
        return new InputBlocks(stride, ownPad, block, step, taps, pad, skipped, made);
      }
      skipped++;
    }
  }

  /** The tap of the kernel for pixel {@code r} of a block at tap {@code u}; may be outside. */
  int tap(int r, int u) {
    return r + ownPad + stride * (pad - skipped * step - u);
  }

  /** Channels of a block of both axes, padded to what kernels load at once. */
  static int channels(InputBlocks rows, InputBlocks columns, int inputs, Element element) {
    int channels = rows.block * columns.block * inputs;
    return (channels + element.width() - 1) / element.width() * element.width();
  }
}
