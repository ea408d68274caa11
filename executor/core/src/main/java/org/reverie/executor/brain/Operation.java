package org.reverie.executor.brain;

/**
 * What a layer computes. Shapes are CHW; everything is float32. Weight arrays are shared and must
 * not be written to.
 */
public sealed interface Operation {

  /** The picture: 3 channels, in the brain's colour order, mean subtracted. */
  record Input() implements Operation {}

  /**
   * Cross-correlation with zero padding, output length {@code floor((n + 2 pad - (dilation (kernel
   * - 1) + 1)) / stride) + 1} on each axis.
   *
   * @param weights OIHW: outputs x (inputs / group) x kernelHeight x kernelWidth
   * @param bias outputs values; all 0 where the file has none
   */
  record Convolution(
      int inputs,
      int outputs,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int padHeight,
      int padWidth,
      int dilationHeight,
      int dilationWidth,
      int group,
      float[] weights,
      float[] bias)
      implements Operation {
    public Convolution {
      checkLength(
          "convolution weights",
          weights.length,
          (long) outputs * (inputs / group) * kernelHeight * kernelWidth);
      checkLength("convolution bias", bias.length, outputs);
      if (inputs % group != 0 || outputs % group != 0) {
        throw new IllegalArgumentException("group " + group + " of " + inputs + ", " + outputs);
      }
    }

    /** Whether it is a matrix product of all positions by the weights. */
    public boolean isPointwise() {
      return kernelHeight == 1
          && kernelWidth == 1
          && strideHeight == 1
          && strideWidth == 1
          && padHeight == 0
          && padWidth == 0
          && group == 1;
    }

    /** This convolution and what follows it as one. */
    public Convolution then(Affine affine) {
      float[] scaledWeights = weights.clone();
      float[] scaledBias = new float[outputs];
      int perOutput = weights.length / outputs;
      for (int o = 0; o < outputs; o++) {
        float multiplier = affine.multipliers()[o];
        for (int i = o * perOutput; i < (o + 1) * perOutput; i++) {
          scaledWeights[i] *= multiplier;
        }
        scaledBias[o] = bias[o] * multiplier + affine.offsets()[o];
      }
      return new Convolution(
          inputs,
          outputs,
          kernelHeight,
          kernelWidth,
          strideHeight,
          strideWidth,
          padHeight,
          padWidth,
          dilationHeight,
          dilationWidth,
          group,
          scaledWeights,
          scaledBias);
    }
  }

  /**
   * The transpose of {@link Convolution}: output length {@code stride (n - 1) + dilation (kernel -
   * 1) + 1 - 2 pad}.
   *
   * @param weights Caffe's order: inputs x (outputs / group) x kernelHeight x kernelWidth
   * @param bias outputs values; all 0 where the file has none
   */
  record Deconvolution(
      int inputs,
      int outputs,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int padHeight,
      int padWidth,
      int dilationHeight,
      int dilationWidth,
      int group,
      float[] weights,
      float[] bias)
      implements Operation {
    public Deconvolution {
      checkLength(
          "deconvolution weights",
          weights.length,
          (long) inputs * (outputs / group) * kernelHeight * kernelWidth);
      checkLength("deconvolution bias", bias.length, outputs);
      if (inputs % group != 0 || outputs % group != 0) {
        throw new IllegalArgumentException("group " + group + " of " + inputs + ", " + outputs);
      }
    }
  }

  /** How a window is reduced. */
  enum Pool {
    MAX,
    AVERAGE
  }

  /**
   * Caffe's pooling: output length {@code ceil((n + 2 pad - kernel) / stride) + 1}, less one if the
   * last window would start at or beyond {@code n + pad} (that check is Caffe's, and only where pad
   * is not 0); the last window is clipped. MAX sees only real pixels, the first largest in row
   * order wins a tie and takes all of the gradient. AVERAGE divides by the window's area clipped to
   * {@code n + pad}, padding counted, and sums only real pixels.
   *
   * @param roundUp whether the output length is rounded up (Caffe's default) or down
   */
  record Pooling(
      Pool pool,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int padHeight,
      int padWidth,
      boolean roundUp)
      implements Operation {}

  /** The maximum or mean of each whole channel: CHW to C x 1 x 1. */
  record GlobalPooling(Pool pool) implements Operation {}

  /**
   * {@code y = x > 0 ? x : slope x}.
   *
   * @param slope 0 for the plain rectifier
   */
  record Relu(float slope) implements Operation {}

  /**
   * {@code y = x > 0 ? x : slope[c] x}.
   *
   * @param slopes one per channel
   */
  record Prelu(float[] slopes) implements Operation {}

  /** {@code y = x > 0 ? x : alpha (exp(x) - 1)}. */
  record Elu(float alpha) implements Operation {}

  /** {@code y = 1 / (1 + exp(-x))}. */
  record Sigmoid() implements Operation {}

  /** Hyperbolic tangent. */
  record Tanh() implements Operation {}

  /** {@code y = |x|}; the gradient at 0 is 0. */
  record Absolute() implements Operation {}

  /** {@code y = (shift + scale x) ^ power}. */
  record Power(float power, float scale, float shift) implements Operation {}

  /**
   * {@code y = multiplier[c] x + offset[c]}: Caffe's BatchNorm (with its stored statistics), Scale
   * and Bias.
   *
   * @param multipliers one per channel
   * @param offsets one per channel
   */
  record Affine(float[] multipliers, float[] offsets) implements Operation {
    public Affine {
      checkLength("affine offsets", offsets.length, multipliers.length);
    }
  }

  /** Where local response normalisation sums squares. */
  enum LrnRegion {
    ACROSS_CHANNELS,
    WITHIN_CHANNEL
  }

  /**
   * {@code y = x / (k + alpha / n sum x^2) ^ beta}: the sum is over {@code localSize} channels (n =
   * localSize) or over a localSize x localSize square of the same channel (n = localSize^2, k = 1),
   * zero outside.
   *
   * @param localSize odd
   */
  record Lrn(LrnRegion region, int localSize, float alpha, float beta, float k)
      implements Operation {}

  /** What an element-wise layer does with its inputs. */
  enum Combine {
    SUM,
    PRODUCT,
    MAXIMUM
  }

  /**
   * Element by element over inputs of one shape; on ties of MAXIMUM the first input takes the
   * gradient.
   *
   * @param coefficients one per input for SUM; empty otherwise
   */
  record Eltwise(Combine combine, float[] coefficients) implements Operation {}

  /** Inputs one after the other along the channels. */
  record Concat() implements Operation {}

  /**
   * Some channels of the input.
   *
   * @param from first channel
   * @param to one past the last channel
   */
  record Slice(int from, int to) implements Operation {}

  /** The input itself: Caffe's Split and, at test time, Dropout. */
  record Identity() implements Operation {}

  private static void checkLength(String what, long actual, long expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(
          what + ": " + actual + " values where " + expected + " belong");
    }
  }
}
