package org.reverie.executor.work;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.tiling.plan.RenderPlan;

/** What a plan's targets and its guide ask of an engine. */
public final class PlannedObjective {
  private PlannedObjective() {}

  /**
   * The objective.
   *
   * @param targets layers with channels and weights
   * @param guide the guides' columns for every target, channels x count; or empty
   * @param ends for every target and region of a mask one past its last column; empty for one guide
   */
  public static Objective of(
      Brain brain, List<RenderPlan.Target> targets, float[][] guide, int[] ends) {
    List<Objective.Target> all = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      RenderPlan.Target target = targets.get(i);
      int channels = brain.layers().get(target.layer()).channels();
      Drive drive =
          guide.length > 0
              ? guide(target, guide[i], ends(ends, i, targets.size()), channels)
              : own(target, channels);
      all.add(new Objective.Target(target.layer(), (float) target.weight(), drive));
    }
    return new Objective(all);
  }

  private static Drive own(RenderPlan.Target target, int channels) {
    return target.channels().isEmpty()
        ? new Drive.Square()
        : new Drive.Channels(weights(target, channels));
  }

  /** Channels that do not count are 0 in every column: they choose nothing and move nothing. */
  private static Drive guide(
      RenderPlan.Target target, float[] columns, List<Integer> given, int channels) {
    int count = columns.length / channels;
    List<Integer> ends = given.isEmpty() ? List.of(count) : given;
    if (target.channels().isEmpty()) {
      return new Drive.Guide(columns, ends);
    }
    float[] weights = weights(target, channels);
    float[] weighted = new float[columns.length];
    for (int i = 0; i < weighted.length; i++) {
      weighted[i] = weights[i / count] * columns[i];
    }
    return new Drive.Guide(weighted, ends);
  }

  private static List<Integer> ends(int[] ends, int target, int targets) {
    int regions = ends.length / targets;
    return IntStream.range(target * regions, (target + 1) * regions)
        .mapToObj(i -> ends[i])
        .toList();
  }

  private static float[] weights(RenderPlan.Target target, int channels) {
    float[] weights = new float[channels];
    for (RenderPlan.Channel channel : target.channels()) {
      weights[channel.index()] = (float) channel.weight();
    }
    return weights;
  }
}
