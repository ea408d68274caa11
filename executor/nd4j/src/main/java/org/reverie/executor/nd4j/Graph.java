package org.reverie.executor.nd4j;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A SameDiff graph under construction: tensor operations whose shapes are known at once. */
final class Graph {
  static final String INPUT = "input";

  /** The native library's own number for row-major order in a reshape. */
  private static final long ROW_MAJOR = -99;

  private final SameDiff sameDiff = SameDiff.create();
  private final Parameters parameters;
  private final Map<String, INDArray> used = new LinkedHashMap<>();
  private final Map<String, Tensor> placeholders = new LinkedHashMap<>();
  private long outputBytes;

  Graph(Parameters parameters) {
    this.parameters = parameters;
  }

  SameDiff sameDiff() {
    return sameDiff;
  }

  /** The parameters that the graph reads, by placeholder. */
  Map<String, INDArray> parameters() {
    return used;
  }

  /** Bytes of the outputs of all operations, were none ever released. */
  long outputBytes() {
    return outputBytes;
  }

  /** The network's input, 1 x 3 x height x width. */
  Tensor input(int width, int height) {
    return placeholder(INPUT, 1, 3, height, width);
  }

  /** A parameter shared by all graphs of the engine. */
  Tensor parameter(String name, Supplier<float[]> values, long... shape) {
    Tensor known = placeholders.get(name);
    if (known != null) {
      return known;
    }
    used.put(name, parameters.get(name, values, shape));
    Tensor tensor = placeholder(name, shape);
    placeholders.put(name, tensor);
    return tensor;
  }

  /** A value that every run is given anew. */
  Tensor placeholder(String name, long... shape) {
    return new Tensor(sameDiff.placeHolder(name, DataType.FLOAT, shape), shape);
  }

  /** An operation with one float output of the given shape. */
  Tensor apply(String name, long[] shape, long[] integers, double[] reals, Tensor... inputs) {
    return apply(name, DataType.FLOAT, shape, integers, reals, inputs);
  }

  Tensor apply(
      String name, DataType type, long[] shape, long[] integers, double[] reals, Tensor... inputs) {
    SDVariable[] variables = Arrays.stream(inputs).map(Tensor::variable).toArray(SDVariable[]::new);
    NativeOperation operation = new NativeOperation(name, sameDiff, variables, type, shape);
    operation.addIArgument(integers);
    operation.addTArgument(reals);
    Tensor output = new Tensor(operation.outputVariable(), shape);
    outputBytes += output.values() * type.width();
    return output;
  }

  /** An element-wise operation of SameDiff's own: the output is shaped as the input. */
  private Tensor like(Tensor input, SDVariable output) {
    outputBytes += input.values() * Float.BYTES;
    return new Tensor(output, input.shape());
  }

  Tensor add(Tensor a, Tensor b) {
    return apply("add", a.shape(), new long[0], new double[0], a, b);
  }

  Tensor subtract(Tensor a, Tensor b) {
    return apply("subtract", a.shape(), new long[0], new double[0], a, b);
  }

  /** Element by element, or {@code b} is 1 x C x 1 x 1. */
  Tensor multiply(Tensor a, Tensor b) {
    return apply("multiply", a.shape(), new long[0], new double[0], a, b);
  }

  Tensor divide(Tensor a, Tensor b) {
    return apply("divide", a.shape(), new long[0], new double[0], a, b);
  }

  Tensor maximum(Tensor a, Tensor b) {
    return apply("maximum", a.shape(), new long[0], new double[0], a, b);
  }

  /** 1 where both are equal, else 0. */
  Tensor equal(Tensor a, Tensor b) {
    Tensor same = apply("equals", DataType.BOOL, a.shape(), new long[0], new double[0], a, b);
    return like(a, same.variable().castTo(DataType.FLOAT));
  }

  /** The sum of one or more. */
  Tensor sum(List<Tensor> terms) {
    Tensor sum = terms.get(0);
    for (Tensor term : terms.subList(1, terms.size())) {
      sum = add(sum, term);
    }
    return sum;
  }

  Tensor scale(Tensor a, double factor) {
    return like(a, a.variable().mul(factor));
  }

  Tensor shift(Tensor a, double offset) {
    return like(a, a.variable().add(offset));
  }

  Tensor square(Tensor a) {
    return like(a, sameDiff.math().square(a.variable()));
  }

  Tensor squareRoot(Tensor a) {
    return like(a, sameDiff.math().sqrt(a.variable()));
  }

  /** 1 / sqrt(a). */
  Tensor inverseSquareRoot(Tensor a) {
    return like(a, sameDiff.math().rsqrt(a.variable()));
  }

  Tensor power(Tensor a, double exponent) {
    return like(a, sameDiff.math().pow(a.variable(), exponent));
  }

  Tensor exponential(Tensor a) {
    return like(a, sameDiff.math().exp(a.variable()));
  }

  Tensor absolute(Tensor a) {
    return like(a, sameDiff.math().abs(a.variable()));
  }

  Tensor sign(Tensor a) {
    return like(a, sameDiff.math().sign(a.variable()));
  }

  Tensor sigmoid(Tensor a) {
    return apply("sigmoid", a.shape(), new long[0], new double[0], a);
  }

  Tensor tanh(Tensor a) {
    return apply("tanh", a.shape(), new long[0], new double[0], a);
  }

  /** x where x > 0, else 0. */
  Tensor rectify(Tensor x) {
    return apply("relu", x.shape(), new long[0], new double[] {0}, x);
  }

  /** g where x > 0, else 0. */
  Tensor where(Tensor x, Tensor g) {
    return apply("relu_bp", x.shape(), new long[0], new double[] {0}, x, g);
  }

  Tensor reshape(Tensor a, long... shape) {
    long[] integers = new long[shape.length + 1];
    integers[0] = ROW_MAJOR;
    System.arraycopy(shape, 0, integers, 1, shape.length);
    return apply("reshape", shape, integers, new double[0], a);
  }

  Tensor permute(Tensor a, int... axes) {
    long[] shape = new long[axes.length];
    long[] integers = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      shape[i] = a.shape()[axes[i]];
      integers[i] = axes[i];
    }
    return apply("permute", shape, integers, new double[0], a);
  }

  Tensor concat(int axis, List<Tensor> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    long[] shape = parts.get(0).shape().clone();
    shape[axis] = parts.stream().mapToLong(part -> part.shape()[axis]).sum();
    return apply("concat", shape, new long[] {axis}, new double[0], parts.toArray(new Tensor[0]));
  }

  /** Part of one axis. */
  Tensor slice(Tensor a, int axis, long from, long to) {
    long[] begin = new long[a.shape().length];
    long[] size = a.shape().clone();
    begin[axis] = from;
    size[axis] = to - from;
    return slice(a, begin, size);
  }

  private Tensor slice(Tensor a, long[] begin, long[] size) {
    if (Arrays.equals(size, a.shape())) {
      return a;
    }
    long[] integers = Arrays.copyOf(begin, begin.length + size.length);
    System.arraycopy(size, 0, integers, begin.length, size.length);
    return apply("slice", size, integers, new double[0], a);
  }

  /**
   * Adds {@code value} around a tensor.
   *
   * @param amounts for each axis how many before and how many behind
   */
  Tensor pad(Tensor a, float value, int... amounts) {
    if (Arrays.stream(amounts).allMatch(amount -> amount == 0)) {
      return a;
    }
    int rank = a.shape().length;
    long[] shape = a.shape().clone();
    for (int i = 0; i < rank; i++) {
      shape[i] += amounts[2 * i] + amounts[2 * i + 1];
    }
    SDVariable paddings = sameDiff.constant(Nd4j.createFromArray(amounts).reshape(rank, 2));
    return apply(
        "pad", shape, new long[] {0}, new double[] {value}, a, new Tensor(paddings, rank, 2));
  }

  /**
   * Rows {@code top .. top + height} and columns {@code left .. left + width} of the planes, zero
   * where there are none behind the last.
   */
  Tensor fit(Tensor a, int top, int height, int left, int width) {
    int rows = Math.min(height, a.height() - top);
    int columns = Math.min(width, a.width() - left);
    Tensor part =
        slice(
            a,
            new long[] {0, 0, top, left},
            new long[] {a.shape()[0], a.shape()[1], rows, columns});
    return pad(part, 0, 0, 0, 0, 0, 0, height - rows, 0, width - columns);
  }
}
