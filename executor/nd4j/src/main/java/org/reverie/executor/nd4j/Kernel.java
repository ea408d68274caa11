package org.reverie.executor.nd4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;

/**
 * A convolution's weights, seen as connections between a fine side (a convolution's input, a
 * deconvolution's output) and a coarse side: {@link #toCoarse} is the convolution, {@link #toFine}
 * its transpose, which is at once the convolution's gradient and the deconvolution.
 *
 * <p>The transpose is itself computed as a convolution, with the kernel turned around: this
 * measured two to three times as fast as the native library's derivative of a convolution, which
 * also computes the gradient of the weights (GoogLeNet's layers on two cores).
 *
 * @param name prefix of its parameters' names
 * @param coarse channels of the coarse side
 * @param fine channels of the fine side
 * @param height rows of the kernel, dilation included
 * @param width columns of the kernel, dilation included
 * @param weights coarse x (fine / group) x height x width
 */
record Kernel(
    String name,
    int coarse,
    int fine,
    int height,
    int width,
    int strideHeight,
    int strideWidth,
    int padHeight,
    int padWidth,
    int group,
    float[] weights) {

  static Kernel of(String name, Convolution c) {
    return new Kernel(
        name,
        c.outputs(),
        c.inputs(),
        extent(c.kernelHeight(), c.dilationHeight()),
        extent(c.kernelWidth(), c.dilationWidth()),
        c.strideHeight(),
        c.strideWidth(),
        c.padHeight(),
        c.padWidth(),
        c.group(),
        dense(
            c.weights(), c.kernelHeight(), c.kernelWidth(), c.dilationHeight(), c.dilationWidth()));
  }

  static Kernel of(String name, Deconvolution d) {
    return new Kernel(
        name,
        d.inputs(),
        d.outputs(),
        extent(d.kernelHeight(), d.dilationHeight()),
        extent(d.kernelWidth(), d.dilationWidth()),
        d.strideHeight(),
        d.strideWidth(),
        d.padHeight(),
        d.padWidth(),
        d.group(),
        dense(
            d.weights(), d.kernelHeight(), d.kernelWidth(), d.dilationHeight(), d.dilationWidth()));
  }

  private static int extent(int kernel, int dilation) {
    return dilation * (kernel - 1) + 1;
  }

  /**
   * A dilated kernel written out with its zeros: ND4J's oneDNN path refuses dilation together with
   * padding.
   */
  private static float[] dense(
      float[] weights, int height, int width, int dilationHeight, int dilationWidth) {
    if (dilationHeight == 1 && dilationWidth == 1) {
      return weights;
    }
    int wide = extent(width, dilationWidth);
    int area = extent(height, dilationHeight) * wide;
    float[] out = new float[weights.length / (height * width) * area];
    for (int i = 0; i < weights.length; i++) {
      int row = i / width % height * dilationHeight;
      int column = i % width * dilationWidth;
      out[i / (height * width) * area + row * wide + column] = weights[i];
    }
    return out;
  }

  /**
   * The convolution.
   *
   * @param x 1 x fine x H x W
   * @param bias one value per coarse channel, or null for none
   */
  Tensor toCoarse(Graph graph, Tensor x, float[] bias) {
    int[] geometry = {strideHeight, strideWidth, padHeight, padWidth};
    if (depthwise()) {
      Tensor kernel = graph.parameter(name + "/weights", () -> weights, 1, coarse, height, width);
      return convolve(graph, "depthwise_conv2d", x, kernel, bias, name + "/bias", geometry);
    }
    List<Tensor> parts = new ArrayList<>();
    int perGroup = coarse / group;
    for (int g = 0; g < group; g++) {
      int first = g * perGroup;
      Tensor kernel =
          graph.parameter(
              name + "/weights" + g,
              () -> rows(weights, first, perGroup),
              perGroup,
              fine / group,
              height,
              width);
      Tensor part = graph.slice(x, 1, (long) g * fine / group, (long) (g + 1) * fine / group);
      parts.add(
          convolve(
              graph,
              "conv2d",
              part,
              kernel,
              bias == null ? null : rows(bias, first, perGroup),
              name + "/bias" + g,
              geometry));
    }
    return graph.concat(1, parts);
  }

  /**
   * The transposed convolution, without bias.
   *
   * @param g 1 x coarse x h x w
   * @param fineHeight rows of the result; zero where no coarse row reaches
   * @param fineWidth columns of the result
   */
  Tensor toFine(Graph graph, Tensor g, int fineHeight, int fineWidth) {
    if (strideHeight == 1 && strideWidth == 1) {
      return turned(graph, g, fineHeight, fineWidth);
    }
    if (group == 1) {
      return phases(graph, g, fineHeight, fineWidth);
    }
    return turned(graph, spread(graph, g, fineHeight, fineWidth), fineHeight, fineWidth);
  }

  private boolean depthwise() {
    return group > 1 && group == fine && group == coarse;
  }

  /** With stride 1: a convolution with the kernel turned around. */
  private Tensor turned(Graph graph, Tensor g, int fineHeight, int fineWidth) {
    int up = height - 1 - padHeight;
    int left = width - 1 - padWidth;
    int[] geometry = {1, 1, Math.max(0, up), Math.max(0, left)};
    List<Tensor> parts = new ArrayList<>();
    if (depthwise()) {
      Tensor kernel =
          graph.parameter(
              name + "/turned",
              () -> Kernel.turned(weights, coarse, 1, height * width),
              1,
              coarse,
              height,
              width);
      parts.add(convolve(graph, "depthwise_conv2d", g, kernel, null, "", geometry));
    } else {
      int coarsePerGroup = coarse / group;
      int finePerGroup = fine / group;
      for (int i = 0; i < group; i++) {
        int first = i * coarsePerGroup;
        Tensor kernel =
            graph.parameter(
                name + "/turned" + i,
                () ->
                    turned(
                        rows(weights, first, coarsePerGroup),
                        coarsePerGroup,
                        finePerGroup,
                        height * width),
                finePerGroup,
                coarsePerGroup,
                height,
                width);
        Tensor part = graph.slice(g, 1, first, (long) first + coarsePerGroup);
        parts.add(convolve(graph, "conv2d", part, kernel, null, "", geometry));
      }
    }
    Tensor whole = graph.concat(1, parts);
    return graph.fit(whole, Math.max(0, -up), fineHeight, Math.max(0, -left), fineWidth);
  }

  /**
   * With a stride s: fine position i is q s + r - pad, and only every s-th weight meets it, so that
   * each remainder r is a stride-1 convolution of its own. All s x s of them run as one, whose
   * outputs are then interleaved: no multiplication by zeros, unlike {@link #spread}.
   */
  private Tensor phases(Graph graph, Tensor g, int fineHeight, int fineWidth) {
    int tall = (height + strideHeight - 1) / strideHeight;
    int wide = (width + strideWidth - 1) / strideWidth;
    int phases = strideHeight * strideWidth;
    Tensor kernel =
        graph.parameter(
            name + "/phases",
            () -> phaseWeights(tall, wide),
            (long) fine * phases,
            coarse,
            tall,
            wide);
    Tensor all =
        convolve(graph, "conv2d", g, kernel, null, "", new int[] {1, 1, tall - 1, wide - 1});
    int rows = all.height();
    int columns = all.width();
    Tensor apart = graph.reshape(all, fine, strideHeight, strideWidth, rows, columns);
    Tensor interleaved = graph.permute(apart, 0, 3, 1, 4, 2);
    Tensor planes =
        graph.reshape(
            interleaved, 1, fine, (long) rows * strideHeight, (long) columns * strideWidth);
    return graph.fit(planes, padHeight, fineHeight, padWidth, fineWidth);
  }

  private float[] phaseWeights(int tall, int wide) {
    float[] out = new float[fine * strideHeight * strideWidth * coarse * tall * wide];
    int position = 0;
    for (int i = 0; i < fine; i++) {
      for (int remainderY = 0; remainderY < strideHeight; remainderY++) {
        for (int remainderX = 0; remainderX < strideWidth; remainderX++) {
          for (int o = 0; o < coarse; o++) {
            for (int y = tall - 1; y >= 0; y--) {
              for (int x = wide - 1; x >= 0; x--) {
                int row = y * strideHeight + remainderY;
                int column = x * strideWidth + remainderX;
                out[position++] =
                    row < height && column < width
                        ? weights[((o * fine + i) * height + row) * width + column]
                        : 0;
              }
            }
          }
        }
      }
    }
    return out;
  }

  /**
   * Puts stride - 1 zeros between the values, and behind the last as many as the fine side is
   * longer than stride and kernel make it.
   */
  private Tensor spread(Graph graph, Tensor g, int fineHeight, int fineWidth) {
    long rows = g.height();
    long columns = g.width();
    long lines = g.channels() * rows;
    Tensor sparseRows =
        graph.pad(graph.reshape(g, 1, lines, columns, 1), 0, 0, 0, 0, 0, 0, 0, 0, strideWidth - 1);
    Tensor padded =
        graph.pad(
            graph.reshape(sparseRows, 1, lines, 1, columns * strideWidth),
            0,
            0,
            0,
            0,
            0,
            0,
            strideHeight - 1,
            0,
            0);
    Tensor planes =
        graph.reshape(padded, 1, g.channels(), rows * strideHeight, columns * strideWidth);
    // The convolution with the kernel turned around makes length + kernel - 1 - 2 pad of a length.
    int tall = fineHeight + 2 * padHeight - height + 1;
    int wide = fineWidth + 2 * padWidth - width + 1;
    return graph.fit(planes, 0, tall, 0, wide);
  }

  /** O x I x area to I x O x area, each kernel backwards. */
  private static float[] turned(float[] weights, int outputs, int inputs, int area) {
    float[] out = new float[weights.length];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        for (int k = 0; k < area; k++) {
          out[(i * outputs + o) * area + k] = weights[(o * inputs + i) * area + area - 1 - k];
        }
      }
    }
    return out;
  }

  private float[] rows(float[] values, int first, int count) {
    if (count == coarse) {
      return values;
    }
    int length = values.length / coarse;
    return Arrays.copyOfRange(values, first * length, (first + count) * length);
  }

  /**
   * A convolution by the native library.
   *
   * @param geometry stride and pad, of each the height before the width
   */
  private static Tensor convolve(
      Graph graph,
      String operation,
      Tensor x,
      Tensor kernel,
      float[] bias,
      String biasName,
      int[] geometry) {
    boolean depthwise = operation.startsWith("depthwise");
    int kernelHeight = kernel.height();
    int kernelWidth = kernel.width();
    long outputs = depthwise ? kernel.shape()[1] : kernel.shape()[0];
    long[] shape = {
      1,
      outputs,
      length(x.height(), kernelHeight, geometry[0], geometry[2]),
      length(x.width(), kernelWidth, geometry[1], geometry[3])
    };
    long[] integers = {
      kernelHeight,
      kernelWidth,
      geometry[0],
      geometry[1],
      geometry[2],
      geometry[3],
      1,
      1, // no dilation
      0, // pads as given
      0, // NCHW
      1 // outputs before inputs in the weights
    };
    if (bias == null) {
      return graph.apply(operation, shape, integers, new double[0], x, kernel);
    }
    Tensor offsets = graph.parameter(biasName, () -> bias, bias.length);
    return graph.apply(operation, shape, integers, new double[0], x, kernel, offsets);
  }

  private static int length(int n, int kernel, int stride, int pad) {
    return (n + 2 * pad - kernel) / stride + 1;
  }
}
