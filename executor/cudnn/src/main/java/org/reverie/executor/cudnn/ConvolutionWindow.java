package org.reverie.executor.cudnn;

import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Shape;

/**
 * How a convolution joins its fine side (its input) to its coarse side (its output).
 *
 * @param fine channels of the fine side
 * @param coarse channels of the coarse side
 */
record ConvolutionWindow(
    int fine,
    int coarse,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padHeight,
    int padWidth,
    int dilationHeight,
    int dilationWidth,
    int group) {

  static ConvolutionWindow of(Convolution c) {
    return new ConvolutionWindow(
        c.inputs(),
        c.outputs(),
        c.kernelHeight(),
        c.kernelWidth(),
        c.strideHeight(),
        c.strideWidth(),
        c.padHeight(),
        c.padWidth(),
        c.dilationHeight(),
        c.dilationWidth(),
        c.group());
  }

  /** A deconvolution is a transposed convolution from its output to its input. */
  static ConvolutionWindow of(Deconvolution d) {
    return new ConvolutionWindow(
        d.outputs(),
        d.inputs(),
        d.kernelHeight(),
        d.kernelWidth(),
        d.strideHeight(),
        d.strideWidth(),
        d.padHeight(),
        d.padWidth(),
        d.dilationHeight(),
        d.dilationWidth(),
        d.group());
  }

  /** The same with other channels on the fine side, of one group. */
  ConvolutionWindow withFine(int channels) {
    return new ConvolutionWindow(
        channels,
        coarse,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padHeight,
        padWidth,
        dilationHeight,
        dilationWidth,
        group);
  }

  /** Whether it is a matrix product of all positions by the weights. */
  boolean isPointwise() {
    return kernelHeight == 1
        && kernelWidth == 1
        && strideHeight == 1
        && strideWidth == 1
        && padHeight == 0
        && padWidth == 0
        && group == 1;
  }

  /** Whether its transpose is a convolution of stride 1 without negative padding. */
  boolean isReversible() {
    return group == 1
        && strideHeight == 1
        && strideWidth == 1
        && padHeight <= dilationHeight * (kernelHeight - 1)
        && padWidth <= dilationWidth * (kernelWidth - 1);
  }

  /** The convolution that its transpose is; its weights are {@link WeightForm#reversed}. */
  ConvolutionWindow reversed(int fineChannels) {
    return new ConvolutionWindow(
        coarse,
        fineChannels,
        kernelHeight,
        kernelWidth,
        1,
        1,
        dilationHeight * (kernelHeight - 1) - padHeight,
        dilationWidth * (kernelWidth - 1) - padWidth,
        dilationHeight,
        dilationWidth,
        1);
  }

  /** Rows of zeros behind the fine side that so many coarse rows need. */
  int padBelow(int fineHeight, int coarseHeight) {
    return padBehind(
        fineHeight, coarseHeight, kernelHeight, strideHeight, padHeight, dilationHeight);
  }

  /** Columns of zeros behind the fine side that so many coarse columns need. */
  int padRight(int fineWidth, int coarseWidth) {
    return padBehind(fineWidth, coarseWidth, kernelWidth, strideWidth, padWidth, dilationWidth);
  }

  // What does not fill a stride is left over and needs none.
  private static int padBehind(
      int fine, int coarse, int kernel, int stride, int pad, int dilation) {
    return Math.max(pad, (coarse - 1) * stride + dilation * (kernel - 1) + 1 - fine - pad);
  }

  /** Multiplications and additions of one application, as two operations each. */
  double operations(Shape coarseSide) {
    return 2.0
        * coarseSide.height()
        * coarseSide.width()
        * coarse
        * (fine / (double) group)
        * kernelHeight
        * kernelWidth;
  }
}
