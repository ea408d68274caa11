package org.reverie.executor.onednn;

import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.onednn.ArenaPool.Arena;

/**
 * The gradient of a normalisation across channels, a few positions at a time: with the scale s = k
 * + alpha / n sum x^2, dx = dy s^-beta - 2 alpha beta / n x sum dy x s^(-beta - 1). Its loops run
 * over the channels of one position in simple steps, so that Java's compiler makes vectors of them.
 * For one thread.
 */
final class NormalisationGradient {
  /** Values that are copied at a time; they stay in a processor's first cache. */
  private static final int COPIED = 4096;

  /** The exponent of AlexNet and GoogLeNet, whose power is two square roots. */
  private static final float USUAL_BETA = 0.75f;

  private final Tensor input;
  private final Tensor from;
  private final Tensor to;
  private final int channels;
  private final int reach;
  private final float k;
  private final float alpha;
  private final float beta;
  private final float factor;

  private final float[] squares;
  private final float[] ratios;
  private final float[] scales;
  private final float[] direct;
  private final float[] sums;

  NormalisationGradient(Lrn lrn, Tensor input, Tensor from, Tensor to) {
    this.input = input;
    this.from = from;
    this.to = to;
    this.channels = input.shape().channels();
    this.reach = lrn.localSize() / 2;
    this.k = lrn.k();
    this.alpha = (float) (lrn.alpha() / (double) lrn.localSize());
    this.beta = lrn.beta();
    this.factor = (float) (2.0 * lrn.alpha() * lrn.beta() / lrn.localSize());
    this.squares = new float[channels + 2 * reach];
    this.ratios = new float[channels + 2 * reach];
    this.scales = new float[channels];
    this.direct = new float[channels];
    this.sums = new float[channels];
  }

  /**
   * Computes it at some positions.
   *
   * @param arena where the session computes
   */
  void compute(Arena arena, long first, long end) {
    TensorValues arguments = arena.values(input);
    TensorValues source = arena.values(from);
    TensorValues target = arena.values(to);
    boolean together = input.isDense() && from.isDense() && to.isDense();
    int most = together ? Math.max(1, COPIED / channels) : 1;
    float[] values = new float[most * channels];
    float[] gradients = new float[most * channels];
    for (long position = first; position < end; position += most) {
      int count = (int) Math.min(most, end - position);
      arguments.get(position, 0, values, count * channels);
      source.get(position, 0, gradients, count * channels);
      for (int i = 0; i < count; i++) {
        compute(values, gradients, i * channels);
      }
      target.put(position, 0, gradients, count * channels);
    }
  }

  /** Puts the gradient of one position in the place of what comes to it. */
  private void compute(float[] values, float[] gradients, int offset) {
    for (int c = 0; c < channels; c++) {
      squares[reach + c] = values[offset + c] * values[offset + c];
    }
    sum(squares);
    for (int c = 0; c < channels; c++) {
      scales[c] = k + alpha * sums[c];
    }
    power(gradients, offset);
    for (int c = 0; c < channels; c++) {
      ratios[reach + c] = direct[c] * values[offset + c] / scales[c];
    }
    sum(ratios);
    for (int c = 0; c < channels; c++) {
      gradients[offset + c] = direct[c] - factor * values[offset + c] * sums[c];
    }
  }

  /** Gradients times scales to the power of minus beta. */
  private void power(float[] gradients, int offset) {
    if (beta == USUAL_BETA) {
      for (int c = 0; c < channels; c++) {
        float root = (float) Math.sqrt(scales[c]);
        direct[c] = gradients[offset + c] / (root * (float) Math.sqrt(root));
      }
    } else {
      for (int c = 0; c < channels; c++) {
        direct[c] = (float) (gradients[offset + c] * Math.pow(scales[c], -beta));
      }
    }
  }

  /** Sums over the channels around each; beyond the first and the last there is 0. */
  private void sum(float[] padded) {
    System.arraycopy(padded, 0, sums, 0, channels);
    for (int i = 1; i <= 2 * reach; i++) {
      for (int c = 0; c < channels; c++) {
        sums[c] += padded[c + i];
      }
    }
  }
}
