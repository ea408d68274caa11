package org.reverie.executor.work;

import java.util.List;
import org.reverie.conf.RenderJob;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.ReceptiveFields;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.HaloMeasurement;
import org.reverie.executor.engine.NotFiniteException;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.PlanRequest;
import org.reverie.tiling.plan.Planner;
import org.reverie.tiling.plan.RenderPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans a render where it will be dreamt: chooses the engine among those that run there, and asks
 * it what the plan depends on, which is memory, instruction set, halo and the guide's activations.
 * The driver of a cluster of GPUs has none. The brain comes with the setup; nothing else of it is
 * used.
 *
 * @param question a {@link SurveyQuestion}, as it travels
 */
public record Survey(byte[] question) implements TaskBody {
  /** Heap that a task's planes take per pixel of its window: state, gradient, copies and input. */
  private static final long HEAP_BYTES_PER_PIXEL = 80;

  /** More columns of a guide would cost every iteration a product that no eye could tell. */
  private static final int MOST_COLUMNS = 4096;

  private static final int PROBE_PIXELS = 256;
  private static final int PROBES = 4;
  private static final double PROBE_NANOS = 5e8;
  private static final Logger LOG = LoggerFactory.getLogger(Survey.class);

  @Override
  public TaskReport perform(RenderSetup setup, Stage stage, int task) {
    long start = System.nanoTime();
    int device = TaskDevice.address().map(Integer::parseInt).orElse(0);
    SurveyAnswer answer =
        answer(
            SurveyQuestion.decode(question),
            BrainCodec.decode(setup.brain()),
            setup.session(),
            device);
    return new TaskReport(
        task, new double[0], 0, 0, System.nanoTime() - start, false, 1, answer.encode());
  }

  /**
   * Plans on a device of this process.
   *
   * @param session whose earlier renders may have left engines here
   * @param device index of the accelerator; 0 without one
   * @throws org.reverie.conf.UserException if no such engine runs here, or it cannot dream what is
   *     asked for
   */
  public static SurveyAnswer answer(
      SurveyQuestion question, Brain brain, String session, int device) {
    RenderJob job = question.job();
    Engines.Choice choice = Engines.choose(job.run().engine());
    EngineProvider provider = choice.provider();
    EngineProvider.Options options =
        new EngineProvider.Options(
            Planner.threads(job.run().threads(), Machine.processors()),
            device,
            precision(job, provider));
    long engineBytes = engineBytes(job, provider, session, device);
    List<Integer> layers =
        question.brain().targets().stream().map(RenderPlan.Target::layer).toList();
    LayerGeometry geometry = ReceptiveFields.of(brain).geometry(layers);
    List<RenderPlan.Target> targets = question.brain().targets();
    try (Engine engine = provider.open(brain, objective(brain, targets), options)) {
      List<float[][]> guides =
          question.guides().stream().map(guide -> columns(guide, brain, layers, engine)).toList();
      int halo =
          question.halo() != null
              ? question.halo()
              : halo(brain, targets, geometry, engine, provider, options);
      RenderPlan plan =
          Planner.plan(
              new PlanRequest(
                  job,
                  question.inputSize(),
                  question.inputBits(),
                  question.start(),
                  question.inputHash(),
                  geometry,
                  halo,
                  question.brain(),
                  new RenderPlan.EngineFacts(
                      provider.name(),
                      options.precision().name(),
                      provider.instructionSet(),
                      options.threads()),
                  (width, height) -> bytesFor(engine, width, height),
                  engineBytes,
                  provider.memoryBytes(device).isPresent()));
      return new SurveyAnswer(
          plan,
          guides,
          halo,
          engineBytes,
          largest(plan, engine),
          question.secondsPerMegapixel() != null
              ? question.secondsPerMegapixel()
              : secondsPerMegapixel(engine, geometry),
          job.run().precision() == null ? choice.reason() + faster(provider) : choice.reason());
    }
  }

  /** Tells of a precision that nobody asked for. */
  private static String faster(EngineProvider provider) {
    return provider
        .fasterPrecision()
        .map(
            precision ->
                "; --precision %s is faster here, in less memory".formatted(precision.written()))
        .orElse("");
  }

  /** The objective without a guide, which takes no less memory. */
  private static Objective objective(Brain brain, List<RenderPlan.Target> targets) {
    return PlannedObjective.of(brain, targets, new float[0][], new int[0]);
  }

  /** What the brain sees of a guide, for every target. */
  private static float[][] columns(
      SurveyQuestion.GuidePicture guide, Brain brain, List<Integer> layers, Engine engine) {
    List<float[]> activations = engine.activations(guide.canvas(), guide.width(), guide.height());
    float[][] columns = new float[activations.size()][];
    for (int i = 0; i < columns.length; i++) {
      int channels = brain.layers().get(layers.get(i)).channels();
      columns[i] = thinned(activations.get(i), channels);
    }
    return columns;
  }

  /** At most {@link #MOST_COLUMNS} of the columns, evenly spread. */
  private static float[] thinned(float[] activations, int channels) {
    int count = activations.length / channels;
    if (count <= MOST_COLUMNS) {
      return activations;
    }
    float[] thinned = new float[channels * MOST_COLUMNS];
    for (int c = 0; c < channels; c++) {
      for (int j = 0; j < MOST_COLUMNS; j++) {
        thinned[c * MOST_COLUMNS + j] =
            activations[c * count + (int) ((long) j * count / MOST_COLUMNS)];
      }
    }
    return thinned;
  }

  /**
   * The halo of the layers, whichever of their channels are dreamt: that of a channel which shows
   * nothing on the picture that halos are measured with would be a guess. In float32 whatever the
   * render computes in: rounding is no influence, and the halo is kept for renders in any
   * precision.
   */
  private static int halo(
      Brain brain,
      List<RenderPlan.Target> targets,
      LayerGeometry geometry,
      Engine engine,
      EngineProvider provider,
      EngineProvider.Options options) {
    List<RenderPlan.Target> whole =
        targets.stream().map(RenderPlan.Target::withAllChannels).toList();
    if (whole.equals(targets) && options.precision() == EngineProvider.Precision.FLOAT32) {
      return HaloMeasurement.automatic(engine, geometry, brain.mean());
    }
    EngineProvider.Options exact =
        new EngineProvider.Options(
            options.threads(), options.device(), EngineProvider.Precision.FLOAT32);
    try (Engine other = provider.open(brain, objective(brain, whole), exact)) {
      return HaloMeasurement.automatic(other, geometry, brain.mean());
    }
  }

  private static EngineProvider.Precision precision(RenderJob job, EngineProvider provider) {
    return job.run().precision() == null
        ? provider.defaultPrecision()
        : EngineProvider.Precision.valueOf(job.run().precision().name());
  }

  /** What sessions may take: of an accelerator's memory, or of this machine's. */
  private static long engineBytes(
      RenderJob job, EngineProvider provider, String session, int device) {
    if (job.run().memory() != null) {
      return job.run().memory();
    }
    if (provider.memoryBytes(device).isEmpty()) {
      return Machine.engineBytes();
    }
    // What an earlier render left compiled there is no reason for smaller tiles.
    RenderContext.rest(session);
    return provider.memoryBytes(device).getAsLong();
  }

  private static long bytesFor(Engine engine, int width, int height) {
    long planes = HEAP_BYTES_PER_PIXEL * width * height;
    return planes > Machine.planeBytes() ? Long.MAX_VALUE : engine.bytesFor(width, height);
  }

  private static long largest(RenderPlan plan, Engine engine) {
    long largest = 0;
    for (OctavePlan octave : plan.octaves()) {
      int[] window = new OctaveTasks(plan, octave).longestWindow();
      largest = Math.max(largest, engine.bytesFor(window[0], window[1]));
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
