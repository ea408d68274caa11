package org.reverie.executor.engine;

import java.util.List;

/**
 * What is made larger: a weighted sum over layers.
 *
 * @param targets at least one; no layer twice
 */
public record Objective(List<Target> targets) {
  public Objective {
    targets = List.copyOf(targets);
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("an objective without a layer");
    }
    if (targets.stream().map(Target::layer).distinct().count() != targets.size()) {
      throw new IllegalArgumentException("a layer is named twice in the objective");
    }
  }

  /** The gradient of half the squared norm of one layer. */
  public static Objective l2(int layer) {
    return new Objective(List.of(new Target(layer, 1, new Drive.Square())));
  }

  /** The indices of the layers. */
  public List<Integer> layers() {
    return targets.stream().map(Target::layer).toList();
  }

  /**
   * One layer's share.
   *
   * @param layer index into the brain's layers
   * @param weight factor on the gradient that the drive gives at the layer's output
   * @param drive how that gradient follows from the activations
   */
  public record Target(int layer, float weight, Drive drive) {}

  /** How the gradient D at a layer's output follows from its activations a. */
  public sealed interface Drive {
    /** D = a: the gradient of half the squared norm (google/deepdream's objective_L2). */
    record Square() implements Drive {}

    /**
     * D at position i is the guide column y_j with the largest product with a_i, the first on ties,
     * unnormalised (google/deepdream's objective_guide).
     *
     * @param columns the guide's activations, channels x count, row-major: the value of channel c
     *     in column j is at {@code c * count + j}
     * @param count columns, 1 .. 4096
     */
    record Guide(float[] columns, int count) implements Drive {
      public Guide {
        if (count < 1 || columns.length % count != 0) {
          throw new IllegalArgumentException(
              columns.length + " guide values in " + count + " columns");
        }
      }
    }
  }
}
