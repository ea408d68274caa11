package org.reverie.executor.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

  /**
   * How the gradient D at a layer's output follows from its activations a. D at a position depends
   * on nothing but a at that position and where it is, so that tiles agree on it: a drive that
   * looks at the whole window would show where they meet.
   */
  public sealed interface Drive {
    /** Whether D of a channel follows from that channel alone, so that {@link #part} exists. */
    boolean isByChannel();

    /**
     * What this drive is on some neighbouring channels, if it {@link #isByChannel}.
     *
     * @param first of the channels
     * @param count of them
     * @return empty if nothing is made larger there
     * @throws UnsupportedOperationException if it looks at all channels of a position at once
     */
    default Optional<Drive> part(int first, int count) {
      throw new UnsupportedOperationException(
          this + " looks at all channels of a position at once");
    }

    /** D = a: the gradient of half the squared norm (google/deepdream's objective_L2). */
    record Square() implements Drive {
      @Override
      public boolean isByChannel() {
        return true;
      }

      @Override
      public Optional<Drive> part(int first, int count) {
        return Optional.of(this);
      }
    }

    /**
     * D = w a, each channel with a weight of its own: the gradient of half the weighted squared
     * norm. A single channel has one weight that is not 0.
     *
     * @param weights one per channel of the layer, not all of them 0
     */
    record Channels(float[] weights) implements Drive {
      public Channels {
        if (isNone(weights)) {
          throw new IllegalArgumentException("no channel of the layer counts");
        }
      }

      @Override
      public boolean isByChannel() {
        return true;
      }

      @Override
      public Optional<Drive> part(int first, int count) {
        float[] part = Arrays.copyOfRange(weights, first, first + count);
        return isNone(part) ? Optional.empty() : Optional.of(new Channels(part));
      }

      private static boolean isNone(float[] weights) {
        for (float weight : weights) {
          if (weight != 0) {
            return false;
          }
        }
        return true;
      }
    }

    /**
     * D at position i is the guide column y_j with the largest product with a_i, the first on ties,
     * unnormalised (google/deepdream's objective_guide).
     *
     * <p>A canvas may have regions, each with a guide of its own. A position belongs to the region
     * of the pixel at the centre of what it sees, see {@link Centres}, and only that region's
     * columns are asked.
     *
     * @param columns the guides' activations, one region after the other, channels x count,
     *     row-major: the value of channel c in column j is at {@code c * count + j}
     * @param ends for every region one past its last column, rising; the last one is the count
     */
    record Guide(float[] columns, List<Integer> ends) implements Drive {
      /** As many as a recorded step has room for. */
      public static final int MOST_REGIONS = 16;

      public Guide {
        ends = List.copyOf(ends);
        int before = 0;
        for (int end : ends) {
          if (end <= before) {
            throw new IllegalArgumentException("a region without a column: " + ends);
          }
          before = end;
        }
        if (before == 0 || ends.size() > MOST_REGIONS || columns.length % before != 0) {
          throw new IllegalArgumentException(
              columns.length + " guide values in regions up to " + ends);
        }
      }

      /** One guide for all positions. */
      public Guide(float[] columns, int count) {
        this(columns, List.of(count));
      }

      @Override
      public boolean isByChannel() {
        return false;
      }

      /** Columns in all. */
      public int count() {
        return ends.get(ends.size() - 1);
      }

      /** How many regions have a guide. */
      public int regions() {
        return ends.size();
      }

      /** The first column of a region. */
      public int first(int region) {
        return region == 0 ? 0 : ends.get(region - 1);
      }

      /** One past the last column of a region. */
      public int end(int region) {
        return ends.get(region);
      }
    }
  }
}
