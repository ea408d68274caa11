package org.reverie.executor.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_abs;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_elu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_logistic;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_tanh;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Prelu;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Operation.Sigmoid;
import org.reverie.executor.brain.Operation.Slice;
import org.reverie.executor.brain.Operation.Tanh;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.lowering.Network;
import org.reverie.executor.engine.lowering.Network.Node;
import org.reverie.executor.onednn.ProgramWriter.Workspace;

/** Writes the steps that compute all values of a network. */
final class ForwardPass {
  private final Network network;
  private final List<Shape> shapes;
  private final ProgramWriter writer;
  private final boolean training;
  private final float[] masks;
  private final List<List<Integer>> consumers;
  private final Tensor[] values;
  private final Map<Integer, Workspace> workspaces = new HashMap<>();

  /**
   * @param shapes of the brain's layers
   * @param training whether a gradient follows
   */
  ForwardPass(Network network, List<Shape> shapes, ProgramWriter writer, boolean training) {
    this.network = network;
    this.shapes = shapes;
    this.writer = writer;
    this.training = training;
    this.masks = Masks.of(network);
    this.consumers = network.consumers();
    this.values = new Tensor[network.nodes().size()];
  }

  /** Writes all steps. */
  void write() {
    for (int i = 0; i < values.length; i++) {
      compute(i);
    }
  }

  /** The values of a node. */
  Tensor value(int node) {
    return values[node];
  }

  /** What the forward step of a node left for its backward step. */
  Workspace workspace(int node) {
    return workspaces.get(node);
  }

  /** The shape of a node's values. */
  Shape shape(int node) {
    return shapes.get(network.nodes().get(node).lastLayer());
  }

  private void compute(int index) {
    Node node = network.nodes().get(index);
    if (joinsSum(index)) {
      // Computed with the sum; nobody else sees it.
      return;
    }
    if (values[index] == null) {
      values[index] = place(index);
    }
    Tensor to = values[index];
    Operation operation = node.operation();
    if (operation instanceof Input) {
      return;
    }
    Tensor from = values[node.inputs().get(0)];
    String name = "forward " + node.name();
    if (operation instanceof Convolution c) {
      writer.convolve(node, c, from, to);
    } else if (operation instanceof Deconvolution d) {
      writer.deconvolve(node, d, from, to);
    } else if (operation instanceof Pooling p) {
      workspaces.put(index, writer.pool(node, p, from, to, training));
    } else if (operation instanceof GlobalPooling p) {
      writer.host(name, HostKernels.poolAll(p.pool(), from, to), from, to);
    } else if (operation instanceof Identity) {
      writer.apply(name, dnnl_eltwise_relu, node.slope(), 0, from, to);
    } else if (operation instanceof Relu r) {
      writer.apply(name, dnnl_eltwise_relu, r.slope(), 0, from, to);
    } else if (operation instanceof Prelu p) {
      writer.host(
          name, HostKernels.apply(from, to, (c, x) -> x > 0 ? x : p.slopes()[c] * x), from, to);
    } else if (operation instanceof Elu e) {
      writer.apply(name, dnnl_eltwise_elu, e.alpha(), 0, from, to);
    } else if (operation instanceof Sigmoid) {
      writer.apply(name, dnnl_eltwise_logistic, 0, 0, from, to);
    } else if (operation instanceof Tanh) {
      writer.apply(name, dnnl_eltwise_tanh, 0, 0, from, to);
    } else if (operation instanceof Absolute) {
      writer.apply(name, dnnl_eltwise_abs, 0, 0, from, to);
    } else if (operation instanceof Power p) {
      if (ProgramWriter.isShort(p)) {
        writer.power(name, p, from, to);
      } else {
        writer.host(name, HostKernels.apply(from, to, HostKernels.power(p)), from, to);
      }
    } else if (operation instanceof Affine a) {
      writer.scaleChannels(node, name, a.multipliers(), a.offsets(), from, to);
    } else if (operation instanceof Lrn lrn) {
      if (ProgramWriter.normalises(lrn, from.shape())) {
        workspaces.put(index, writer.normalise(node, lrn, from, to, training));
      } else {
        HostKernel kernel =
            lrn.region() == LrnRegion.ACROSS_CHANNELS
                ? HostKernels.normaliseAcross(lrn, from, to)
                : HostKernels.normaliseWithin(lrn, from, to);
        writer.host(name, kernel, from, to);
      }
    } else if (operation instanceof Eltwise e) {
      combine(node, e, to);
    } else if (operation instanceof Concat) {
      concatenate(node, to);
    } else if (operation instanceof Slice s) {
      writer.copy(name, from.slice(s.from(), s.to() - s.from()), to);
    } else {
      throw new AssertionError(operation);
    }
  }

  /**
   * Whether a node is a convolution whose values only a sum reads, which the convolution can then
   * make itself: its values need no place and the sum no pass of its own.
   */
  private boolean joinsSum(int index) {
    Node node = network.nodes().get(index);
    if (!(node.operation() instanceof Convolution)
        || node.isRectified()
        || !node.targets().isEmpty()
        || network.places().contains(index)
        || consumers.get(index).size() != 1) {
      return false;
    }
    int reader = consumers.get(index).get(0);
    return network.nodes().get(reader).operation() instanceof Eltwise e
        && laterOfPlainSum(network.nodes().get(reader), e) == index;
  }

  /** Of the inputs of a plain sum of two, the later; -1 for other operations. */
  private static int laterOfPlainSum(Node sum, Eltwise eltwise) {
    boolean plain =
        eltwise.combine() == Combine.SUM && ProgramWriter.isPlainSum(eltwise.coefficients());
    return plain ? Math.max(sum.inputs().get(0), sum.inputs().get(1)) : -1;
  }

  private void combine(Node node, Eltwise eltwise, Tensor to) {
    int later = laterOfPlainSum(node, eltwise);
    if (later >= 0 && joinsSum(later)) {
      Node convolution = network.nodes().get(later);
      int other = Math.min(node.inputs().get(0), node.inputs().get(1));
      writer.convolve(
          convolution,
          (Convolution) convolution.operation(),
          values[convolution.inputs().get(0)],
          Optional.of(values[other]),
          node.slope(),
          to);
      return;
    }
    List<Tensor> from = node.inputs().stream().map(this::value).toList();
    if (eltwise.combine() == Combine.SUM) {
      writer.sum(node, eltwise.coefficients(), from, to);
      return;
    }
    String name = "forward " + node.name();
    if (eltwise.combine() == Combine.PRODUCT && from.size() > 1) {
      writer.product(name, 1, from, to);
    } else {
      Tensor[] touched = from.toArray(new Tensor[from.size() + 1]);
      touched[from.size()] = to;
      writer.host(name, HostKernels.combine(eltwise.combine(), from, to), touched);
    }
    if (node.isRectified()) {
      writer.apply(name, dnnl_eltwise_relu, node.slope(), 0, to, to);
    }
  }

  private void concatenate(Node node, Tensor to) {
    int channel = 0;
    for (int input : node.inputs()) {
      Tensor from = values[input];
      if (from.block() != to.block()) {
        writer.copy("concat " + node.name(), from, to.slice(channel, from.shape().channels()));
      }
      channel += from.shape().channels();
    }
  }

  /** A block of its own, or the slice of a concat that a matrix product can write directly. */
  private Tensor place(int index) {
    Node node = network.nodes().get(index);
    boolean onlyConcatenated =
        consumers.get(index).size() == 1
            && node.targets().isEmpty()
            && !network.places().contains(index);
    if (onlyConcatenated && node.isPointwiseConvolution() && Float.isNaN(masks[index])) {
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
