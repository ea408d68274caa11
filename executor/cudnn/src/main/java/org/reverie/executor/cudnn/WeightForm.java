package org.reverie.executor.cudnn;

import java.util.Arrays;
import java.util.function.Supplier;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;

/**
 * Constant values in one of the layouts that steps want. Equal keys mean equal values, so that all
 * programs of an engine share them.
 *
 * @param key names layer, role and what else decides the values
 * @param element what they are stored as
 * @param count values
 * @param multiplied whether they are a matrix that values are multiplied by
 * @param values makes them, row-major
 */
record WeightForm(
    String key, Element element, int count, boolean multiplied, Supplier<float[]> values) {

  /** Outputs x kernel x inputs of a group, inputs padded with zeros to {@code padded}. */
  static WeightForm plain(String layer, Element element, Convolution c, int padded) {
    int inputs = c.inputs() / c.group();
    int taps = c.kernelHeight() * c.kernelWidth();
    int width = c.group() == 1 ? padded : inputs;
    return new WeightForm(
        layer + " plain " + width,
        element,
        c.outputs() * taps * width,
        true,
        () -> {
          float[] values = new float[c.outputs() * taps * width];
          for (int o = 0; o < c.outputs(); o++) {
            for (int i = 0; i < inputs; i++) {
              for (int t = 0; t < taps; t++) {
                values[(o * taps + t) * width + i] = c.weights()[(o * inputs + i) * taps + t];
              }
            }
          }
          return values;
        });
  }

  /**
   * Inputs x reversed kernel x outputs, for one group: with them the gradient of a convolution of
   * stride 1 is a convolution. Inputs are padded with zeros to {@code padded}.
   */
  static WeightForm reversed(String layer, Element element, Convolution c, int padded) {
    int taps = c.kernelHeight() * c.kernelWidth();
    return new WeightForm(
        layer + " reversed " + padded,
        element,
        padded * taps * c.outputs(),
        true,
        () -> {
          float[] values = new float[padded * taps * c.outputs()];
          for (int o = 0; o < c.outputs(); o++) {
            for (int i = 0; i < c.inputs(); i++) {
              for (int t = 0; t < taps; t++) {
                values[(i * taps + taps - 1 - t) * c.outputs() + o] =
                    c.weights()[(o * c.inputs() + i) * taps + t];
              }
            }
          }
          return values;
        });
  }

  /** See {@link InputBlocks}: channels of a block x new kernel x outputs. */
  static WeightForm blocks(
      String layer, Element element, Convolution c, InputBlocks rows, InputBlocks columns) {
    int channels = InputBlocks.channels(rows, columns, c.inputs(), element);
    int taps = rows.taps() * columns.taps();
    return new WeightForm(
        layer + " blocks " + rows.step() + " " + columns.step(),
        element,
        channels * taps * c.outputs(),
        true,
        () -> {
          float[] values = new float[channels * taps * c.outputs()];
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
                    int to = (channel * taps + u * columns.taps() + v) * c.outputs();
                    for (int o = 0; o < c.outputs(); o++) {
                      values[to + o] =
                          c.weights()[
                              ((o * c.inputs() + i) * c.kernelHeight() + y) * c.kernelWidth() + x];
                    }
                  }
                }
              }
            }
          }
          return values;
        });
  }

  /**
   * See {@link StrideBlocks}: outputs x new kernel x channels of a block.
   *
   * @param channels of a block, those included that only fill it up
   */
  static WeightForm blocks(
      String layer,
      Element element,
      Convolution c,
      StrideBlocks rows,
      StrideBlocks columns,
      int channels) {
    int taps = rows.taps() * columns.taps();
    return new WeightForm(
        layer + " stride blocks " + channels,
        element,
        c.outputs() * taps * channels,
        true,
        () -> {
          float[] values = new float[c.outputs() * taps * channels];
          for (int o = 0; o < c.outputs(); o++) {
            for (int u = 0; u < rows.taps(); u++) {
              for (int v = 0; v < columns.taps(); v++) {
                int to = ((o * rows.taps() + u) * columns.taps() + v) * channels;
                for (int row = 0; row < rows.stride(); row++) {
                  for (int column = 0; column < columns.stride(); column++) {
                    int y = rows.tap(row, u);
                    int x = columns.tap(column, v);
                    for (int i = 0; i < c.inputs(); i++, to++) {
                      if (y >= 0 && y < c.kernelHeight() && x >= 0 && x < c.kernelWidth()) {
                        values[to] =
                            c.weights()[
                                ((o * c.inputs() + i) * c.kernelHeight() + y) * c.kernelWidth()
                                    + x];
                      }
                    }
                  }
                }
              }
            }
          }
          return values;
        });
  }

  /** Inputs x kernel x outputs of a group: a deconvolution seen from its output. */
  static WeightForm plain(String layer, Element element, Deconvolution d) {
    int outputs = d.outputs() / d.group();
    int taps = d.kernelHeight() * d.kernelWidth();
    return new WeightForm(
        layer + " deconvolution",
        element,
        d.weights().length,
        true,
        () -> {
          float[] values = new float[d.weights().length];
          for (int i = 0; i < d.inputs(); i++) {
            for (int o = 0; o < outputs; o++) {
              for (int t = 0; t < taps; t++) {
                values[(i * taps + t) * outputs + o] = d.weights()[(i * outputs + o) * taps + t];
              }
            }
          }
          return values;
        });
  }

  /** One value per channel. */
  static WeightForm perChannel(String layer, String role, Element element, float[] values) {
    return new WeightForm(
        layer + " " + role + " " + element, element, values.length, false, () -> values);
  }

  /** A guide's columns as channels x count, or one column after the other. */
  static WeightForm guide(
      String layer, float[] columns, int count, boolean transposed, Element element) {
    int channels = columns.length / count;
    return new WeightForm(
        layer + (transposed ? " guide by columns" : " guide ") + Arrays.hashCode(columns),
        element,
        columns.length,
        false,
        () -> {
          if (!transposed) {
            return columns;
          }
          float[] values = new float[columns.length];
          for (int c = 0; c < channels; c++) {
            for (int j = 0; j < count; j++) {
              values[j * channels + c] = columns[c * count + j];
            }
          }
          return values;
        });
  }

  /** The same per-channel values, stored otherwise. */
  WeightForm in(Element other) {
    return new WeightForm(key + " in " + other, other, count, multiplied, values);
  }

  long bytes() {
    return (long) count * element.bytes();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WeightForm form && form.key.equals(key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }
}
