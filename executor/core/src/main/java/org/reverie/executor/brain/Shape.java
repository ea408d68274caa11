package org.reverie.executor.brain;

import java.util.List;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Pooling;

/**
 * The shape of one layer's output, CHW. A length of 0 or less means that the input is too small for
 * the layer.
 *
 * @param channels channels
 * @param height rows
 * @param width columns
 */
public record Shape(int channels, int height, int width) {
  /** Whether every length is at least 1. */
  public boolean exists() {
    return height > 0 && width > 0;
  }

  /** Values in all. */
  public long values() {
    return Math.multiplyExact((long) channels, Math.multiplyExact((long) height, (long) width));
  }

  static Shape of(Layer layer, List<Shape> before, int width, int height) {
    Operation operation = layer.operation();
    if (operation instanceof Input) {
      return new Shape(layer.channels(), height, width);
    }
    Shape in = before.get(layer.inputs().get(0));
    if (!in.exists()) {
      return new Shape(layer.channels(), 0, 0);
    }
    if (operation instanceof Convolution c) {
      return new Shape(
          c.outputs(),
          convolved(
              in.height, c.kernelHeight(), c.strideHeight(), c.padHeight(), c.dilationHeight()),
          convolved(in.width, c.kernelWidth(), c.strideWidth(), c.padWidth(), c.dilationWidth()));
    }
    if (operation instanceof Deconvolution d) {
      return new Shape(
          d.outputs(),
          d.strideHeight() * (in.height - 1)
              + d.dilationHeight() * (d.kernelHeight() - 1)
              + 1
              - 2 * d.padHeight(),
          d.strideWidth() * (in.width - 1)
              + d.dilationWidth() * (d.kernelWidth() - 1)
              + 1
              - 2 * d.padWidth());
    }
    if (operation instanceof Pooling p) {
      return new Shape(
          layer.channels(),
          pooled(in.height, p.kernelHeight(), p.strideHeight(), p.padHeight(), p.roundUp()),
          pooled(in.width, p.kernelWidth(), p.strideWidth(), p.padWidth(), p.roundUp()));
    }
    if (operation instanceof GlobalPooling) {
      return new Shape(layer.channels(), 1, 1);
    }
    return new Shape(layer.channels(), in.height, in.width);
  }

  private static int convolved(int n, int kernel, int stride, int pad, int dilation) {
    int extent = dilation * (kernel - 1) + 1;
    return n + 2 * pad < extent ? 0 : (n + 2 * pad - extent) / stride + 1;
  }

  private static int pooled(int n, int kernel, int stride, int pad, boolean roundUp) {
    int span = n + 2 * pad - kernel;
    int length =
        (roundUp ? Math.floorDiv(span + stride - 1, stride) : Math.floorDiv(span, stride)) + 1;
    if (pad > 0 && (length - 1) * stride >= n + pad) {
      length--;
    }
    return Math.max(length, 0);
  }
}
