package org.reverie.executor.cudnn;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Absolute;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Elu;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Prelu;
import org.reverie.executor.brain.Operation.Sigmoid;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.brain.Operation.Tanh;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.cudnn.ProgramWriter.Function;
import org.reverie.executor.cudnn.ProgramWriter.Pair;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.arena.Block;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;

/** Writes the steps that compute all values of a network. */
final class ForwardPass {
  private static final float[] NONE = new float[0];

  /** Of TF32; with 12, cuDNN's kernels for Hopper copy the picture first. */
  private static final int HOPPER_CHANNELS = 16;

  private final Network network;
  private final List<Shape> shapes;
  private final ProgramWriter writer;
  private final boolean training;
  private final boolean[] absorbed;
  private final boolean[] unsigned;
  private final Map<Integer, JoinedProducts> joined;
  private final List<List<Integer>> consumers;
  private final Tensor[] values;
  private final Map<Integer, Block> places = new HashMap<>();
  private final Map<Integer, Block> bits = new HashMap<>();
  private Program.Pixels input;
  private StrideBlocks inputRows;
  private StrideBlocks inputColumns;

  /**
   * @param shapes of the brain's layers
   * @param training whether a gradient follows
   */
  ForwardPass(Network network, List<Shape> shapes, ProgramWriter writer, boolean training) {
    this.network = network;
    this.shapes = shapes;
    this.writer = writer;
    this.training = training;
    this.absorbed = Absorbed.of(network);
    this.unsigned = Unsigned.of(network);
    this.joined = JoinedProducts.of(network, absorbed);
    this.consumers = network.consumers();
    this.values = new Tensor[network.nodes().size()];
  }

  /** Writes all steps. */
  void write() {
    for (int i = 0; i < values.length; i++) {
      compute(i);
    }
  }

  /** The input, channels that fill a pack included. */
  Program.Pixels input() {
    return input;
  }

  /** The values of a node. */
  Tensor value(int node) {
    return values[node];
  }

  /** Where the maxima of a pooling node were. */
  Block places(int node) {
    return places.get(node);
  }

  /** One bit per value of a rectified node; null where nobody needs them. */
  Block bits(int node) {
    return bits.get(node);
  }

  /** The shape of a node's values. */
  Shape shape(int node) {
    return shapes.get(network.nodes().get(node).lastLayer());
  }

  /** The same values in a block of their own, which is all that most convolutions read. */
  static Tensor dense(ProgramWriter writer, Tensor tensor, String name) {
    if (tensor.isDense()) {
      return tensor;
    }
    Tensor copy = writer.tensor(name, tensor.shape());
    writer.copy("dense " + name, tensor, 1, copy, false);
    return copy;
  }

  private boolean keepsBits(int index) {
    Node node = network.nodes().get(index);
    // Where the gradient is the rectified value itself, its derivative changes nothing.
    boolean isItsOwnGradient =
        node.slope() == 0
            && consumers.get(index).isEmpty()
            && node.targets().size() == 1
            && node.targets().get(0).weight() == 1
            && node.targets().get(0).drive() instanceof Drive.Square;
    return training && node.isRectified() && !absorbed[index] && !isItsOwnGradient;
  }

  private Block newBits(int index) {
    if (!keepsBits(index)) {
      return null;
    }
    Block block = writer.bits("bits of " + network.nodes().get(index).name(), values[index]);
    bits.put(index, block);
    return block;
  }

  private void compute(int index) {
    Node node = network.nodes().get(index);
    Operation operation = node.operation();
    if (operation instanceof Input) {
      values[index] = input(node, shape(index));
      return;
    }
    if (values[index] == null) {
      values[index] = place(index);
    }
    Tensor to = values[index];
    Tensor from = values[node.inputs().get(0)];
    String name = "forward " + node.name();
    if (operation instanceof Convolution c) {
      convolve(index, node, c, from, to);
    } else if (operation instanceof Deconvolution d) {
      deconvolve(node, d, from, to);
    } else if (operation instanceof Pooling p) {
      Block kept = null;
      if (training && p.pool() == Pool.MAX) {
        kept = writer.places("maxima of " + node.name(), p, to);
        places.put(index, kept);
      }
      int input = node.inputs().get(0);
      writer.pool(name, p, from, to, kept, absorbed[input], !unsigned[input]);
    } else if (operation instanceof GlobalPooling p) {
      Block kept = new Block("maxima of " + node.name(), 4L * to.channels());
      places.put(index, kept);
      writer.poolAll(name, p.pool(), from, to, kept);
    } else if (operation instanceof Identity) {
      writer.rectify(name, from, null, node.slope(), to, newBits(index));
    } else if (operation instanceof Lrn lrn) {
      writer.normalise(name, lrn, from, to);
    } else if (operation instanceof Eltwise e) {
      combine(index, node, e, to);
    } else if (operation instanceof Concat) {
      concatenate(node, to);
    } else if (operation instanceof Slice s) {
      writer.copy(name, from.slice(s.from(), s.to() - s.from()), 1, to, false);
    } else {
      Pointwise pointwise = Pointwise.of(operation, node.name());
      writer.apply(
          name,
          pointwise.function(),
          pointwise.numbers(),
          pointwise.first(),
          pointwise.second(),
          from,
          to);
    }
  }

  /**
   * A function of one value with its numbers.
   *
   * @param first per channel, or null
   * @param second per channel, or null
   */
  record Pointwise(Function function, float[] numbers, WeightForm first, WeightForm second) {
    static Pointwise of(Operation operation, String layer) {
      if (operation instanceof Prelu p) {
        return new Pointwise(
            Function.RECTIFIER_PER_CHANNEL, NONE, perChannel(layer, "slopes", p.slopes()), null);
      } else if (operation instanceof Elu e) {
        return new Pointwise(Function.EXPONENTIAL_LINEAR, new float[] {e.alpha()}, null, null);
      } else if (operation instanceof Sigmoid) {
        return new Pointwise(Function.SIGMOID, NONE, null, null);
      } else if (operation instanceof Tanh) {
        return new Pointwise(Function.HYPERBOLIC_TANGENT, NONE, null, null);
      } else if (operation instanceof Absolute) {
        return new Pointwise(Function.ABSOLUTE, NONE, null, null);
      } else if (operation instanceof Power p) {
        return new Pointwise(
            Function.POWER, new float[] {p.power(), p.scale(), p.shift()}, null, null);
      } else if (operation instanceof Affine a) {
        return new Pointwise(
            Function.AFFINE,
            NONE,
            perChannel(layer, "multipliers", a.multipliers()),
            perChannel(layer, "offsets", a.offsets()));
      }
      throw new AssertionError(operation);
    }

    private static WeightForm perChannel(String layer, String role, float[] values) {
      return WeightForm.perChannel(layer, role, Element.FLOAT32, values);
    }
  }

  /** In blocks if only a convolution with a stride reads it. */
  private Tensor input(Node node, Shape shape) {
    List<Integer> readers = consumers.get(0);
    Operation reader =
        readers.size() == 1 ? network.nodes().get(readers.get(0)).operation() : node.operation();
    if (reader instanceof Convolution c
        && c.group() == 1
        && c.dilationHeight() == 1
        && c.dilationWidth() == 1
        && c.strideHeight() * c.strideWidth() > 1
        && node.targets().isEmpty()
        && !network.places().contains(0)) {
      Shape out = shape(readers.get(0));
      inputRows = StrideBlocks.of(out.height(), c.kernelHeight(), c.strideHeight(), c.padHeight());
      inputColumns = StrideBlocks.of(out.width(), c.kernelWidth(), c.strideWidth(), c.padWidth());
      Tensor tensor = inputBlocks(node.name(), c, out);
      input =
          new Program.Pixels(
              tensor, c.strideHeight(), c.strideWidth(), inputRows.before(), inputColumns.before());
      return tensor;
    }
    Tensor tensor = writer.paddedTensor(node.name(), shape);
    input = new Program.Pixels(tensor, 1, 1, 0, 0);
    return tensor.slice(0, shape.channels());
  }

  /**
   * With as many channels as a block has, filled up to whole packs or to what Hopper's kernels
   * take: the one of which the library makes less copies.
   */
  private Tensor inputBlocks(String name, Convolution c, Shape out) {
    int real = c.inputs() * c.strideHeight() * c.strideWidth();
    Tensor best = null;
    long least = Long.MAX_VALUE;
    for (int filled : new int[] {writer.element().width(), HOPPER_CHANNELS}) {
      int channels = (real + filled - 1) / filled * filled;
      Tensor from =
          writer.tensor(name, new Shape(channels, inputRows.blocks(), inputColumns.blocks()));
      long bytes =
          writer.workspaceBytes(
              new Step.Convolution(
                  name,
                  blockWindow(c, channels),
                  false,
                  from,
                  blockWeights(name, c, channels),
                  WeightForm.perChannel(name, "bias", writer.element(), c.bias()),
                  true,
                  writer.tensor(name, out),
                  false));
      if (bytes < least) {
        best = from;
        least = bytes;
      }
    }
    return best;
  }

  private ConvolutionWindow blockWindow(Convolution c, int channels) {
    return new ConvolutionWindow(
        channels, c.outputs(), inputRows.taps(), inputColumns.taps(), 1, 1, 0, 0, 1, 1, 1);
  }

  private WeightForm blockWeights(String name, Convolution c, int channels) {
    return WeightForm.blocks(name, writer.element(), c, inputRows, inputColumns, channels);
  }

  private void convolve(int index, Node node, Convolution c, Tensor from, Tensor to) {
    String name = "forward " + node.name();
    Element element = writer.element();
    ConvolutionWindow window = ConvolutionWindow.of(c);
    boolean plain = node.slope() == 0;
    WeightForm bias = WeightForm.perChannel(node.name(), "bias", element, c.bias());
    Tensor source = convolutionInput(from, window, node.name());
    WeightForm weights = WeightForm.plain(node.name(), element, c, source.channels());
    JoinedProducts products = training ? joined.get(node.inputs().get(0)) : null;
    if (products != null && products.readers().contains(index)) {
      if (products.readers().get(0) == index) {
        multiply(products, source);
      }
      return;
    }
    if (window.isPointwise()) {
      writer.multiply(name, source, weights, false, bias, plain, to, false);
      if (node.isRectified() && (!plain || keepsBits(index))) {
        rectify(node, to, null, plain ? null : to, newBits(index));
      }
      return;
    }
    ConvolutionWindow padded = source.isDense() ? window.withFine(source.channels()) : window;
    if (source == input.tensor() && inputRows != null) {
      weights = blockWeights(node.name(), c, source.channels());
      padded = blockWindow(c, source.channels());
    }
    Step.Convolution step =
        new Step.Convolution(name, padded, false, source, weights, bias, plain, to, false);
    if (writer.takes(step)) {
      writer.convolve(step);
      if (node.isRectified() && (!plain || keepsBits(index))) {
        rectify(node, to, null, plain ? null : to, newBits(index));
      }
      return;
    }
    // What copies it into its slice adds the bias and rectifies on the way.
    Tensor whole = writer.tensor(node.name() + " before its concat", to.shape());
    writer.convolve(
        new Step.Convolution(name, padded, false, source, weights, null, false, whole, false));
    WeightForm wide = WeightForm.perChannel(node.name(), "bias", Element.FLOAT32, c.bias());
    writer.rectify(
        "rectifier of " + node.name(),
        whole,
        wide,
        node.isRectified() ? node.slope() : 1,
        to,
        newBits(index));
  }

  /** Products that read the same, as one; their rectifiers put each where it belongs. */
  private void multiply(JoinedProducts products, Tensor source) {
    Node first = network.nodes().get(products.readers().get(0));
    String name = "all that read " + network.nodes().get(first.inputs().get(0)).name();
    Element element = writer.element();
    Convolution c = products.product(network);
    Tensor all = writer.tensor(name, new Shape(c.outputs(), source.height(), source.width()));
    writer.multiply(
        "forward " + name,
        source,
        WeightForm.plain(name, element, c, source.channels()),
        false,
        WeightForm.perChannel(name, "bias", element, c.bias()),
        false,
        all,
        false);
    for (int reader : products.readers()) {
      if (values[reader] == null) {
        values[reader] = place(reader);
      }
      Node node = network.nodes().get(reader);
      rectify(node, products.part(all, reader), null, values[reader], newBits(reader));
    }
  }

  private void rectify(Node node, Tensor from, WeightForm bias, Tensor to, Block kept) {
    writer.rectify("rectifier of " + node.name(), from, bias, node.slope(), to, kept);
  }

  /** What a convolution reads: the input with its padding, or something dense. */
  private Tensor convolutionInput(Tensor from, ConvolutionWindow window, String name) {
    if (from.block() == input.tensor().block() && window.group() == 1) {
      return input.tensor();
    }
    return window.isPointwise() ? from : dense(writer, from, "input of " + name);
  }

  private void deconvolve(Node node, Deconvolution d, Tensor from, Tensor to) {
    Tensor source = dense(writer, from, "input of " + node.name());
    Tensor target =
        to.isDense() ? to : writer.tensor(node.name() + " before its concat", to.shape());
    writer.convolve(
        new Step.Convolution(
            "forward " + node.name(),
            ConvolutionWindow.of(d),
            true,
            source,
            WeightForm.plain(node.name(), writer.element(), d),
            WeightForm.perChannel(node.name(), "bias", writer.element(), d.bias()),
            false,
            target,
            false));
    if (target != to) {
      writer.copy("concat " + node.name(), target, 1, to, false);
    }
  }

  private void combine(int index, Node node, Eltwise eltwise, Tensor to) {
    String name = "forward " + node.name();
    List<Tensor> from = node.inputs().stream().map(this::value).toList();
    if (eltwise.combine() == Combine.SUM) {
      for (int k = 0; k < from.size(); k++) {
        writer.copy(name, from.get(k), eltwise.coefficients()[k], to, k > 0);
      }
    } else if (from.size() == 1) {
      writer.copy(name, from.get(0), 1, to, false);
    } else {
      Pair pair = eltwise.combine() == Combine.PRODUCT ? Pair.PRODUCT : Pair.MAXIMUM;
      writer.combine(name, pair, from.get(0), from.get(1), to);
      for (int k = 2; k < from.size(); k++) {
        writer.combine(name, pair, to, from.get(k), to);
      }
    }
    if (node.isRectified()) {
      rectify(node, to, null, to, newBits(index));
    }
  }

  private void concatenate(Node node, Tensor to) {
    int channel = 0;
    for (int input : node.inputs()) {
      Tensor from = values[input];
      if (from.block() != to.block()) {
        writer.copy("concat " + node.name(), from, 1, to.slice(channel, from.channels()), false);
      }
      channel += from.channels();
    }
  }

  /** A block of its own, or the slice of the only concat that reads it. */
  private Tensor place(int index) {
    Node node = network.nodes().get(index);
    boolean onlyConcatenated =
        consumers.get(index).size() == 1
            && node.targets().isEmpty()
            && !network.places().contains(index)
            && !(node.operation() instanceof Concat);
    if (onlyConcatenated) {
      int next = consumers.get(index).get(0);
      Node concat = network.nodes().get(next);
      if (concat.operation() instanceof Concat) {
        if (values[next] == null) {
          values[next] = writer.tensor(concat.name(), shape(next));
        }
        int channel = 0;
        for (int input : concat.inputs()) {
          if (input == index) {
            break;
          }
          channel += shape(input).channels();
        }
        return values[next].slice(channel, shape(index).channels());
      }
    }
    return writer.tensor(node.name(), shape(index));
  }
}
