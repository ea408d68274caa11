package org.reverie.executor.onednn;

import java.util.function.Supplier;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.engine.lowering.Network.Node;
import org.reverie.executor.onednn.WeightStore.Form;
import org.reverie.executor.onednn.WeightStore.Source;

/** The forms in which a node's weights are used. */
final class ConvolutionForm {
  private ConvolutionForm() {}

  /** As they are: OIHW, or GOIHW with groups. */
  static Form plain(Node node, Convolution c) {
    return form(node, "plain", () -> rowMajor(c.weights(), dims(c)));
  }

  /** The lengths of {@link #plain}'s axes. */
  static long[] dims(Convolution c) {
    return c.group() == 1
        ? new long[] {c.outputs(), c.inputs(), c.kernelHeight(), c.kernelWidth()}
        : new long[] {
          c.group(),
          c.outputs() / c.group(),
          c.inputs() / c.group(),
          c.kernelHeight(),
          c.kernelWidth()
        };
  }

  /** Inputs x outputs, for the product of positions x inputs with them. */
  static Form product(Node node, Convolution c) {
    return form(
        node,
        "product",
        () ->
            new Source(
                c.weights(), new long[] {c.inputs(), c.outputs()}, new long[] {1, c.inputs()}));
  }

  /** Outputs x inputs, for the product of positions x outputs with them. */
  static Form transposedProduct(Node node, Convolution c) {
    return form(node, "transposed product", () -> rowMajor(c.weights(), c.outputs(), c.inputs()));
  }

  /**
   * Inputs and outputs exchanged, taps in reverse: with them the gradient of a convolution of
   * stride 1 and one group is a convolution itself.
   */
  static Form reversed(Node node, Convolution c) {
    return form(
        node,
        "reversed",
        () -> {
          int taps = c.kernelHeight() * c.kernelWidth();
          float[] reversed = new float[c.weights().length];
          for (int o = 0; o < c.outputs(); o++) {
            for (int i = 0; i < c.inputs(); i++) {
              for (int t = 0; t < taps; t++) {
                reversed[(i * c.outputs() + o) * taps + taps - 1 - t] =
                    c.weights()[(o * c.inputs() + i) * taps + t];
              }
            }
          }
          return rowMajor(reversed, c.inputs(), c.outputs(), c.kernelHeight(), c.kernelWidth());
        });
  }

  /** See {@link StridedGradient}. */
  static Form strided(Node node, Convolution c, StridedGradient rows, StridedGradient columns) {
    return form(
        node,
        "strided by " + rows.step() + " " + columns.step(),
        () -> {
          int channels = rows.block() * columns.block() * c.inputs();
          int taps = rows.taps() * columns.taps();
          float[] values = new float[channels * c.outputs() * taps];
          for (int row = 0; row < rows.block(); row++) {
            for (int column = 0; column < columns.block(); column++) {
              for (int u = 0; u < rows.taps(); u++) {
                for (int v = 0; v < columns.taps(); v++) {
                  int y = rows.tap(row, u);
                  int x = columns.tap(column, v);
                  if (y < 0 || y >= c.kernelHeight() || x < 0 || x >= c.kernelWidth()) {
                    continue;
                  }
                  for (int i = 0; i < c.inputs(); i++) {
                    int channel = (row * columns.block() + column) * c.inputs() + i;
                    for (int o = 0; o < c.outputs(); o++) {
                      values[(channel * c.outputs() + o) * taps + u * columns.taps() + v] =
                          c.weights()[
                              ((o * c.inputs() + i) * c.kernelHeight() + y) * c.kernelWidth() + x];
                    }
                  }
                }
              }
            }
          }
          return rowMajor(values, channels, c.outputs(), rows.taps(), columns.taps());
        });
  }

  /** A deconvolution's weights as oneDNN names their axes: outputs before inputs. */
  static Form plain(Node node, Deconvolution d) {
    return form(
        node,
        "deconvolution",
        () -> {
          long taps = (long) d.kernelHeight() * d.kernelWidth();
          long[] dims = dims(d);
          long outputs = d.outputs() / d.group();
          long inputs = d.inputs() / d.group();
          long[] strides =
              d.group() == 1
                  ? new long[] {taps, outputs * taps, d.kernelWidth(), 1}
                  : new long[] {inputs * outputs * taps, taps, outputs * taps, d.kernelWidth(), 1};
          return new Source(d.weights(), dims, strides);
        });
  }

  /** The lengths of the axes of a deconvolution's weights. */
  static long[] dims(Deconvolution d) {
    return d.group() == 1
        ? new long[] {d.outputs(), d.inputs(), d.kernelHeight(), d.kernelWidth()}
        : new long[] {
          d.group(),
          d.outputs() / d.group(),
          d.inputs() / d.group(),
          d.kernelHeight(),
          d.kernelWidth()
        };
  }

  /** One value per channel. */
  static Form perChannel(Node node, String role, float[] values, long... dims) {
    return form(node, role + " " + dims.length, () -> rowMajor(values, dims));
  }

  /** Any constant values; equal roles must mean equal values. */
  static Form constant(Node node, Object role, float[] values, long... dims) {
    return form(node, role, () -> rowMajor(values, dims));
  }

  private static Form form(Node node, Object role, Supplier<Source> source) {
    return new Form(node.layer(), node.lastLayer(), role, source);
  }

  private static Source rowMajor(float[] values, long... dims) {
    long[] strides = new long[dims.length];
    long stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return new Source(values, dims, strides);
  }
}
