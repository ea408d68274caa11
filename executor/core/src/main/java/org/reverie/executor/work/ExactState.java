package org.reverie.executor.work;

import java.io.IOException;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.store.Kind;
import org.reverie.executor.store.Partition;
import org.reverie.executor.store.Store;
import org.reverie.executor.store.StoredCanvas;
import org.reverie.tiling.Border;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RoundPlan;

/**
 * The canvas between the iterations of exact mode. What is stored is x_{t-1} and g_{t-1}, in the
 * cores of the lattice of iteration t-1; x_t = clip(x_{t-1} + factor g_{t-1}) is formed by whoever
 * reads it.
 *
 * <p>With {@link Border#WRAP} the lattice of an iteration lies in the canvas as that iteration
 * rolled it, and so do the rectangles of its tiles.
 */
final class ExactState {
  private final RenderContext context;
  private final OctaveTasks tasks;
  private final OctavePlan octave;
  private final Store store;

  ExactState(RenderContext context, OctaveTasks tasks) {
    this.context = context;
    this.tasks = tasks;
    this.octave = tasks.octave();
    this.store = context.store();
  }

  /**
   * x_t, to be read in the frame of iteration t.
   *
   * @param iteration t
   * @param factors the factor of iteration t-1; empty for t = 0
   */
  CanvasSource canvas(int iteration, float[] factors) {
    Roll roll = roll(iteration);
    if (iteration == 0) {
      return rectangle -> start().readRolled(rectangle, roll);
    }
    return stepped(iteration - 1, factors[0], roll);
  }

  /** The canvas after the last iteration, unrolled. */
  CanvasSource last(float factor) {
    return stepped(octave.iterations() - 1, factor, Roll.NONE);
  }

  /** x_{t+1} as seen in a frame that is rolled by {@code roll}. */
  private CanvasSource stepped(int t, float factor, Roll roll) {
    RoundPlan round = octave.rounds().get(t);
    Roll before = roll(t);
    // A pixel of the wanted frame lies in the frame of iteration t at its own place, less what was
    // rolled since.
    Roll since = new Roll(roll.x() - before.x(), roll.y() - before.y());
    Clip clip = context.clip();
    return rectangle -> {
      float[] canvas =
          t == 0 ? start().readRolled(rectangle, roll) : read(Kind.STATE, round, rectangle, since);
      step(canvas, rectangle, round, since, factor, clip);
      return canvas;
    };
  }

  /** Steps planes with the stored gradient of a round; where none was computed it is 0. */
  void step(float[] canvas, Rectangle loaded, RoundPlan round, float factor, Clip clip)
      throws IOException {
    step(canvas, loaded, round, Roll.NONE, factor, clip);
  }

  private void step(
      float[] canvas, Rectangle rectangle, RoundPlan round, Roll since, float factor, Clip clip)
      throws IOException {
    int plane = canvas.length / 3;
    float[] low = clip.low();
    float[] high = clip.high();
    if (context.plan().border() == Border.MIRROR && octave.isWhole()) {
      stored(Kind.GRADIENT, round)
          .forEachRow(
              rectangle,
              (values, from, to, length) ->
                  step(
                      canvas, to, values, from, length, factor, low[to / plane], high[to / plane]));
      return;
    }
    float[] gradient = read(Kind.GRADIENT, round, rectangle, since);
    for (int c = 0; c < 3; c++) {
      step(canvas, c * plane, gradient, c * plane, plane, factor, low[c], high[c]);
    }
  }

  private static void step(
      float[] canvas,
      int at,
      float[] gradient,
      int from,
      int length,
      float factor,
      float low,
      float high) {
    for (int i = 0; i < length; i++) {
      float value = canvas[at + i] + factor * gradient[from + i];
      canvas[at + i] = Math.min(high, Math.max(low, value));
    }
  }

  private StoredCanvas start() {
    return store.canvas(Kind.STATE, octave.index(), 0, octave.size());
  }

  private float[] read(Kind kind, RoundPlan round, Rectangle rectangle, Roll since)
      throws IOException {
    StoredCanvas stored = stored(kind, round);
    if (context.plan().border() == Border.WRAP) {
      return stored.readRolled(rectangle, since);
    }
    if (octave.isWhole()) {
      return stored.read(rectangle);
    }
    Partition cores = stored.partition();
    // Beyond a crop nothing was dreamt: the canvas is as it was and the gradient is 0.
    float[] planes =
        kind == Kind.GRADIENT
            ? new float[Math.toIntExact(3 * rectangle.pixels())]
            : start().read(rectangle);
    for (int tile : cores.touching(rectangle)) {
      if (tasks.active(round.index(), tile)) {
        store.readInto(
            stored.key(tile), cores.rectangle(tile).intersect(rectangle), planes, rectangle);
      }
    }
    return planes;
  }

  private StoredCanvas stored(Kind kind, RoundPlan round) {
    return store.canvas(kind, octave.index(), round.index(), OctaveTasks.cores(round));
  }

  private Roll roll(int iteration) {
    return context.plan().border() == Border.WRAP ? octave.rolls().get(iteration) : Roll.NONE;
  }
}
