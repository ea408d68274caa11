package org.reverie.executor.cudnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;

/**
 * A brain's layers as the device computes them: what the objective does not need is gone, scales
 * behind a convolution are folded into its weights, rectifiers are joined to what they rectify.
 *
 * @param nodes in an order in which every node comes after its inputs; the first is the input
 * @param wanted nodes whose values are read at the end
 */
record Network(List<Node> nodes, List<Integer> wanted) {
  /** The slope of a node without a rectifier. */
  static final float UNRECTIFIED = Float.NaN;

  /**
   * One computed value.
   *
   * @param lastLayer index of the last of the brain's layers that are in it
   * @param name of that layer
   * @param inputs indices of nodes
   * @param operation what it computes before the rectifier
   * @param slope of the rectifier behind the operation; {@link #UNRECTIFIED} without one
   * @param targets what of the objective looks at it
   */
  record Node(
      int lastLayer,
      String name,
      List<Integer> inputs,
      Operation operation,
      float slope,
      List<Target> targets) {

    boolean isRectified() {
      return !Float.isNaN(slope);
    }

    boolean isMaximumPooling() {
      return operation instanceof Pooling p && p.pool() == Pool.MAX;
    }

    boolean normalisesAcross() {
      return operation instanceof Lrn lrn && lrn.region() == LrnRegion.ACROSS_CHANNELS;
    }

    boolean isPointwiseConvolution() {
      return operation instanceof Convolution c && ConvolutionWindow.of(c).isPointwise();
    }

    private Node with(int layer, String named, Operation other, float newSlope, List<Target> at) {
      return new Node(layer, named, inputs, other, newSlope, at);
    }
  }

  /** Prepares the gradient of an objective. */
  static Network forGradient(Brain brain, Objective objective) {
    boolean[] needed = brain.needed(objective.layers());
    Lowering lowering = new Lowering(brain, needed);
    List<Target> targets = new ArrayList<>();
    for (Target target : objective.targets()) {
      Layer layer = brain.layers().get(target.layer());
      // The L2 drive at a concat is that at each of its inputs: if nothing else reads the concat,
      // it need not be made, and an input of which no channel counts not even computed.
      boolean spreads =
          layer.operation() instanceof Concat
              && lowering.uses[target.layer()] == 0
              && !(target.drive() instanceof Drive.Guide)
              && layer.inputs().stream().distinct().count() == layer.inputs().size();
      if (spreads) {
        int first = 0;
        for (int input : layer.inputs()) {
          int channels = brain.layers().get(input).channels();
          target
              .drive()
              .part(first, channels)
              .ifPresent(drive -> targets.add(new Target(input, target.weight(), drive)));
          first += channels;
        }
      } else {
        targets.add(target);
      }
    }
    return new Lowering(brain, brain.needed(targets.stream().map(Target::layer).toList()))
        .lower(targets, List.of());
  }

  /** Prepares the activations of an objective's layers. */
  static Network forActivations(Brain brain, Objective objective) {
    return new Lowering(brain, brain.needed(objective.layers()))
        .lower(objective.targets(), objective.layers());
  }

  /** For every node, the nodes that read it, one entry per input that does. */
  List<List<Integer>> consumers() {
    List<List<Integer>> consumers = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      consumers.add(new ArrayList<>());
      for (int input : nodes.get(i).inputs()) {
        consumers.get(input).add(i);
      }
    }
    return consumers;
  }

  /**
   * Whether all that read a rectified value apply the rectifier's derivative by themselves, so that
   * no bits are kept for it: a maximum pooling remembers where it found nothing above 0, and a
   * normalisation across channels keeps its input anyway.
   */
  boolean[] absorbed() {
    List<List<Integer>> consumers = consumers();
    boolean[] absorbed = new boolean[nodes.size()];
    for (int i = 0; i < absorbed.length; i++) {
      Node node = nodes.get(i);
      absorbed[i] =
          node.slope() == 0
              && node.targets().isEmpty()
              && !consumers.get(i).isEmpty()
              && consumers.get(i).stream()
                  .map(nodes::get)
                  .allMatch(reader -> reader.isMaximumPooling() || reader.normalisesAcross());
    }
    return absorbed;
  }

  private static final class Lowering {
    private final Brain brain;
    private final boolean[] needed;
    private final int[] origins;
    private final int[] uses;

    Lowering(Brain brain, boolean[] needed) {
      this.brain = brain;
      this.needed = needed;
      origins = new int[needed.length];
      uses = new int[needed.length];
      for (int i = 0; i < needed.length; i++) {
        Layer layer = brain.layers().get(i);
        origins[i] = layer.operation() instanceof Identity ? origins[layer.input()] : i;
      }
      for (int i = 0; i < needed.length; i++) {
        if (needed[i] && origins[i] == i) {
          for (int input : brain.layers().get(i).inputs()) {
            uses[origins[input]]++;
          }
        }
      }
    }

    Network lower(List<Target> targets, List<Integer> wanted) {
      List<List<Target>> targetsOf = new ArrayList<>();
      for (int i = 0; i < needed.length; i++) {
        targetsOf.add(new ArrayList<>());
      }
      for (Target target : targets) {
        targetsOf.get(origins[target.layer()]).add(target);
      }
      List<Node> nodes = new ArrayList<>();
      int[] nodeOf = new int[needed.length];
      Arrays.fill(nodeOf, -1);
      for (int i = 0; i < needed.length; i++) {
        if (!needed[i]) {
          continue;
        }
        Layer layer = brain.layers().get(i);
        if (origins[i] != i) {
          nodeOf[i] = nodeOf[origins[i]];
          continue;
        }
        Node next =
            new Node(
                i,
                layer.name(),
                layer.inputs().stream().map(input -> nodeOf[input]).toList(),
                layer.operation(),
                UNRECTIFIED,
                List.copyOf(targetsOf.get(i)));
        // A value that a target or another layer looks at as well must stay as it is.
        boolean alone =
            layer.inputs().size() == 1
                && uses[origins[layer.input()]] == 1
                && targetsOf.get(origins[layer.input()]).isEmpty();
        Node joined = alone ? join(nodes.get(next.inputs().get(0)), next) : null;
        if (joined != null) {
          nodeOf[i] = next.inputs().get(0);
          nodes.set(nodeOf[i], joined);
        } else {
          nodeOf[i] = nodes.size();
          nodes.add(separate(next));
        }
      }
      return new Network(List.copyOf(nodes), wanted.stream().map(layer -> nodeOf[layer]).toList());
    }

    /** Both as one node, or null if they stay two. */
    private static Node join(Node before, Node next) {
      if (before.isRectified()) {
        return null;
      }
      if (before.operation() instanceof Convolution c && next.operation() instanceof Affine a) {
        return before.with(
            next.lastLayer(), next.name(), scaled(c, a), UNRECTIFIED, next.targets());
      }
      boolean takesRectifier =
          before.operation() instanceof Convolution || before.operation() instanceof Eltwise;
      if (next.operation() instanceof Relu relu && takesRectifier) {
        return before.with(
            next.lastLayer(), next.name(), before.operation(), relu.slope(), next.targets());
      }
      return null;
    }

    /** A rectifier by itself is the same value, rectified. */
    private static Node separate(Node node) {
      return node.operation() instanceof Relu relu
          ? node.with(node.lastLayer(), node.name(), new Identity(), relu.slope(), node.targets())
          : node;
    }

    private static Convolution scaled(Convolution c, Affine affine) {
      float[] weights = c.weights().clone();
      float[] bias = new float[c.outputs()];
      int perOutput = weights.length / c.outputs();
      for (int o = 0; o < c.outputs(); o++) {
        for (int i = o * perOutput; i < (o + 1) * perOutput; i++) {
          weights[i] *= affine.multipliers()[o];
        }
        bias[o] = c.bias()[o] * affine.multipliers()[o] + affine.offsets()[o];
      }
      return new Convolution(
          c.inputs(),
          c.outputs(),
          c.kernelHeight(),
          c.kernelWidth(),
          c.strideHeight(),
          c.strideWidth(),
          c.padHeight(),
          c.padWidth(),
          c.dilationHeight(),
          c.dilationWidth(),
          c.group(),
          weights,
          bias);
    }
  }
}
