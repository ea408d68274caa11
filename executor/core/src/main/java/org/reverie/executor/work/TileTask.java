package org.reverie.executor.work;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.NotFiniteException;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.executor.store.CorruptChunkException;
import org.reverie.executor.store.Key;
import org.reverie.executor.store.Kind;
import org.reverie.executor.store.MissingChunkException;
import org.reverie.executor.store.Together;
import org.reverie.tiling.Border;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.plan.OctavePlan.Mode;
import org.reverie.tiling.plan.RoundPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stages whose tasks are tiles: everything that computes a gradient. */
final class TileTask extends StageTask {
  private static final byte[] NO_BYTES = {};
  private static final Logger LOG = LoggerFactory.getLogger(TileTask.class);

  private final RoundPlan round;
  private final int tile;
  private final Rectangle core;

  /** The octave's iteration at which the window is loaded. */
  private int firstIteration;

  TileTask(RenderContext context, Stage stage, int task) {
    super(context, stage, task);
    this.round = octave.rounds().get(stage.round());
    this.tile =
        stage.kind() == Stage.Kind.GRADIENT
            ? tasks.measuredTile(task)
            : tasks.tile(stage.round(), task);
    this.core = round.lattice().core(tile);
    this.firstIteration = round.firstIteration();
  }

  @Override
  TaskReport perform() throws IOException {
    try {
      return switch (stage.kind()) {
        case GRADIENT, STEP_GRADIENT -> gradient();
        case DREAM -> octave.mode() == Mode.WHOLE ? whole() : dream();
        case BASE, START, STEP, STITCH, SEAMS, ENCODE -> throw new AssertionError(stage);
      };
    } catch (NotFiniteException e) {
      throw new IllegalStateException(
          "%s, tile %d at %s: the gradient of iteration %d is not finite"
              .formatted(stage.description(), tile, core, firstIteration + e.iteration()),
          e);
    }
  }

  /** The whole octave in one window: its own mean is the canvas' mean, so it meets nobody. */
  private TaskReport whole() throws IOException {
    Window window = tasks.windows(round.index()).whole();
    float[] canvas = store.canvas(Kind.STATE, octave.index(), 0, octave.size()).readTogether(core);
    Scaling scaling = new Scaling.OwnMean((float) plan.step(), tasks.values(round.index()));
    List<Roll> rolls = octave.rolls();
    double[] sums =
        compute(
            window,
            session -> {
              load(session, window, canvas, Roll.NONE);
              double[] result = session.run(rolls, scaling, window.loadedRegion(), context.clip());
              session.readCanvas(window.loadedRegion(), canvas);
              return result;
            });
    Together.each(
        tasks.chunks(),
        chunk -> {
          Rectangle part = tasks.grid().rectangle(chunk);
          store.write(
              new Key(Kind.STATE, octave.index(), 1, chunk), part, Parts.cut(canvas, core, part));
        });
    logStored();
    return report(sums, window, rolls.size());
  }

  /** The gradient of one core at x_t, which is stored, or x_{t-1} stepped with its gradient. */
  private TaskReport gradient() throws IOException {
    Key gradientKey = new Key(Kind.GRADIENT, octave.index(), round.index(), tile);
    Key stateKey = new Key(Kind.STATE, octave.index(), round.index(), tile);
    if ((round.firstIteration() == 0 || store.exists(stateKey)) && store.exists(gradientKey)) {
      Optional<double[]> stored = sums(gradientKey);
      if (stored.isPresent()) {
        return reused(gradientKey, stored.get());
      }
    }
    int iteration = round.firstIteration();
    Window window = tasks.windows(round.index()).window(core);
    Rectangle loaded = window.loaded();
    ExactState state = new ExactState(context, tasks);
    float[] canvas = state.canvas(iteration, stage.factors()).read(loaded);
    Region part = Region.of(core, loaded);
    float[] gradient = new float[3 * part.pixels()];
    // A wrapped canvas is read as it is rolled already, a mirrored one is rolled in the window.
    boolean rolled = plan.border() == Border.WRAP;
    Roll frame = rolled ? octave.rolls().get(iteration) : Roll.NONE;
    Roll roll = rolled ? Roll.NONE : octave.rolls().get(iteration);
    double sum =
        compute(
            window,
            session -> {
              load(session, window, canvas, frame);
              double result = session.gradient(roll, part);
              session.readGradient(part, gradient);
              return result;
            });
    if (iteration > 0) {
      store.write(stateKey, core, Parts.cut(canvas, loaded, core));
    }
    double[] sums = {sum};
    writeSums(gradientKey, sums);
    store.write(gradientKey, core, gradient);
    logStored();
    return report(sums, window, 1);
  }

  /** The iterations of a round on one tile by itself. */
  private TaskReport dream() throws IOException {
    Key key = new Key(Kind.RESULT, octave.index(), round.index(), tile);
    if (store.exists(key)) {
      Optional<double[]> stored = sums(key);
      if (stored.isPresent()) {
        return reused(key, stored.get());
      }
    }
    Window window = tasks.windows(round.index()).window(core);
    Rectangle loaded = window.loaded();
    Rectangle result = core.grow(plan.overlapPixels() / 2).intersect(octave.size().bounds());
    CanvasSource state = store.canvas(Kind.STATE, octave.index(), round.index(), octave.size());
    float[] canvas = state.read(loaded);
    List<Roll> rolls = octave.rolls(round);
    float[] factors = stage.factors();
    Clip clip = context.clip();
    if (round.firstIteration() == 0) {
      // The first iteration's gradients gave the octave its scale and are applied here.
      new ExactState(context, tasks).step(canvas, loaded, round, factors[0], clip);
      firstIteration++;
      rolls = rolls.subList(1, rolls.size());
      factors = Arrays.copyOfRange(factors, 1, factors.length);
    }
    Scaling scaling = new Scaling.Given(factors);
    List<Roll> remaining = rolls;
    Region part = Region.of(core, loaded);
    Region out = Region.of(result, loaded);
    float[] planes = new float[3 * out.pixels()];
    double[] sums =
        compute(
            window,
            session -> {
              load(session, window, canvas, Roll.NONE);
              double[] each = session.run(remaining, scaling, part, clip);
              session.readCanvas(out, planes);
              return each;
            });
    writeSums(key, sums);
    store.write(key, result, planes);
    logStored();
    return report(sums, window, remaining.size());
  }

  /**
   * @param frame the roll of the frame that the window lies in
   */
  private void load(Session session, Window window, float[] canvas, Roll frame) {
    session.load(window, canvas);
    context
        .guideMask()
        .ifPresent(mask -> session.regions(mask.read(plan, octave.size(), window.loaded(), frame)));
  }

  private <R> R compute(Window window, Function<Session, R> work) {
    long asked = System.nanoTime();
    return context
        .engine()
        .compute(
            window.x().length(),
            window.y().length(),
            new SplitSession.Cut(stage.pieces(task), plan.stride(), plan.haloPixels()),
            session -> {
              long started = System.nanoTime();
              stopwatch.waited(started - asked);
              try {
                return work.apply(session);
              } finally {
                stopwatch.engine(System.nanoTime() - started);
              }
            });
  }

  /** So that executors' logs tell who computed what, and that nobody did it twice. */
  private void logStored() {
    LOG.info("stored {} tile {}", stage.description(), tile);
  }

  /** Sums and split of a tile go before its planes, so that whole planes never lack them. */
  private void writeSums(Key key, double[] sums) throws IOException {
    store.writeSums(key, sums);
    store.writePieces(key, stage.pieces(task));
  }

  /** The sums of a tile that is stored already; empty if they are damaged. */
  private Optional<double[]> sums(Key key) throws IOException {
    try {
      return Optional.of(store.readSums(key));
    } catch (MissingChunkException | CorruptChunkException e) {
      LOG.warn("{} tile {} is computed again", stage.description(), tile, e);
      return Optional.empty();
    }
  }

  private TaskReport report(double[] sums, Window window, int gradients) {
    long pixels = (long) window.x().length() * window.y().length() * gradients;
    return stopwatch.report(task, sums, pixels, false, stage.pieces(task), NO_BYTES);
  }

  private TaskReport reused(Key key, double[] sums) throws IOException {
    return stopwatch.report(task, sums, 0, true, store.readPieces(key), NO_BYTES);
  }
}
