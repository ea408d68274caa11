package org.reverie.driver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.reverie.conf.RenderJob;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.NotFiniteException;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.work.OctaveTasks;
import org.reverie.tiling.Border;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Windows;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.PlanRequest;
import org.reverie.tiling.plan.Planner;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is known of a render before its first tile.
 *
 * @param plan the resolved plan
 * @param brain the brain and what is dreamt of it
 * @param guide the guide's activations
 * @param engineBytes what the sessions of one engine may take together
 * @param notes worth knowing, for people
 * @param text the plan, for people
 */
record Preparation(
    RenderPlan plan,
    BrainChoice brain,
    Guide guide,
    long engineBytes,
    List<String> notes,
    String text) {
  /** Heap that a task's planes take per pixel of its window: state, gradient, copies and input. */
  private static final long HEAP_BYTES_PER_PIXEL = 80;

  private static final int PROBE_PIXELS = 256;
  private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);
  private static final int PROBES = 4;
  private static final double PROBE_NANOS = 5e8;

  static Preparation of(
      RenderJob job,
      RenderInput input,
      PrintFormat format,
      RenderSession session,
      Configuration configuration)
      throws IOException {
    BrainChoice brain = BrainChoice.of(job, session.brain(job.brain(), configuration));
    Engines.Choice choice = Engines.choose(job.run().engine());
    EngineProvider provider = choice.provider();
    int threads = Planner.threads(job.run().threads(), Machine.processors());
    EngineProvider.Options options =
        new EngineProvider.Options(threads, 0, precision(job, provider));
    long engineBytes = engineBytes(job, provider);
    List<String> notes = new ArrayList<>(input.notes());
    notes.addAll(brain.loaded().notes());
    try (Engine engine = provider.open(brain.brain(), brain.objective(), options)) {
      LayerGeometry geometry = brain.geometry();
      Guide guide =
          job.dream().objective() == RenderJob.ObjectiveKind.GUIDE
              ? Guide.of(job, brain, engine, configuration)
              : Guide.NONE;
      RenderPlan plan =
          Planner.plan(
              new PlanRequest(
                  job,
                  input.size(),
                  deepest(input.bitsPerSample(), format),
                  input.start(),
                  input.hash(),
                  geometry,
                  AutoHalo.pixels(
                      brain,
                      geometry,
                      engine,
                      objective -> provider.open(brain.brain(), objective, options)),
                  brain.facts(guide.hash(), guide.maskHash()),
                  new RenderPlan.EngineFacts(
                      provider.name(),
                      options.precision().name(),
                      provider.instructionSet(),
                      threads),
                  (width, height) -> bytesFor(engine, width, height),
                  engineBytes));
      guide.check(job, plan);
      tileNote(job, plan, engineBytes).ifPresent(notes::add);
      String text =
          PlanText.of(
              plan,
              session.secondsPerMegapixel(
                  brain.brain().hash()
                      + brain.wholeLayers().targets()
                      + plan.engine()
                      + plan.brain().guideHash(),
                  () -> secondsPerMegapixel(engine, geometry)),
              choice.reason(),
              largest(plan, engine));
      return new Preparation(plan, brain, guide, engineBytes, notes, text);
    }
  }

  /** Says where memory made tiles smaller than a person asked for, or than they could be. */
  private static Optional<String> tileNote(RenderJob job, RenderPlan plan, long engineBytes) {
    long canvas = Math.max(plan.canvas().width(), plan.canvas().height());
    Integer asked = job.tiles().tile();
    if (asked == null && job.run().memory() == null) {
      return Optional.empty();
    }
    long wanted = Math.min(canvas, asked == null ? Planner.LARGEST_WINDOW : asked);
    return plan.tilePixels() >= wanted
        ? Optional.empty()
        : Optional.of(
            "A tile of %d px and its halo do not fit into %s (--memory); tiles are %d px."
                .formatted(wanted, PlanText.bytes(engineBytes), plan.tilePixels()));
  }

  private static EngineProvider.Precision precision(RenderJob job, EngineProvider provider) {
    return job.run().precision() == null
        ? provider.defaultPrecision()
        : EngineProvider.Precision.valueOf(job.run().precision().name());
  }

  /** What sessions may take: of an accelerator's memory, or of this machine's. */
  private static long engineBytes(RenderJob job, EngineProvider provider) {
    return job.run().memory() != null
        ? job.run().memory()
        : provider.memoryBytes(0).orElseGet(Machine::engineBytes);
  }

  /** A format that holds 8 bits only takes no more from an input that has them. */
  private static int deepest(int inputBits, PrintFormat format) {
    return format.depths().contains(RenderJob.Depth.SIXTEEN) ? inputBits : 8;
  }

  private static long bytesFor(Engine engine, int width, int height) {
    long planes = HEAP_BYTES_PER_PIXEL * width * height;
    return planes > Machine.planeBytes() ? Long.MAX_VALUE : engine.bytesFor(width, height);
  }

  private static long largest(RenderPlan plan, Engine engine) {
    long largest = 0;
    for (OctavePlan octave : plan.octaves()) {
      OctaveTasks tasks = new OctaveTasks(plan, octave);
      for (RoundPlan round : octave.rounds()) {
        Windows windows = tasks.windows(round.index());
        largest =
            Math.max(
                largest,
                engine.bytesFor((int) windows.longest(Axis.X), (int) windows.longest(Axis.Y)));
      }
    }
    return largest;
  }

  /** The time of one gradient of a small window, for the estimate that people read. */
  private static double secondsPerMegapixel(Engine engine, LayerGeometry geometry) {
    int edge = PROBE_PIXELS;
    WindowAxis axis = new WindowAxis(Border.WRAP, edge, 0, edge, 0, edge, geometry.stride());
    Window window = new Window(axis, axis);
    float[] canvas = new float[3 * edge * edge];
    for (int i = 0; i < canvas.length; i++) {
      canvas[i] = (i * 31 % 97) - 48;
    }
    try (Session session = engine.compile(edge, edge)) {
      session.load(window, canvas);
      double best = Double.MAX_VALUE;
      double spent = 0;
      for (int i = 0; i < PROBES && spent < PROBE_NANOS; i++) {
        long start = System.nanoTime();
        try {
          session.run(
              List.of(Roll.NONE),
              new Scaling.Given(new float[] {0}),
              window.loadedRegion(),
              Clip.none());
        } catch (NotFiniteException e) {
          LOG.debug("a brain that overflows on the probe takes its time all the same", e);
        }
        double nanos = System.nanoTime() - start;
        best = Math.min(best, nanos);
        spent += nanos;
      }
      return best / 1e9 / (edge * edge / 1e6);
    }
  }
}
