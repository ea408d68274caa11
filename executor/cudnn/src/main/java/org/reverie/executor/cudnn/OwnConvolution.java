package org.reverie.executor.cudnn;

import java.util.List;

/** What the libraries refuse, done by kernels of our own: any geometry, without tensor cores. */
final class OwnConvolution {
  private OwnConvolution() {}

  /** The same convolution. */
  static Step.Launch of(Step.Convolution step) {
    return launch(
        step.name(),
        step.window(),
        step.transposed(),
        step.from(),
        step.weights(),
        step.bias(),
        step.rectified(),
        step.to(),
        step.accumulate());
  }

  /** The same product, as a convolution by one tap. */
  static Step.Launch of(Step.Product step) {
    int inputs = step.from().channels();
    int outputs = step.to().channels();
    return launch(
        step.name(),
        new ConvolutionWindow(
            step.transposed() ? outputs : inputs,
            step.transposed() ? inputs : outputs,
            1,
            1,
            1,
            1,
            0,
            0,
            1,
            1,
            1),
        step.transposed(),
        step.from(),
        step.weights(),
        step.bias(),
        step.rectified(),
        step.to(),
        step.accumulate());
  }

  /** The same products with a guide. */
  static Step.Launch of(Step.GuideProducts step) {
    int columns = Step.Launch.columns(step.name(), step.positions(), step.count());
    return new Step.Launch(
        step.name(),
        "guide_products",
        columns,
        1,
        List.of(
            step.from().place(), new Place.Weights(step.columns()), new Place.Arena(step.to(), 0)),
        new int[] {
          columns,
          step.positions(),
          step.from().channels(),
          step.from().pitch(),
          step.firstPosition(),
          step.count()
        },
        new float[0],
        step.bytes());
  }

  /** Adds a bias behind a convolution, and rectifies. */
  static Step.Launch bias(String name, Tensor tensor, WeightForm bias, boolean rectified) {
    int groups = (tensor.channels() + 7) / 8;
    int columns = Step.Launch.columns(name, groups, tensor.width());
    return new Step.Launch(
        "bias of " + name,
        "rectify" + (tensor.isVectored() ? "_v" : "_1"),
        columns,
        tensor.height(),
        List.of(tensor.place(), wide(bias), tensor.place(), Place.NONE),
        new int[] {
          columns, groups, tensor.width(), tensor.pitch(), tensor.pitch(), tensor.channels()
        },
        new float[] {rectified ? 0 : 1},
        2.0 * tensor.bytes());
  }

  private static Place wide(WeightForm bias) {
    return bias == null ? Place.NONE : new Place.Weights(bias.in(Element.FLOAT32));
  }

  private static Step.Launch launch(
      String name,
      ConvolutionWindow w,
      boolean transposed,
      Tensor from,
      WeightForm weights,
      WeightForm bias,
      boolean rectified,
      Tensor to,
      boolean accumulate) {
    int columns = Step.Launch.columns(name, to.channels(), to.width());
    return new Step.Launch(
        name,
        transposed ? "convolve_back" : "convolve",
        columns,
        to.height(),
        List.of(from.place(), new Place.Weights(weights), wide(bias), to.place()),
        new int[] {
          columns,
          to.channels(),
          to.width(),
          from.pitch(),
          to.pitch(),
          from.height(),
          from.width(),
          w.kernelHeight(),
          w.kernelWidth(),
          w.strideHeight(),
          w.strideWidth(),
          w.padHeight(),
          w.padWidth(),
          w.dilationHeight(),
          w.dilationWidth(),
          from.channels(),
          w.group(),
          accumulate ? 1 : 0,
          rectified ? 1 : 0
        },
        new float[0],
        from.bytes() + (accumulate ? 2.0 : 1.0) * to.bytes() + weights.bytes());
  }
}
