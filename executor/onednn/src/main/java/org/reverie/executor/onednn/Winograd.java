package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_weights_md;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.arena.Block;
import org.reverie.executor.onednn.Step.Call;
import org.reverie.executor.onednn.Step.Kernel;
import org.reverie.executor.onednn.Step.Place;
import org.reverie.executor.onednn.Step.Role;
import org.reverie.executor.onednn.Step.Run;
import org.reverie.executor.onednn.WeightStore.Form;
import org.reverie.executor.onednn.WeightStore.Source;

/**
 * Convolutions with kernels of three rows by half the multiplications: Winograd's F(4, 3) along the
 * rows alone (S. Winograd, Arithmetic Complexity of Computations, 1980; for networks A. Lavin and
 * S. Gray, Fast Algorithms for Convolutional Neural Networks, 2016).
 *
 * <p>Four rows of the output need six of the input. Six sums of these rows, each of them convolved
 * along the columns alone with a kernel of one row, give six rows of which the four are sums again:
 * 6 kernel rows in place of 12. Along rows the sums are of whole lines, columns times channels in
 * one piece, so that all three steps are primitives of oneDNN: a matrix product of 6 x 6 numbers, a
 * convolution, and a matrix product of 4 x 6 numbers with everything that follows the convolution.
 * What lies between them stays in the processor's cache, a strip of lines at a time.
 *
 * <p>On one thread of a processor with AVX-512, layers of 64 to 512 channels take 1.55 to 1.84
 * times as long by oneDNN's direct primitive; the result is off by 7e-7 to 1.7e-6 of its norm.
 */
final class Winograd {
  /** Rows of the output that a tile makes. */
  static final int OUTPUTS = 4;

  /** Rows of the input that it needs, and products between. */
  static final int POINTS = 6;

  private static final int KERNEL_ROWS = 3;

  /** The point 1, whose product is in every row of the output once: the bias belongs there. */
  private static final int UNIT_POINT = 1;

  /** From rows of the input to points, for interpolation at 0, 1, -1, 2, -2 and infinity. */
  private static final float[][] TO_POINTS = {
    {4, 0, -5, 0, 1, 0},
    {0, -4, -4, 1, 1, 0},
    {0, 4, -4, -1, 1, 0},
    {0, -2, -1, 2, 1, 0},
    {0, 2, -1, -2, 1, 0},
    {0, 4, 0, -5, 0, 1},
  };

  /** From rows of the kernel to points. */
  private static final double[][] KERNEL_TO_POINTS = {
    {1 / 4.0, 0, 0},
    {-1 / 6.0, -1 / 6.0, -1 / 6.0},
    {-1 / 6.0, 1 / 6.0, -1 / 6.0},
    {1 / 24.0, 1 / 12.0, 1 / 6.0},
    {1 / 24.0, -1 / 12.0, 1 / 6.0},
    {0, 0, 1},
  };

  /** From points to rows of the output. */
  private static final float[][] FROM_POINTS = {
    {1, 1, 1, 1, 1, 0},
    {0, 1, -1, 2, -2, 0},
    {0, 1, 1, 4, 4, 0},
    {0, 1, -1, 8, -8, 1},
  };

  /**
   * What a strip may take between the steps: any size between half and the whole of a core's second
   * cache was as fast, and beyond it as long as the third holds it.
   */
  private static final long STRIP_BYTES = 2 << 20;

  /**
   * Sums of lines cost as much per value as {@code inputs x outputs / (inputs + outputs)} = 10
   * products save; 12.8 (16 and 64 channels) gained a tenth, 21 (32 and 64) two fifths.
   */
  private static final long LEAST_GAIN = 12;

  /**
   * Here 45 microseconds of two threads are saved, about what waking a thread takes. Whole
   * gradients of 192 x 192 px, where many convolutions are near it, still gained 6 %.
   */
  private static final double LEAST_OPERATIONS = 20e6;

  private final NativeScope scope;
  private final PlannedConvolution c;
  private final int tiles;
  private final int stripTiles;
  private final long lineIn;
  private final long lineOut;

  /** From one point to the next between the steps, before and behind the convolution. */
  private final long pitchIn;

  private final long pitchOut;
  private final long betweenBytes;
  private final List<Kernel> kernels = new ArrayList<>();
  private final Map<Object, Integer> kernelIndices = new HashMap<>();
  private final Map<Object, Form> forms = new HashMap<>();
  private long scratchpadBytes;

  private Winograd(NativeScope scope, PlannedConvolution c, int lanes) {
    this.scope = scope;
    this.c = c;
    tiles = (c.to().shape().height() + OUTPUTS - 1) / OUTPUTS;
    lineIn = (long) c.from().shape().width() * c.from().shape().channels();
    lineOut = (long) c.to().shape().width() * c.to().shape().channels();
    long tileBytes = Float.BYTES * POINTS * (lineIn + lineOut);
    int most = Math.max(1, tiles / (2 * lanes));
    stripTiles = evenly((int) Math.max(1, Math.min(most, STRIP_BYTES / tileBytes)));
    pitchIn = stripTiles * lineIn;
    pitchOut = stripTiles * lineOut;
    betweenBytes = ArenaPool.LAYOUT.aligned(stripTiles * tileBytes);
  }

  /** So many tiles that the last strip is like the others, if that takes no more than half. */
  private int evenly(int most) {
    for (int count = most; count > most / 2; count--) {
      if (tiles % count == 0) {
        return count;
      }
    }
    return most;
  }

  /** Whether it can compute a convolution, and faster. */
  static boolean takes(PlannedConvolution c) {
    long inputs = c.from().shape().channels();
    long outputs = c.to().shape().channels();
    return c.dims().length == 4
        && c.from().element() == Element.FLOAT32
        && c.dims()[2] == KERNEL_ROWS
        && c.strides()[0] == 1
        && c.dilations()[0] == 0
        && c.padsBefore()[0] < KERNEL_ROWS
        && c.padsAfter()[0] < KERNEL_ROWS
        && c.from().isDense()
        && c.to().isDense()
        && inputs * outputs >= LEAST_GAIN * (inputs + outputs)
        && c.to().shape().height() >= OUTPUTS
        && 2.0 * c.to().positions() * inputs * outputs * c.dims()[2] * c.dims()[3]
            >= LEAST_OPERATIONS;
  }

  /**
   * The step that computes a convolution. To be described by a thread of the library that runs
   * primitives alone, as the lanes do.
   *
   * @param lanes threads that take strips
   */
  static Step.Strips describe(NativeScope scope, PlannedConvolution c, int lanes) {
    Winograd winograd = new Winograd(scope, c, lanes);
    List<Run> runs = winograd.runs();
    long laneBytes = winograd.betweenBytes + ArenaPool.LAYOUT.aligned(winograd.scratchpadBytes);
    return new Step.Strips(
        c.name(),
        List.copyOf(winograd.kernels),
        runs,
        new Block("strips of " + c.name(), Math.multiplyExact(laneBytes, (long) lanes)),
        laneBytes);
  }

  /** Strips that follow one another and differ in nothing but where they are are one run. */
  private List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (int first = 0; first < tiles; ) {
      List<Tile> strip = strip(first);
      int next = first + strip.size();
      while (next < tiles && strip(next).equals(strip)) {
        next += strip.size();
      }
      int count = (next - first) / strip.size();
      runs.add(new Run(count, calls(first, strip)));
      first = next;
    }
    return List.copyOf(runs);
  }

  /** The tiles of the strip that begins with tile {@code first}. */
  private List<Tile> strip(int first) {
    return IntStream.range(first, Math.min(tiles, first + stripTiles))
        .mapToObj(this::tile)
        .toList();
  }

  /**
   * What there is of a tile. Rows beyond the input's edges are zero and left out.
   *
   * @param skipped rows that it lacks above
   * @param rows of the input
   * @param outputs rows of the output
   */
  private record Tile(int skipped, int rows, int outputs) {}

  private Tile tile(int index) {
    int begin = OUTPUTS * index - (int) c.padsBefore()[0];
    int row = Math.max(0, begin);
    return new Tile(
        row - begin,
        Math.min(c.from().shape().height(), begin + POINTS) - row,
        Math.min(OUTPUTS, c.to().shape().height() - OUTPUTS * index));
  }

  /**
   * Everything for a strip.
   *
   * @param first of its tiles
   */
  private List<Call> calls(int first, List<Tile> strip) {
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < strip.size(); i++) {
      calls.add(intoPoints(first + i, i, strip.get(i)));
    }
    for (int point = 0; point < POINTS; point++) {
      calls.add(alongColumns(point, strip.size()));
    }
    for (int i = 0; i < strip.size(); i++) {
      calls.add(outOfPoints(first + i, i, strip.get(i)));
    }
    return List.copyOf(calls);
  }

  /** Sums of a tile's rows of the input. */
  private Call intoPoints(int index, int indexInStrip, Tile tile) {
    int rows = tile.rows();
    Form sums = constant("rows to points", TO_POINTS, POINTS, tile.skipped(), rows);
    int kernel =
        kernel(
            List.of("rows to points", rows),
            () -> product(POINTS, rows, lineIn, lineIn, pitchIn, scope.attributes(), null));
    int row = OUTPUTS * index - (int) c.padsBefore()[0] + tile.skipped();
    return new Call(
        kernel,
        List.of(
            scratchpad(),
            new Place.Shared(sums),
            line(c.from(), row),
            between(indexInStrip * lineIn)));
  }

  /** At one point, the lines of all tiles with a kernel of one row. */
  private Call alongColumns(int point, int count) {
    int kernel = kernel(List.of("along columns", count), () -> convolution(count));
    List<Place> places = new ArrayList<>();
    places.add(scratchpad());
    places.add(between(point * pitchIn));
    places.add(new Place.Shared(kernelAt(point)));
    places.add(between(POINTS * pitchIn + point * pitchOut));
    c.bias()
        .ifPresent(bias -> places.add(new Place.Shared(point == UNIT_POINT ? bias : nothing())));
    return new Call(kernel, List.copyOf(places));
  }

  /** A tile's rows of the output, and what follows the convolution. */
  private Call outOfPoints(int index, int indexInStrip, Tile tile) {
    int row = OUTPUTS * index;
    int rows = tile.outputs();
    Form sums = constant("points to rows", FROM_POINTS, rows, 0, POINTS);
    int kernel =
        kernel(
            List.of("points to rows", rows),
            () -> {
              dnnl_memory_desc lines =
                  scope.strided(new long[] {rows, lineOut}, new long[] {lineOut, 1});
              return product(
                  rows,
                  POINTS,
                  lineOut,
                  pitchOut,
                  lineOut,
                  c.following().attributes(scope, lines),
                  lines);
            });
    List<Place> places = new ArrayList<>();
    places.add(scratchpad());
    places.add(new Place.Shared(sums));
    places.add(between(POINTS * pitchIn + indexInStrip * lineOut));
    places.add(line(c.to(), row));
    c.following().addend().ifPresent(addend -> places.add(line(addend, row)));
    return new Call(kernel, List.copyOf(places));
  }

  private int kernel(Object key, Supplier<Kernel> description) {
    Integer index = kernelIndices.get(key);
    if (index == null) {
      index = kernels.size();
      kernels.add(description.get());
      kernelIndices.put(key, index);
    }
    return index;
  }

  /**
   * A small matrix times lines.
   *
   * @param rows of the matrix and of the result
   * @param columns of the matrix, lines that are read
   * @param length of a line
   * @param pitchIn from one line that is read to the next
   * @param pitchOut from one line that is written to the next
   * @param addend how lies what {@code attributes} add, if anything
   */
  private Kernel product(
      int rows,
      int columns,
      long length,
      long pitchIn,
      long pitchOut,
      dnnl_primitive_attr attributes,
      dnnl_memory_desc addend) {
    dnnl_memory_desc matrix = scope.rowMajor(rows, columns);
    dnnl_memory_desc in = scope.strided(new long[] {columns, length}, new long[] {pitchIn, 1});
    dnnl_memory_desc out = scope.strided(new long[] {rows, length}, new long[] {pitchOut, 1});
    dnnl_primitive_desc desc =
        scope.describe(
            c.name(),
            result ->
                dnnl_matmul_primitive_desc_create(
                    result, Library.get().engine(), matrix, in, null, out, attributes));
    List<Role> roles = new ArrayList<>();
    roles.add(scratchpadOf(desc));
    roles.add(new Role(DNNL_ARG_SRC, matrix));
    roles.add(new Role(DNNL_ARG_WEIGHTS, in));
    roles.add(new Role(DNNL_ARG_DST, out));
    if (addend != null && c.following().addend().isPresent()) {
      roles.add(new Role(PlannedConvolution.Following.ADDEND, addend));
    }
    return new Kernel(desc, List.copyOf(roles));
  }

  private Kernel convolution(int count) {
    dnnl_memory_desc source = lines(c.from(), count);
    dnnl_memory_desc target = lines(c.to(), count);
    dnnl_memory_desc weights = scope.any(c.dims()[0], c.dims()[1], 1, c.dims()[3]);
    dnnl_memory_desc bias = c.bias().isPresent() ? scope.rowMajor(c.dims()[0]) : null;
    dnnl_primitive_attr attributes = scope.attributes();
    dnnl_primitive_desc desc =
        scope.describe(
            c.name(),
            out ->
                dnnl_convolution_forward_primitive_desc_create(
                    out,
                    Library.get().engine(),
                    dnnl_forward_inference,
                    dnnl_convolution_direct,
                    source,
                    weights,
                    bias,
                    target,
                    new long[] {1, c.strides()[1]},
                    new long[] {0, c.dilations()[1]},
                    new long[] {0, c.padsBefore()[1]},
                    new long[] {0, c.padsAfter()[1]},
                    attributes));
    List<Role> roles = new ArrayList<>();
    roles.add(scratchpadOf(desc));
    roles.add(new Role(DNNL_ARG_SRC, source));
    roles.add(
        new Role(DNNL_ARG_WEIGHTS, dnnl_primitive_desc_query_md(desc, dnnl_query_weights_md, 0)));
    roles.add(new Role(DNNL_ARG_DST, target));
    if (bias != null) {
      roles.add(new Role(DNNL_ARG_BIAS, bias));
    }
    return new Kernel(desc, List.copyOf(roles));
  }

  /** So many lines between the steps, as a picture. */
  private dnnl_memory_desc lines(Tensor tensor, int count) {
    return Tensor.alone(
            tensor.block().name(),
            tensor.element(),
            new Shape(tensor.shape().channels(), count, tensor.shape().width()))
        .picture(scope);
  }

  private Role scratchpadOf(dnnl_primitive_desc desc) {
    dnnl_memory_desc scratchpad = dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);
    scratchpadBytes = Math.max(scratchpadBytes, dnnl_memory_desc_get_size(scratchpad));
    return new Role(DNNL_ARG_SCRATCHPAD, scratchpad);
  }

  private Place scratchpad() {
    return new Place.Lane(betweenBytes);
  }

  private static Place between(long values) {
    return new Place.Lane(values * Float.BYTES);
  }

  /** A line of a picture, which in the next strip is as many rows further as that begins. */
  private Place line(Tensor tensor, int row) {
    long rowBytes = (long) tensor.shape().width() * tensor.pitch() * Float.BYTES;
    return new Place.Moving(
        tensor.block(), tensor.offsetBytes() + row * rowBytes, OUTPUTS * stripTiles * rowBytes);
  }

  /** A part of a matrix of numbers. */
  private Form constant(String role, float[][] matrix, int rows, int firstColumn, int columns) {
    return form(
        List.of(role, rows, firstColumn, columns),
        () -> {
          float[] values = new float[rows * columns];
          for (int i = 0; i < rows; i++) {
            System.arraycopy(matrix[i], firstColumn, values, i * columns, columns);
          }
          return new Source(values, new long[] {rows, columns}, new long[] {columns, 1});
        });
  }

  /** The kernel's rows at a point: outputs x inputs x 1 x columns. */
  private Form kernelAt(int point) {
    return form(
        List.of("winograd", c.weights().role(), point),
        () -> atPoint(c.weights().source().get(), KERNEL_TO_POINTS[point]));
  }

  /** No bias, for the points at which there is none: one primitive for all points. */
  private Form nothing() {
    int outputs = (int) c.dims()[0];
    return form(
        "no bias", () -> new Source(new float[outputs], new long[] {outputs}, new long[] {1}));
  }

  private Form form(Object role, Supplier<Source> source) {
    return forms.computeIfAbsent(
        role, key -> new Form(c.weights().layer(), c.weights().lastLayer(), key, source));
  }

  /** Sums of the rows of a kernel, in double precision. */
  private static Source atPoint(Source kernel, double[] factors) {
    int outputs = (int) kernel.dims()[0];
    int inputs = (int) kernel.dims()[1];
    int columns = (int) kernel.dims()[3];
    long[] strides = kernel.strides();
    float[] values = new float[outputs * inputs * columns];
    int next = 0;
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        for (int x = 0; x < columns; x++) {
          double sum = 0;
          for (int y = 0; y < KERNEL_ROWS; y++) {
            sum +=
                factors[y]
                    * kernel
                        .values()[
                        (int) (o * strides[0] + i * strides[1] + y * strides[2] + x * strides[3])];
          }
          values[next++] = (float) sum;
        }
      }
    }
    return new Source(
        values,
        new long[] {outputs, inputs, 1, columns},
        new long[] {(long) inputs * columns, columns, columns, 1});
  }
}
