package org.reverie.executor.onednn;

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
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;

/**
 * A brain's layers as the engine computes them: what the objective does not need is gone, scales
 * behind a convolution are folded into its weights, rectifiers are joined to what they rectify.
 *
 * @param nodes in an order in which every node comes after its inputs; the first is the input
 * @param places for every target of the objective, the node that gives its activations
 */
record Network(List<Node> nodes, List<Integer> places) {

  /** Says that a value is not rectified. */
  static final float UNRECTIFIED = Float.NaN;

  /**
   * One computed value.
   *
   * @param layer index of the brain's layer that gives the operation
   * @param lastLayer index of the last layer folded into it
   * @param name of the last layer folded into it
   * @param inputs indices of nodes
   * @param operation what it computes before the rectifier
   * @param slope of the rectifier behind the operation, at least 0; {@link #UNRECTIFIED} without
   *     one
   * @param targets what of the objective looks at it
   */
  record Node(
      int layer,
      int lastLayer,
      String name,
      List<Integer> inputs,
      Operation operation,
      float slope,
      List<Target> targets) {

    boolean isRectified() {
      return !Float.isNaN(slope);
    }

    /** Whether it is a matrix product of all positions by the weights. */
    boolean isPointwiseConvolution() {
      return operation instanceof Convolution c
          && c.kernelHeight() == 1
          && c.kernelWidth() == 1
          && c.strideHeight() == 1
          && c.strideWidth() == 1
          && c.padHeight() == 0
          && c.padWidth() == 0
          && c.group() == 1;
    }

    boolean isMaxPooling() {
      return operation instanceof Pooling p && p.pool() == Pool.MAX;
    }
  }

  /** Prepares the gradient of an objective. */
  static Network forGradient(Brain brain, Objective objective) {
    List<Target> targets = new ArrayList<>();
    boolean[] needed = brain.needed(objective.layers());
    int[] uses = uses(brain, needed);
    for (Target target : objective.targets()) {
      spread(brain, uses, target, targets);
    }
    return lower(brain, targets, List.of());
  }

  /** Prepares the activations of an objective's layers. */
  static Network forActivations(Brain brain, Objective objective) {
    return lower(brain, objective.targets(), objective.layers());
  }

  /**
   * The L2 drive at a concat is that at each of its inputs: if nothing else looks at the concat, it
   * need not be made.
   */
  private static void spread(Brain brain, int[] uses, Target target, List<Target> out) {
    Layer layer = brain.layers().get(target.layer());
    boolean apart =
        layer.operation() instanceof Concat
            && uses[target.layer()] == 0
            && target.drive() instanceof Drive.Square
            && layer.inputs().stream().distinct().count() == layer.inputs().size();
    if (apart) {
      for (int input : layer.inputs()) {
        out.add(new Target(input, target.weight(), target.drive()));
      }
    } else {
      out.add(target);
    }
  }

  /** How often each layer is read, not counting those that only hand it on. */
  private static int[] uses(Brain brain, boolean[] needed) {
    int[] origins = origins(brain);
    int[] uses = new int[needed.length];
    for (int i = 0; i < needed.length; i++) {
      if (needed[i] && origins[i] == i) {
        for (int input : brain.layers().get(i).inputs()) {
          uses[origins[input]]++;
        }
      }
    }
    return uses;
  }

  /** For every layer, the one whose values it hands on; itself unless it is an identity. */
  private static int[] origins(Brain brain) {
    int[] origins = new int[brain.layers().size()];
    for (int i = 0; i < origins.length; i++) {
      Layer layer = brain.layers().get(i);
      origins[i] = layer.operation() instanceof Identity ? origins[layer.input()] : i;
    }
    return origins;
  }

  private static Network lower(Brain brain, List<Target> targets, List<Integer> wanted) {
    boolean[] needed = brain.needed(targets.stream().map(Target::layer).toList());
    int[] origins = origins(brain);
    int[] uses = uses(brain, needed);
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
      List<Integer> inputs = layer.inputs().stream().map(input -> nodeOf[input]).toList();
      Node next =
          new Node(
              i,
              i,
              layer.name(),
              inputs,
              layer.operation(),
              UNRECTIFIED,
              List.copyOf(targetsOf.get(i)));
      // A value that a target or another layer looks at as well must stay as it is.
      boolean alone =
          inputs.size() == 1
              && uses[origins[layer.input()]] == 1
              && targetsOf.get(origins[layer.input()]).isEmpty();
      Node joined = alone ? join(nodes.get(inputs.get(0)), next) : null;
      if (joined != null) {
        nodeOf[i] = inputs.get(0);
        nodes.set(nodeOf[i], joined);
      } else {
        nodeOf[i] = nodes.size();
        nodes.add(next.operation() instanceof Relu ? rectifier(next) : next);
      }
    }
    return new Network(List.copyOf(nodes), wanted.stream().map(layer -> nodeOf[layer]).toList());
  }

  /** Both as one node, or null if they stay two. */
  private static Node join(Node before, Node next) {
    if (before.isRectified()) {
      return null;
    }
    if (next.operation() instanceof Affine affine && before.operation() instanceof Convolution c) {
      return new Node(
          before.layer(),
          next.layer(),
          next.name(),
          before.inputs(),
          scaled(c, affine),
          UNRECTIFIED,
          next.targets());
    }
    boolean takesRectifier =
        before.operation() instanceof Convolution || before.operation() instanceof Eltwise;
    if (next.operation() instanceof Relu relu && relu.slope() >= 0 && takesRectifier) {
      return new Node(
          before.layer(),
          next.layer(),
          next.name(),
          before.inputs(),
          before.operation(),
          relu.slope(),
          next.targets());
    }
    return null;
  }

  /** A rectifier by itself: the same value, rectified. A negative slope is not one. */
  private static Node rectifier(Node node) {
    Relu relu = (Relu) node.operation();
    return relu.slope() < 0
        ? node
        : new Node(
            node.layer(),
            node.lastLayer(),
            node.name(),
            node.inputs(),
            new Identity(),
            relu.slope(),
            node.targets());
  }

  private static Convolution scaled(Convolution c, Affine affine) {
    float[] weights = c.weights().clone();
    float[] bias = new float[c.outputs()];
    int perOutput = weights.length / c.outputs();
    for (int o = 0; o < c.outputs(); o++) {
      float multiplier = affine.multipliers()[o];
      for (int i = o * perOutput; i < (o + 1) * perOutput; i++) {
        weights[i] *= multiplier;
      }
      bias[o] = c.bias()[o] * multiplier + affine.offsets()[o];
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
   * For every node, the slope of the rectifier whose derivative its gradient is multiplied by once
   * complete; {@link #UNRECTIFIED} for none. A rectifier moves as far towards the end as it can: a
   * rectified value that is only concatenated is masked as part of the concat, and one that is only
   * pooled by its maximum is masked by the sign of the maximum, on a quarter of the values or
   * fewer, so that it need not be kept. A normalisation between the two changes nothing: it keeps
   * zeros, and what is zero takes no part in the gradients of its neighbours.
   */
  float[] masks() {
    List<List<Integer>> consumers = consumers();
    float[] masks = new float[nodes.size()];
    for (int i = 0; i < masks.length; i++) {
      Node node = nodes.get(i);
      masks[i] = node.slope();
      if (node.operation() instanceof Concat) {
        float slope = masks[node.inputs().get(0)];
        boolean all = !Float.isNaN(slope);
        for (int input : node.inputs()) {
          all &=
              masks[input] == slope
                  && consumers.get(input).size() == 1
                  && nodes.get(input).targets().isEmpty();
        }
        if (all) {
          masks[i] = slope;
          node.inputs().forEach(input -> masks[input] = UNRECTIFIED);
        }
      }
    }
    for (int i = 0; i < masks.length; i++) {
      if (Float.isNaN(masks[i])) {
        continue;
      }
      int last = i;
      if (masks[i] == 0 && consumers.get(i).size() == 1 && nodes.get(i).targets().isEmpty()) {
        int next = consumers.get(i).get(0);
        last = nodes.get(next).operation() instanceof Lrn ? next : i;
      }
      boolean onlyPooled =
          !consumers.get(last).isEmpty()
              && nodes.get(last).targets().isEmpty()
              && consumers.get(last).stream().allMatch(next -> nodes.get(next).isMaxPooling());
      if (onlyPooled) {
        for (int next : consumers.get(last)) {
          masks[next] = masks[i];
        }
        masks[i] = UNRECTIFIED;
      }
    }
    return masks;
  }
}
