package org.reverie.executor.engine.lowering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Objective.Target;

/**
 * A brain's layers as an engine with kernels of its own computes them: what the objective does not
 * need is gone, scales behind a convolution are folded into its weights, rectifiers are joined to
 * what they rectify.
 *
 * @param nodes in an order in which every node comes after its inputs; the first is the input
 * @param places for every target of the objective, the node that gives its activations; empty if
 *     they are not asked for
 */
public record Network(List<Node> nodes, List<Integer> places) {

  /** Says that a value is not rectified. */
  public static final float UNRECTIFIED = Float.NaN;

  /**
   * One computed value.
   *
   * @param layer index of the brain's layer that gives the operation
   * @param lastLayer index of the last layer folded into it
   * @param name of the last layer folded into it
   * @param inputs indices of nodes
   * @param operation what it computes before the rectifier
   * @param slope of the rectifier behind the operation; {@link #UNRECTIFIED} without one
   * @param targets what of the objective looks at it
   */
  public record Node(
      int layer,
      int lastLayer,
      String name,
      List<Integer> inputs,
      Operation operation,
      float slope,
      List<Target> targets) {

    /** Whether a rectifier stands behind the operation. */
    public boolean isRectified() {
      return !Float.isNaN(slope);
    }

    /** Whether it is a matrix product of all positions by the weights. */
    public boolean isPointwiseConvolution() {
      return operation instanceof Convolution c && c.isPointwise();
    }

    /** Whether it takes maxima of its neighbourhood. */
    public boolean isMaxPooling() {
      return operation instanceof Pooling p && p.pool() == Pool.MAX;
    }
  }

  /**
   * Prepares the gradient of an objective.
   *
   * @param joins whether the engine can compute a rectifier together with what it rectifies; one
   *     that it cannot stays a node of its own, with the operation {@link Relu}
   */
  public static Network forGradient(Brain brain, Objective objective, Predicate<Relu> joins) {
    List<Target> targets = new ArrayList<>();
    boolean[] needed = brain.needed(objective.layers());
    int[] uses = uses(brain, needed);
    for (Target target : objective.targets()) {
      spread(brain, uses, target, targets);
    }
    return lower(brain, targets, List.of(), joins);
  }

  /**
   * Prepares the activations of an objective's layers.
   *
   * @param joins as in {@link #forGradient}
   */
  public static Network forActivations(Brain brain, Objective objective, Predicate<Relu> joins) {
    return lower(brain, objective.targets(), objective.layers(), joins);
  }

  /**
   * The L2 drive at a concat is that at each of its inputs: if nothing else looks at the concat, it
   * need not be made, and an input of which no channel counts not even computed.
   */
  private static void spread(Brain brain, int[] uses, Target target, List<Target> out) {
    Layer layer = brain.layers().get(target.layer());
    boolean apart =
        layer.operation() instanceof Concat
            && uses[target.layer()] == 0
            && target.drive().isByChannel()
            && layer.inputs().stream().distinct().count() == layer.inputs().size();
    if (apart) {
      int first = 0;
      for (int input : layer.inputs()) {
        int channels = brain.layers().get(input).channels();
        target
            .drive()
            .part(first, channels)
            .ifPresent(drive -> out.add(new Target(input, target.weight(), drive)));
        first += channels;
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

  private static Network lower(
      Brain brain, List<Target> targets, List<Integer> wanted, Predicate<Relu> joins) {
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
      Node joined = alone ? join(nodes.get(inputs.get(0)), next, joins) : null;
      if (joined != null) {
        nodeOf[i] = inputs.get(0);
        nodes.set(nodeOf[i], joined);
      } else {
        nodeOf[i] = nodes.size();
        nodes.add(
            next.operation() instanceof Relu relu && joins.test(relu)
                ? rectifier(next, relu)
                : next);
      }
    }
    return new Network(List.copyOf(nodes), wanted.stream().map(layer -> nodeOf[layer]).toList());
  }

  /** Both as one node, or null if they stay two. */
  private static Node join(Node before, Node next, Predicate<Relu> joins) {
    if (before.isRectified()) {
      return null;
    }
    if (next.operation() instanceof Affine affine && before.operation() instanceof Convolution c) {
      return new Node(
          before.layer(),
          next.layer(),
          next.name(),
          before.inputs(),
          c.then(affine),
          UNRECTIFIED,
          next.targets());
    }
    boolean takesRectifier =
        before.operation() instanceof Convolution || before.operation() instanceof Eltwise;
    if (next.operation() instanceof Relu relu && joins.test(relu) && takesRectifier) {
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

  /** A rectifier by itself: the same value, rectified. */
  private static Node rectifier(Node node, Relu relu) {
    return new Node(
        node.layer(),
        node.lastLayer(),
        node.name(),
        node.inputs(),
        new Identity(),
        relu.slope(),
        node.targets());
  }

  /** For every node, the nodes that read it, one entry per input that does. */
  public List<List<Integer>> consumers() {
    List<List<Integer>> consumers = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      consumers.add(new ArrayList<>());
      for (int input : nodes.get(i).inputs()) {
        consumers.get(input).add(i);
      }
    }
    return consumers;
  }
}
