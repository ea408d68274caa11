package org.reverie.executor.work;

import java.io.IOException;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.executor.store.ChunkGrid;
import org.reverie.executor.store.Key;
import org.reverie.executor.store.Kind;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.blend.Blender;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RoundPlan;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;

/** The stages whose tasks are chunks of a canvas: everything that computes no gradient. */
final class ChunkTask extends StageTask {
  private static final double[] NO_SUMS = {};
  private static final byte[] NO_BYTES = {};

  private final int chunk;
  private final Rectangle part;

  ChunkTask(RenderContext context, Stage stage, int task) {
    super(context, stage, task);
    this.chunk = tasks.chunk(task);
    this.part = tasks.grid().rectangle(chunk);
  }

  @Override
  TaskReport perform() throws IOException {
    Key key =
        switch (stage.kind()) {
          case BASE -> Key.base(octave.index(), chunk);
          case START -> new Key(Kind.STATE, octave.index(), 0, chunk);
          case STEP -> new Key(Kind.STATE, octave.index(), octave.rounds().size(), chunk);
          case STITCH -> new Key(Kind.STATE, octave.index(), stage.round() + 1, chunk);
          case GRADIENT, STEP_GRADIENT, DREAM, SEAMS, ENCODE -> throw new AssertionError(stage);
        };
    boolean reused =
        store.exists(key)
            && (stage.kind() != Stage.Kind.START || store.exists(Key.base(octave.index(), chunk)));
    if (!reused) {
      store.write(
          key,
          part,
          switch (stage.kind()) {
            case BASE -> base();
            case START -> start();
            case STEP -> new ExactState(context, tasks).last(stage.factors()[0]).read(part);
            case STITCH -> stitch();
            case GRADIENT, STEP_GRADIENT, DREAM, SEAMS, ENCODE -> throw new AssertionError(stage);
          });
    }
    return stopwatch.report(task, NO_SUMS, 0, reused, NO_BYTES);
  }

  /** B_k: the input, or what the render starts from, at the size of this octave. */
  private float[] base() throws IOException {
    boolean largest = octave.index() == plan.octaves().size() - 1;
    if (plan.resampling() == Resampling.NOTEBOOK && !largest) {
      // The notebook makes each octave from the next larger one.
      OctavePlan larger = context.octave(octave.index() + 1);
      Resampler resampler =
          new Resampler(Filter.base(Resampling.NOTEBOOK), larger.size(), octave.size());
      return StreamedResampling.of(resampler, base(larger), part);
    }
    CanvasSource picture = Starts.source(plan, octave, store);
    if (!Starts.isDrawnOnce(plan)) {
      return context.colours().canvas(picture.read(part));
    }
    Resampler resampler =
        new Resampler(
            Filter.base(Resampling.PHOTOGRAPHIC), plan.inputSize(), plan.source(), octave.size());
    return context.colours().canvas(StreamedResampling.of(resampler, picture, part));
  }

  /**
   * x_0: the base, and the detail of the octave before. Only the notebook's bases are stored
   * before, each being made of another.
   */
  private float[] start() throws IOException {
    Key key = Key.base(octave.index(), chunk);
    float[] base;
    if (store.exists(key)) {
      base = base(octave).read(part);
    } else {
      base = base();
      store.write(key, part, base);
    }
    if (octave.index() == 0) {
      return base;
    }
    OctavePlan before = context.octave(octave.index() - 1);
    Size size = before.size();
    CanvasSource state = store.canvas(Kind.STATE, before.index(), before.rounds().size(), size);
    CanvasSource baseBefore = base(before);
    CanvasSource detail =
        rectangle -> {
          float[] difference = state.read(rectangle);
          float[] under = baseBefore.read(rectangle);
          for (int i = 0; i < difference.length; i++) {
            difference[i] -= under[i];
          }
          return difference;
        };
    Filter filter = Filter.detail(plan.resampling());
    float[] canvas =
        StreamedResampling.of(new Resampler(filter, size, octave.size()), detail, part);
    for (int i = 0; i < canvas.length; i++) {
      canvas[i] += base[i];
    }
    return canvas;
  }

  private CanvasSource base(OctavePlan of) {
    return store.canvas(Kind.BASE, of.index(), 0, of.size());
  }

  /** The state after a round: the results of all tiles that touch this chunk, blended. */
  private float[] stitch() throws IOException {
    RoundPlan round = octave.rounds().get(stage.round());
    CanvasSource before =
        store.canvas(Kind.STATE, octave.index(), round.index(), new ChunkGrid(octave.size()));
    return Blender.blend(
        part,
        round.lattice(),
        plan.overlapPixels(),
        (tile, rectangle) -> {
          if (!tasks.active(round.index(), tile)) {
            // Beyond a crop nothing was dreamt.
            return before.read(rectangle);
          }
          float[] planes = new float[Math.toIntExact(3 * rectangle.pixels())];
          Key key = new Key(Kind.RESULT, octave.index(), round.index(), tile);
          store.readInto(key, rectangle, planes, rectangle);
          return planes;
        });
  }
}
