package org.reverie.executor.cudnn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Deconvolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.cudnn.ForwardPass.Pointwise;
import org.reverie.executor.cudnn.Program.Pixels;
import org.reverie.executor.cudnn.ProgramWriter.Pair;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;

/**
 * Writes the steps that compute the gradient at the input. A value's gradient is pulled together
 * from all that read the value, when all of theirs are known; every kernel and library call can add
 * to what is there.
 */
final class BackwardPass {
  /** Strides of the first convolution that a block of the input's gradient has at most. */
  private static final int LARGEST_STEP = 4;

  /** Channels that a tensor core's tile makes at once, whether they are needed or not. */
  private static final int TILE_CHANNELS = 32;

  private final Network network;
  private final ForwardPass forward;
  private final ProgramWriter writer;
  private final BiFunction<Integer, Shape, Centres> centres;
  private final boolean[] absorbed;
  private final List<List<Integer>> consumers;
  private final Gradient[] gradients;
  private final Map<Integer, JoinedProducts> joined;

  /** By what they read: the gradients of joined products, beside each other. */
  private final Map<Integer, Tensor> besides = new HashMap<>();

  /**
   * @param centres where the positions of a layer look, by layer and shape
   */
  BackwardPass(
      Network network,
      ForwardPass forward,
      ProgramWriter writer,
      BiFunction<Integer, Shape, Centres> centres) {
    this.centres = centres;
    this.network = network;
    this.forward = forward;
    this.writer = writer;
    this.absorbed = Absorbed.of(network);
    this.joined = JoinedProducts.of(network, absorbed);
    this.consumers = network.consumers();
    this.gradients = new Gradient[network.nodes().size()];
  }

  /**
   * A complete gradient.
   *
   * @param owned whether nobody else reads the tensor, so that it may be changed
   */
  private record Gradient(Tensor tensor, boolean owned) {}

  /**
   * A part of a gradient that somewhere exists already.
   *
   * @param rectified whether the derivative of a plain rectifier would change nothing
   */
  private record Existing(Tensor tensor, boolean owned, boolean rectified) {}

  /** A part that must be computed. */
  private interface Adding {
    void write(Tensor to, boolean accumulate);
  }

  private static final class Parts {
    final List<Existing> existing = new ArrayList<>();
    final List<Adding> adding = new ArrayList<>();
  }

  /** Writes all steps. */
  Pixels write() {
    for (int i = gradients.length - 1; i > 0; i--) {
      gradients[i] = complete(i, parts(i));
    }
    Pixels blocks = inputInBlocks();
    if (blocks != null) {
      return blocks;
    }
    Tensor padded = writer.paddedTensor("gradient of the input", forward.shape(0));
    add(parts(0), "the input", padded.slice(0, forward.shape(0).channels()), false);
    return new Pixels(padded, 1, 1, 0, 0);
  }

  /** The first convolution's own form, if there is one convolution and nothing else. */
  private Pixels inputInBlocks() {
    List<Integer> readers = consumers.get(0);
    if (readers.size() != 1 || !network.nodes().get(0).targets().isEmpty()) {
      return null;
    }
    int reader = readers.get(0);
    Node node = network.nodes().get(reader);
    if (!(node.operation() instanceof Convolution c)
        || c.group() != 1
        || c.dilationHeight() != 1
        || c.dilationWidth() != 1) {
      return null;
    }
    Pixels hanging = inputInBlocks(node, c, reader, true);
    return hanging != null ? hanging : inputInBlocks(node, c, reader, false);
  }

  /** Null if the device does not take what hangs over the end. */
  private Pixels inputInBlocks(Node node, Convolution c, int reader, boolean hanging) {
    Shape in = forward.shape(0);
    Shape out = forward.shape(reader);
    InputBlocks rows = null;
    InputBlocks columns = null;
    double least = Double.MAX_VALUE;
    for (int step = 1; step <= LARGEST_STEP; step++) {
      InputBlocks y =
          InputBlocks.of(
              in.height(),
              out.height(),
              c.kernelHeight(),
              c.strideHeight(),
              c.padHeight(),
              step,
              hanging);
      InputBlocks x =
          InputBlocks.of(
              in.width(),
              out.width(),
              c.kernelWidth(),
              c.strideWidth(),
              c.padWidth(),
              step,
              hanging);
      int channels = InputBlocks.channels(y, x, in.channels(), writer.element());
      double tiles = (channels + TILE_CHANNELS - 1) / TILE_CHANNELS * TILE_CHANNELS;
      double cost = y.taps() * x.taps() * tiles / (y.block() * x.block());
      if (cost < least) {
        rows = y;
        columns = x;
        least = cost;
      }
    }
    int channels = InputBlocks.channels(rows, columns, in.channels(), writer.element());
    Tensor to =
        writer.tensor(
            "gradient of the input", new Shape(channels, rows.blocks(), columns.blocks()));
    ConvolutionWindow window =
        new ConvolutionWindow(
            c.outputs(),
            channels,
            rows.taps(),
            columns.taps(),
            rows.step(),
            columns.step(),
            rows.pad(),
            columns.pad(),
            1,
            1,
            1);
    String name = "backward " + node.name();
    Tensor from = gradients[reader].tensor();
    WeightForm weights = WeightForm.blocks(node.name(), writer.element(), c, rows, columns);
    Step.Convolution step =
        new Step.Convolution(name, window, false, from, weights, null, false, to, false);
    if (!writer.takes(step)) {
      if (hanging) {
        return null;
      }
      Tensor copy = dense(from, node);
      step = new Step.Convolution(name, window, false, copy, weights, null, false, to, false);
    }
    writer.convolve(step);
    return new Pixels(to, rows.block(), columns.block(), rows.skipped(), columns.skipped());
  }

  private Gradient complete(int index, Parts parts) {
    Node node = network.nodes().get(index);
    boolean masked = node.isRectified() && !absorbed[index];
    if (parts.adding.isEmpty() && parts.existing.size() == 1) {
      Existing only = parts.existing.get(0);
      if (!masked || (only.rectified() && node.slope() == 0)) {
        return new Gradient(only.tensor(), only.owned());
      }
      // What a convolution reads must be dense, and a copy costs no more than a change in place.
      boolean inPlace = only.owned() && (only.tensor().isDense() || node.isPointwiseConvolution());
      Tensor own = inPlace ? only.tensor() : null;
      return unrectified(index, node, only.tensor(), own);
    }
    Tensor to = sum(index, node, parts);
    return masked ? unrectified(index, node, to, to) : new Gradient(to, true);
  }

  /** Where it is joined with others if it is to be, else in place of {@code own} if that may be. */
  private Gradient unrectified(int index, Node node, Tensor from, Tensor own) {
    Tensor part = besideOthers(index, node);
    Tensor to = part != null ? part : own != null ? own : fresh(node, index);
    unrectify(index, node, from, to);
    return new Gradient(to, true);
  }

  /** Its place among the gradients of products that are joined with it; null without any. */
  private Tensor besideOthers(int index, Node node) {
    int read = node.inputs().get(0);
    JoinedProducts products = joined.get(read);
    if (products == null || !products.readers().contains(index)) {
      return null;
    }
    Tensor all =
        besides.computeIfAbsent(
            read,
            input -> {
              Shape shape = forward.shape(index);
              return writer.tensor(
                  "gradients of what reads " + network.nodes().get(input).name(),
                  new Shape(products.channels(), shape.height(), shape.width()));
            });
    return products.part(all, index);
  }

  private void unrectify(int index, Node node, Tensor from, Tensor to) {
    writer.unrectify("rectifier back " + node.name(), from, forward.bits(index), node.slope(), to);
  }

  /** All parts in one tensor: one that exists and belongs to nobody else, or a new one. */
  private Tensor sum(int index, Node node, Parts parts) {
    for (Existing part : parts.existing) {
      if (part.owned() && part.tensor().isDense()) {
        parts.existing.remove(part);
        add(parts, node.name(), part.tensor(), true);
        return part.tensor();
      }
    }
    Tensor to = fresh(node, index);
    add(parts, node.name(), to, false);
    return to;
  }

  private void add(Parts parts, String name, Tensor to, boolean started) {
    boolean accumulate = started;
    for (Existing part : parts.existing) {
      writer.copy("sum at " + name, part.tensor(), 1, to, accumulate);
      accumulate = true;
    }
    for (Adding part : parts.adding) {
      part.write(to, accumulate);
      accumulate = true;
    }
    if (!accumulate) {
      throw new AssertionError(name + " has no gradient");
    }
  }

  private Parts parts(int index) {
    Parts parts = new Parts();
    for (Target target : network.nodes().get(index).targets()) {
      drive(index, target, parts);
    }
    JoinedProducts products = joined.get(index);
    if (products != null) {
      String name = network.nodes().get(index).name();
      Convolution all = products.product(network);
      WeightForm weights =
          WeightForm.plain("all that read " + name, writer.element(), all, all.inputs());
      parts.adding.add(
          (to, accumulate) ->
              writer.multiply(
                  "backward to " + name,
                  besides.get(index),
                  weights,
                  true,
                  null,
                  false,
                  to,
                  accumulate));
    }
    for (int reader : consumers.get(index).stream().distinct().toList()) {
      if (products != null && products.readers().contains(reader)) {
        continue;
      }
      List<Integer> inputs = network.nodes().get(reader).inputs();
      for (int k = 0; k < inputs.size(); k++) {
        if (inputs.get(k) == index) {
          pull(index, reader, k, parts);
        }
      }
    }
    return parts;
  }

  private void drive(int index, Target target, Parts parts) {
    Tensor value = forward.value(index);
    Node node = network.nodes().get(index);
    String name = "objective at " + node.name();
    if (target.drive() instanceof Drive.Guide guide) {
      parts.adding.add(
          (to, accumulate) ->
              writer.guide(
                  name,
                  node.name(),
                  guide,
                  target.weight(),
                  centres.apply(target.layer(), value.shape()),
                  value,
                  to,
                  accumulate));
    } else if (target.drive() instanceof Drive.Channels channels) {
      parts.adding.add(
          (to, accumulate) ->
              writer.channels(name, node.name(), channels, target.weight(), value, to, accumulate));
    } else if (!(target.drive() instanceof Drive.Square)) {
      throw new AssertionError(target.drive());
    } else if (target.weight() == 1) {
      parts.existing.add(new Existing(value, false, true));
    } else {
      parts.adding.add(
          (to, accumulate) -> writer.copy(name, value, target.weight(), to, accumulate));
    }
  }

  /** Adds the part of a value's gradient that comes through input {@code k} of {@code reader}. */
  private void pull(int index, int reader, int k, Parts parts) {
    Node node = network.nodes().get(reader);
    Operation operation = node.operation();
    Gradient gradient = gradients[reader];
    String name = "backward " + node.name();
    if (operation instanceof Identity) {
      parts.existing.add(new Existing(gradient.tensor(), gradient.owned(), false));
    } else if (operation instanceof Concat) {
      int channel = 0;
      for (int i = 0; i < k; i++) {
        channel += forward.shape(node.inputs().get(i)).channels();
      }
      parts.existing.add(
          new Existing(
              gradient.tensor().slice(channel, forward.value(index).channels()),
              gradient.owned(),
              false));
    } else if (operation instanceof Eltwise e && e.combine() == Combine.SUM) {
      float coefficient = e.coefficients()[k];
      if (coefficient == 1) {
        parts.existing.add(new Existing(gradient.tensor(), false, false));
      } else {
        parts.adding.add(
            (to, accumulate) -> writer.copy(name, gradient.tensor(), coefficient, to, accumulate));
      }
    } else {
      parts.adding.add(
          (to, accumulate) -> compute(node, index, reader, k, gradient.tensor(), to, accumulate));
    }
  }

  private void compute(
      Node node, int index, int reader, int k, Tensor from, Tensor to, boolean accumulate) {
    Operation operation = node.operation();
    String name = "backward " + node.name();
    Tensor value = forward.value(index);
    if (operation instanceof Convolution c) {
      convolveBack(node, c, from, to, accumulate);
    } else if (operation instanceof Deconvolution d) {
      Tensor target = to.isDense() ? to : writer.tensor("part of " + name, to.shape());
      writer.convolve(
          new Step.Convolution(
              name,
              ConvolutionWindow.of(d),
              false,
              dense(from, node),
              WeightForm.plain(node.name(), writer.element(), d),
              null,
              false,
              target,
              accumulate && target == to));
      deliver(name, target, to, accumulate);
    } else if (operation instanceof Pooling p) {
      writer.poolBack(name, p, from, forward.places(reader), to, accumulate);
    } else if (operation instanceof GlobalPooling p) {
      writer.poolAllBack(name, p.pool(), from, forward.places(reader), to, accumulate);
    } else if (operation instanceof Lrn lrn) {
      writer.normaliseBack(name, lrn, value, from, to, absorbed[index], accumulate);
    } else if (operation instanceof Eltwise e) {
      combineBack(node, e, k, from, to, accumulate);
    } else if (operation instanceof Slice s) {
      if (!accumulate) {
        writer.zero(name, to);
      }
      writer.copy(name, from, 1, to.slice(s.from(), s.to() - s.from()), true);
    } else {
      Pointwise pointwise = Pointwise.of(operation, node.name());
      writer.applyBack(
          name,
          pointwise.function(),
          pointwise.numbers(),
          pointwise.first(),
          value,
          from,
          to,
          accumulate);
    }
  }

  private void convolveBack(Node node, Convolution c, Tensor from, Tensor to, boolean accumulate) {
    String name = "backward " + node.name();
    Element element = writer.element();
    ConvolutionWindow window = ConvolutionWindow.of(c);
    if (window.isPointwise()) {
      WeightForm weights = WeightForm.plain(node.name(), element, c, c.inputs());
      writer.multiply(name, from, weights, true, null, false, to, accumulate);
      return;
    }
    boolean reversible = window.isReversible();
    ConvolutionWindow used = reversible ? window.reversed(c.inputs()) : window;
    WeightForm weights =
        reversible
            ? WeightForm.reversed(node.name(), element, c, c.inputs())
            : WeightForm.plain(node.name(), element, c, c.inputs());
    Step.Convolution step =
        new Step.Convolution(name, used, !reversible, from, weights, null, false, to, accumulate);
    if (writer.takes(step)) {
      writer.convolve(step);
      return;
    }
    Tensor target = to.isDense() ? to : writer.tensor("part of " + name, to.shape());
    boolean adds = accumulate && target == to;
    Tensor copy = dense(from, node);
    writer.convolve(
        new Step.Convolution(name, used, !reversible, copy, weights, null, false, target, adds));
    deliver(name, target, to, accumulate);
  }

  private void deliver(String name, Tensor part, Tensor to, boolean accumulate) {
    if (part != to) {
      writer.copy(name, part, 1, to, accumulate);
    }
  }

  /** The gradient of a product or maximum at input {@code k}; on ties the first input takes it. */
  private void combineBack(
      Node node, Eltwise eltwise, int k, Tensor from, Tensor to, boolean accumulate) {
    String name = "backward " + node.name();
    List<Tensor> inputs = node.inputs().stream().map(forward::value).toList();
    Tensor own = inputs.get(k);
    Tensor part = accumulate ? writer.tensor("part of " + name, to.shape()) : to;
    writer.copy(name, from, 1, part, false);
    for (int other = 0; other < inputs.size(); other++) {
      if (other == k) {
        continue;
      }
      Pair pair =
          eltwise.combine() == Combine.PRODUCT
              ? Pair.PRODUCT_WITH_RESULT
              : other < k ? Pair.LOST_IF_NOT_LARGER : Pair.LOST_IF_SMALLER;
      writer.combine(name, pair, own, inputs.get(other), part);
    }
    if (part != to) {
      writer.copy(name, part, 1, to, true);
    }
  }

  private Tensor dense(Tensor tensor, Node node) {
    return ForwardPass.dense(writer, tensor, "gradient of " + node.name());
  }

  private Tensor fresh(Node node, int index) {
    return writer.tensor("gradient of " + node.name(), forward.shape(index));
  }
}
