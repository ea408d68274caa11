package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_abs;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_elu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_logistic;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_tanh;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
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
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Prelu;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Operation.Sigmoid;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.brain.Operation.Tanh;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;
import org.reverie.executor.onednn.Program.InputGradient;

/**
 * Writes the steps that compute the gradient at the input. A value's gradient is pulled together
 * from all that read the value, when all of theirs are known: what must write goes first, what can
 * add follows, and the rectifier's derivative comes last.
 */
final class BackwardPass {
  /** Strides of the first convolution that a block of the input's gradient has at most. */
  private static final int LARGEST_STEP = 4;

  /** Channels of which blocks are worth the copy behind them: a picture made smaller, say. */
  private static final int FEW_CHANNELS = 4;

  private final Network network;
  private final ForwardPass forward;
  private final ProgramWriter writer;
  private final BiFunction<Integer, Shape, Centres> centres;
  private final float[] masks;
  private final List<List<Integer>> consumers;
  private final Gradient[] gradients;

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
    this.masks = Masks.of(network);
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

  /** A part that can be added to others. */
  private interface Adding {
    void write(Tensor to, boolean accumulate);
  }

  /** Everything that a value's gradient consists of. */
  private static final class Parts {
    final List<Consumer<Tensor>> writing = new ArrayList<>();
    final List<Existing> existing = new ArrayList<>();
    final List<Adding> adding = new ArrayList<>();

    int size() {
      return writing.size() + existing.size() + adding.size();
    }
  }

  /**
   * Writes all steps.
   *
   * @return what the input's gradient is the sum of
   */
  List<InputGradient> write() {
    for (int i = gradients.length - 1; i > 0; i--) {
      gradients[i] = complete(i, parts(i, Set.of()));
    }
    List<InputGradient> sum = new ArrayList<>();
    Set<Integer> apart = new HashSet<>();
    for (int reader : consumers.get(0)) {
      Blocks blocks = blocks(reader);
      if (blocks != null) {
        sum.add(inBlocks(reader, blocks));
        apart.add(reader);
      }
    }
    Parts rest = parts(0, apart);
    if (rest.size() > 0 || sum.isEmpty()) {
      sum.add(new InputGradient(complete(0, rest).tensor(), 1, 1));
    }
    return sum;
  }

  /** A convolution's form of its own, along both axes. */
  private record Blocks(StridedGradient rows, StridedGradient columns) {}

  /** The cheapest form in blocks of a convolution's gradient, or null if there is none. */
  private Blocks blocks(int reader) {
    Node node = network.nodes().get(reader);
    if (!(node.operation() instanceof Convolution c)
        || c.group() != 1
        || c.dilationHeight() != 1
        || c.dilationWidth() != 1) {
      return null;
    }
    Shape input = forward.shape(node.inputs().get(0));
    Shape output = forward.shape(reader);
    Blocks best = null;
    double cost = Double.MAX_VALUE;
    for (int step = 1; step <= LARGEST_STEP; step++) {
      StridedGradient y =
          StridedGradient.of(
              input.height(),
              output.height(),
              c.kernelHeight(),
              c.strideHeight(),
              c.padHeight(),
              step);
      StridedGradient x =
          StridedGradient.of(
              input.width(), output.width(), c.kernelWidth(), c.strideWidth(), c.padWidth(), step);
      if (y.exists() && x.exists() && cost(y, x, input.channels()) < cost) {
        best = new Blocks(y, x);
        cost = cost(y, x, input.channels());
      }
    }
    return best;
  }

  /** What comes through a convolution, in blocks. */
  private InputGradient inBlocks(int reader, Blocks blocks) {
    Node node = network.nodes().get(reader);
    StridedGradient rows = blocks.rows();
    StridedGradient columns = blocks.columns();
    int channels = forward.shape(node.inputs().get(0)).channels();
    Shape shape =
        new Shape(rows.block() * columns.block() * channels, rows.blocks(), columns.blocks());
    Tensor to = writer.floats("gradient of " + network.nodes().get(0).name(), shape);
    writer.convolveBackStrided(
        node,
        (Convolution) node.operation(),
        rows,
        columns,
        dense(gradients[reader].tensor(), node),
        to);
    return new InputGradient(to, rows.block(), columns.block());
  }

  /**
   * Vector operations per pixel, relative: whole vectors of 16, and a kernel with one vector of
   * outputs runs at half the rate of one with three (80 against 146 GFLOP/s of one core at 2.8
   * GHz).
   */
  private static double cost(StridedGradient rows, StridedGradient columns, int channels) {
    int pixels = rows.block() * columns.block();
    int vectors = (pixels * channels + 15) / 16;
    double rate = Math.min(1, (1 + vectors) / 4.0);
    return rows.taps() * columns.taps() * vectors / (pixels * rate);
  }

  private Gradient complete(int index, Parts parts) {
    Node node = network.nodes().get(index);
    float slope = masks[index];
    boolean masked = !Float.isNaN(slope);
    String maskName = "rectifier of " + node.name();
    if (parts.size() == 1 && parts.existing.size() == 1) {
      Existing only = parts.existing.get(0);
      if (!masked || (only.rectified() && slope == 0)) {
        return new Gradient(only.tensor(), only.owned());
      }
      if (only.tensor().isDense()) {
        Tensor to = only.owned() ? only.tensor() : fresh(node, index);
        writer.unrectify(maskName, slope, forward.value(index), only.tensor(), to);
        return new Gradient(to, true);
      }
    }
    Tensor to = fresh(node, index);
    boolean started = false;
    for (Consumer<Tensor> part : parts.writing) {
      if (started) {
        Tensor more = fresh(node, index);
        part.accept(more);
        writer.accumulate("sum at " + node.name(), 1, more, to);
      } else {
        part.accept(to);
      }
      started = true;
    }
    for (Existing part : parts.existing) {
      if (started) {
        writer.accumulate("sum at " + node.name(), 1, part.tensor(), to);
      } else {
        writer.copy("sum at " + node.name(), part.tensor(), to);
      }
      started = true;
    }
    for (Adding part : parts.adding) {
      part.write(to, started);
      started = true;
    }
    if (masked) {
      writer.unrectify(maskName, slope, forward.value(index), to, to);
    }
    return new Gradient(to, true);
  }

  /**
   * What a value's gradient consists of.
   *
   * @param without nodes that read the value and do not count
   */
  private Parts parts(int index, Set<Integer> without) {
    Parts parts = new Parts();
    Node node = network.nodes().get(index);
    for (Target target : node.targets()) {
      drive(index, target, parts);
    }
    List<Integer> readers =
        consumers.get(index).stream()
            .distinct()
            .filter(reader -> !without.contains(reader))
            .toList();
    for (int reader : readers) {
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
    String name = "objective at " + network.nodes().get(index).name();
    if (target.drive() instanceof Drive.Guide guide) {
      parts.writing.add(
          to ->
              writer.guide(
                  name,
                  network.nodes().get(index),
                  guide,
                  target.weight(),
                  centres.apply(target.layer(), value.shape()),
                  value,
                  to));
    } else if (target.drive() instanceof Drive.Channels channels) {
      parts.writing.add(
          to ->
              writer.host(
                  name, HostKernels.channels(channels, target.weight(), value, to), value, to));
    } else if (!(target.drive() instanceof Drive.Square)) {
      throw new AssertionError(target.drive());
    } else if (target.weight() == 1) {
      parts.existing.add(new Existing(value, false, true));
    } else {
      parts.writing.add(
          to -> writer.apply(name, dnnl_eltwise_linear, target.weight(), 0, value, to));
    }
  }

  /** Adds the part of a value's gradient that comes through input {@code k} of {@code reader}. */
  private void pull(int index, int reader, int k, Parts parts) {
    Node node = network.nodes().get(reader);
    Operation operation = node.operation();
    Gradient gradient = gradients[reader];
    Tensor value = forward.value(index);
    String name = "backward " + node.name();
    if (operation instanceof Convolution c) {
      if (node.isPointwiseConvolution()) {
        parts.adding.add(
            (to, accumulate) -> writer.convolveBack(node, c, gradient.tensor(), to, accumulate));
      } else if (ProgramWriter.addsGradient(node, c)) {
        parts.adding.add(
            (to, accumulate) ->
                writer.convolveBack(node, c, dense(gradient.tensor(), node), to, accumulate));
      } else {
        Blocks blocks = c.inputs() <= FEW_CHANNELS ? blocks(reader) : null;
        parts.writing.add(
            to -> {
              if (blocks == null) {
                writer.convolveBack(node, c, dense(gradient.tensor(), node), to, false);
              } else {
                InputGradient from = inBlocks(reader, blocks);
                writer.host(
                    "pixels of " + node.name(), HostKernels.pixels(from, to), from.tensor(), to);
              }
            });
      }
    } else if (operation instanceof Identity) {
      parts.existing.add(new Existing(gradient.tensor(), gradient.owned(), false));
    } else if (operation instanceof Concat) {
      int channel = 0;
      for (int i = 0; i < k; i++) {
        channel += forward.shape(node.inputs().get(i)).channels();
      }
      parts.existing.add(
          new Existing(
              gradient.tensor().slice(channel, value.shape().channels()), gradient.owned(), false));
    } else if (operation instanceof Eltwise e && e.combine() == Combine.SUM) {
      float coefficient = e.coefficients()[k];
      if (coefficient == 1) {
        parts.existing.add(new Existing(gradient.tensor(), false, false));
      } else {
        parts.writing.add(
            to ->
                writer.apply(
                    name, dnnl_eltwise_linear, coefficient, 0, dense(gradient.tensor(), node), to));
      }
    } else {
      parts.writing.add(to -> write(node, reader, k, value, dense(gradient.tensor(), node), to));
    }
  }

  /** Writes the gradient through an operation whose backward step cannot add. */
  private void write(Node node, int index, int k, Tensor value, Tensor from, Tensor to) {
    Operation operation = node.operation();
    String name = "backward " + node.name();
    if (operation instanceof Deconvolution d) {
      writer.deconvolveBack(node, d, from, to);
    } else if (operation instanceof Pooling p) {
      writer.poolBack(node, p, forward.workspace(index), from, to);
    } else if (operation instanceof GlobalPooling p) {
      writer.host(name, HostKernels.poolAllBack(p.pool(), value, from, to), value, from, to);
    } else if (operation instanceof Relu r) {
      writer.applyBack(name, dnnl_eltwise_relu, r.slope(), 0, DNNL_ARG_SRC, value, from, to);
    } else if (operation instanceof Prelu p) {
      writer.host(
          name,
          HostKernels.applyBack(value, from, to, (c, x) -> x > 0 ? 1 : p.slopes()[c]),
          value,
          from,
          to);
    } else if (operation instanceof Elu e) {
      writer.applyBack(name, dnnl_eltwise_elu, e.alpha(), 0, DNNL_ARG_SRC, value, from, to);
    } else if (operation instanceof Sigmoid) {
      writer.applyBack(name, dnnl_eltwise_logistic, 0, 0, DNNL_ARG_SRC, value, from, to);
    } else if (operation instanceof Tanh) {
      writer.applyBack(name, dnnl_eltwise_tanh, 0, 0, DNNL_ARG_SRC, value, from, to);
    } else if (operation instanceof Absolute) {
      writer.applyBack(name, dnnl_eltwise_abs, 0, 0, DNNL_ARG_SRC, value, from, to);
    } else if (operation instanceof Power p && ProgramWriter.isShort(p)) {
      writer.powerBack(name, p, value, forward.value(index), from, to);
    } else if (operation instanceof Power p) {
      writer.host(
          name,
          HostKernels.applyBack(value, from, to, HostKernels.powerDerivative(p)),
          value,
          from,
          to);
    } else if (operation instanceof Affine a) {
      writer.scaleChannels(node, name, a.multipliers(), null, from, to);
    } else if (operation instanceof Lrn lrn) {
      if (ProgramWriter.normalises(lrn, value.shape())) {
        writer.normaliseBack(node, lrn, forward.workspace(index), value, from, to);
      } else {
        if (lrn.region() == LrnRegion.ACROSS_CHANNELS) {
          writer.normaliseAcrossBack(name, lrn, value, from, to);
        } else {
          writer.host(name, HostKernels.normaliseWithinBack(lrn, value, from, to), value, from, to);
        }
      }
    } else if (operation instanceof Eltwise e) {
      List<Tensor> inputs = node.inputs().stream().map(forward::value).toList();
      if (e.combine() == Combine.PRODUCT && inputs.size() > 1) {
        List<Tensor> others = new ArrayList<>(inputs);
        others.remove(k);
        others.add(from);
        writer.product(name, 1, others, to);
        return;
      }
      Tensor[] touched = inputs.toArray(new Tensor[inputs.size() + 2]);
      touched[inputs.size()] = from;
      touched[inputs.size() + 1] = to;
      writer.host(name, HostKernels.combineBack(e.combine(), inputs, k, from, to), touched);
    } else if (operation instanceof Slice s) {
      writer.host(name, HostKernels.embed(from, s.from(), to), from, to);
    } else {
      throw new AssertionError(operation);
    }
  }

  /** The same values in a block of their own; convolutions and most others read nothing else. */
  private Tensor dense(Tensor tensor, Node node) {
    if (tensor.isDense()) {
      return tensor;
    }
    Tensor copy = writer.tensor("gradient of " + node.name(), tensor.shape());
    writer.copy("slice of " + node.name(), tensor, copy);
    return copy;
  }

  private Tensor fresh(Node node, int index) {
    return writer.tensor("gradient of " + node.name(), forward.shape(index));
  }
}
