package org.reverie.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.JobKey;
import org.reverie.conf.JobReader;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.driver.spark.SparkApplication;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.place.UnwritableException;
import org.reverie.executor.print.PrintAssembler;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.print.PrintTarget;
import org.reverie.executor.store.Key;
import org.reverie.executor.store.Manifest;
import org.reverie.executor.store.Store;
import org.reverie.executor.work.GuideMask;
import org.reverie.executor.work.PlanCodec;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.StoppedException;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.seam.SeamReport;

/**
 * One render, from a job to a print. {@link #run} is the pipeline: open the input and the brain,
 * plan, then base, start and rounds octave by octave, then the seam meter, the print and the
 * report.
 *
 * <p>The driver never holds a canvas: pixels go from task to task through the store.
 */
public final class Render {
  /** The master that needs no Spark. */
  public static final String IN_PROCESS = "in-process";

  private static final float[] NO_FACTORS = {};

  private final RenderJob job;
  private final Optional<Origin> origin;
  private final RenderSession session;
  private final ProgressView view;
  private final Configuration configuration = Places.configuration();
  private final Timings timings = new Timings();
  private final long startNanos = System.nanoTime();

  /** Whether all that the job names was found to be of use. */
  private boolean planned;

  private Render(RenderJob job, Optional<Origin> origin, RenderSession session, ProgressView view) {
    this.job = job;
    this.origin = origin;
    this.session = session;
    this.view = view;
  }

  /**
   * Whether tasks run in this process without Spark.
   *
   * @param master as a job names it; nothing leaves it to Spark's own settings, and where Spark did
   *     not start this process either, nobody needs it
   */
  static boolean isInProcess(String master) {
    return master == null ? !SparkApplication.isSubmitted() : master.equals(IN_PROCESS);
  }

  /**
   * Renders.
   *
   * @param job complete
   * @param view is told the plan first, then the progress, then what was made
   * @throws UserException if input, brain or output cannot be used, or the settings do not fit them
   * @throws StageFailedException if a stage failed for good; the same job resumes it
   */
  public static RenderOutcome run(RenderJob job, ProgressView view) {
    return run(job, Optional.empty(), view);
  }

  /**
   * Renders, perhaps what was rendered before.
   *
   * @param job complete
   * @param origin the print that the job was taken from; {@code view} is told what is another now
   * @param view as for {@link #run(RenderJob, ProgressView)}
   * @throws UserException if input, brain or output cannot be used, if the settings do not fit
   *     them, or if the job does not name the brain of its origin
   * @throws StageFailedException if a stage failed for good; the same job resumes it
   */
  public static RenderOutcome run(RenderJob job, Optional<Origin> origin, ProgressView view) {
    try (RenderSession session =
        new RenderSession(job.run().master(), Optional.empty(), view::note)) {
      return run(job, origin, session, view);
    }
  }

  /**
   * Renders, as one of several that follow one another.
   *
   * @param job complete; its master is the session's
   * @param session stays open
   * @param view as for {@link #run(RenderJob, ProgressView)}
   * @throws UserException if input, brain or output cannot be used, or the settings do not fit them
   * @throws StageFailedException if a stage failed for good; the same job resumes it
   * @throws StoppedException if the session's deadline came; the same job resumes it
   */
  public static RenderOutcome run(RenderJob job, RenderSession session, ProgressView view) {
    return run(job, Optional.empty(), session, view);
  }

  private static RenderOutcome run(
      RenderJob job, Optional<Origin> origin, RenderSession session, ProgressView view) {
    Render render = new Render(job, origin, session, view);
    try {
      return render.run();
    } catch (UserException e) {
      if (render.planned) {
        throw e;
      }
      Inspection inspection = new Inspection(e.problems());
      look(inspection, job, session);
      throw inspection.problems().size() == e.problems().size()
          ? e
          : new UserException(inspection.problems());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Looks at what a job names, so that mistakes are found long before it is its turn: whether its
   * print can be written and takes no other file's place, whether its pictures can be opened and
   * its brain read, and whether that has its layers.
   *
   * @throws UserException with all that cannot be used
   */
  public static void check(RenderJob job) {
    try (RenderSession session = RenderSession.inProcess()) {
      check(job, session);
    }
  }

  /**
   * The same for one of several that follow one another.
   *
   * @param session stays open
   * @throws UserException with all that cannot be used
   */
  public static void check(RenderJob job, RenderSession session) {
    Inspection inspection = new Inspection();
    look(inspection, job, session);
    inspection.require();
  }

  /** Adds all that cannot be used to what is known already. */
  private static void look(Inspection inspection, RenderJob job, RenderSession session) {
    Configuration configuration = Places.configuration();
    inspection.look(() -> checkPlace(job, configuration));
    inspection.look(() -> WorkDirectory.keepOthers(job, configuration));
    lookAtPictures(inspection, job, Set.of(), configuration);
    lookAtEngine(inspection, job, Set.of());
    // Of a brain that nobody meant no more is said.
    if (inspection.problems().stream()
        .noneMatch(known -> known.where().equals(JobKey.BRAIN.flag()))) {
      inspection.look(() -> BrainChoice.of(job, session.brain(job.brain(), configuration)));
    }
  }

  /**
   * Looks at the files that a job names which is not sound itself, so that all its mistakes can be
   * told at once.
   *
   * @param reading the job, with keys whose values are of no use
   * @param origin as for {@link #run(RenderJob, Optional, ProgressView)}
   * @param read the file that the job was read from, if it must be kept
   * @param session stays open
   * @return what cannot be used of the others
   */
  public static List<Problem> problemsOfFiles(
      JobReader.Reading reading,
      Optional<Origin> origin,
      List<Overwriting.Source> read,
      RenderSession session) {
    Configuration configuration = Places.configuration();
    RenderJob job = reading.job();
    Set<JobKey<?>> wrong = reading.wrong();
    Inspection inspection = new Inspection();
    if (!wrong.contains(JobKey.OUT)) {
      inspection.look(
          () -> {
            Path out = Places.path(job.print().out(), configuration);
            PrintTarget.check(Places.fileSystem(out, configuration), out);
            List<Overwriting.Source> sources = new ArrayList<>(read);
            sources.addAll(Overwriting.sources(job, wrong, configuration));
            Overwriting.check(out, sources, configuration);
          });
    }
    lookAtPictures(inspection, job, wrong, configuration);
    lookAtEngine(inspection, job, wrong);
    if (isBrainMissing(inspection, reading, configuration)) {
      return inspection.problems();
    }
    if (namesBrain(reading)) {
      inspection.look(
          () -> {
            LoadedBrain loaded = session.brain(brain(reading), configuration);
            if (origin.isPresent()) {
              origin.get().requireBrain(job, loaded.brain());
            }
            if (!wrong.contains(JobKey.LAYERS)) {
              BrainChoice.of(job, loaded);
            }
          });
    }
    return inspection.problems();
  }

  /** Elsewhere there may be engines that nobody here knows. */
  private static void lookAtEngine(Inspection inspection, RenderJob job, Set<JobKey<?>> wrong) {
    if (isInProcess(job.run().master())
        && !wrong.contains(JobKey.MASTER)
        && !wrong.contains(JobKey.ENGINE)) {
      inspection.look(() -> Engines.requireKnown(job.run().engine()));
    }
  }

  /** Whatever its weights would be. */
  private static boolean isBrainMissing(
      Inspection inspection, JobReader.Reading reading, Configuration configuration) {
    return !reading.wrong().contains(JobKey.BRAIN)
        && !inspection.look(() -> BrainChoice.requireThere(reading.job().brain(), configuration));
  }

  /** Whether it is understood which brain a job means. */
  private static boolean namesBrain(JobReader.Reading reading) {
    RenderJob.Brain brain = reading.job().brain();
    boolean builtIn = brain.path() == null && brain.randomWeights() == null;
    return (builtIn || brain.path() != null)
        && Collections.disjoint(reading.wrong(), List.of(JobKey.BRAIN, JobKey.RANDOM_WEIGHTS));
  }

  /** The brain of a job that is not sound, whose layers are there with any mean. */
  private static RenderJob.Brain brain(JobReader.Reading reading) {
    RenderJob.Brain brain = reading.job().brain();
    return reading.wrong().contains(JobKey.MEAN)
        ? new RenderJob.Brain(brain.path(), brain.randomWeights(), null)
        : brain;
  }

  private static void lookAtPictures(
      Inspection inspection, RenderJob job, Set<JobKey<?>> wrong, Configuration configuration) {
    List<Overwriting.Source> pictures = new ArrayList<>();
    inspection.look(() -> pictures.addAll(Overwriting.pictures(job, wrong, configuration)));
    for (Overwriting.Source picture : pictures) {
      inspection.look(() -> Prints.open(picture.path(), configuration).close());
    }
  }

  private static void checkPlace(RenderJob job, Configuration configuration) throws IOException {
    Path out = Places.path(job.print().out(), configuration);
    PrintTarget.check(Places.fileSystem(out, configuration), out);
    Optional<Overwriting.Standing> standing = Overwriting.check(job, out, configuration);
    if (standing.isPresent()) {
      try (RenderInput input = RenderInput.open(job, configuration)) {
        standing.get().yieldTo(job, input.size());
      }
    }
  }

  /**
   * The brain that a job names, for whoever makes jobs of its layers.
   *
   * @param session stays open
   * @throws UserException if it cannot be used
   */
  public static LoadedBrain brain(RenderJob job, RenderSession session) {
    try {
      return session.brain(job.brain(), Places.configuration());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Whether the same job would carry something on if it were stopped now; true where its work
   * directory cannot be read. May be asked by any thread.
   */
  public static boolean isKept(RenderJob job) {
    try {
      return WorkDirectory.isKept(job, Places.configuration());
    } catch (IOException | UserException e) {
      return true;
    }
  }

  /**
   * Says in every work directory of this process that its render was stopped. For when the process
   * was told to end; does not wait for the renders.
   */
  public static void stopAll() {
    WorkDirectory.stopAll();
  }

  private RenderOutcome run() throws IOException {
    Path out = Places.path(job.print().out(), configuration);
    PrintFormat format = PrintFormat.of(PathNames.written(out));
    Optional<UserException> unwritable = unwritable(out);
    Optional<Overwriting.Standing> standing = Overwriting.check(job, out, configuration);
    if (standing.isEmpty()) {
      if (unwritable.isPresent()) {
        throw unwritable.get();
      }
      WorkDirectory.keepOthers(job, configuration);
    }
    try (RenderInput input = RenderInput.open(job, configuration)) {
      standing.ifPresent(print -> print.yieldTo(job, input.size()));
      if (origin.isPresent()) {
        Brain brain = session.brain(job.brain(), configuration).brain();
        origin.get().requireBrain(job, brain);
        origin.get().differences(job, input, brain).forEach(view::note);
      }
      if (!job.run().dryRun() && standing.isEmpty()) {
        session.begin();
      }
      Preparation prepared = Preparation.of(job, input, format, session, configuration);
      planned = true;
      if (unwritable.isPresent()
          && (job.run().fresh() || !WorkDirectory.printed(out, prepared.plan(), configuration))) {
        throw unwritable.get();
      }
      prepared.notes().forEach(view::note);
      origin.ifPresent(print -> print.differences(prepared.plan()).forEach(view::note));
      view.plan(prepared.text());
      specification(prepared.plan(), input, format);
      if (job.run().dryRun()) {
        boolean finished = WorkDirectory.look(job, out, prepared.plan(), configuration, view::note);
        tellOfPrint(out, standing, finished);
        return RenderOutcome.PLANNED;
      }
      try (WorkDirectory work =
          WorkDirectory.open(job, out, prepared.plan(), configuration, view::note)) {
        tellOfPrint(out, standing, work.finished());
        if (!work.finished()) {
          keepNewcomers(out, work); // planning takes a while too, and the log begins now
          try (ProgressLog log = ProgressLog.of(view, out, configuration)) {
            PrintSpecification print = specification(work.plan(), input, format);
            render(input, prepared, print, out, work, log);
          }
        }
      }
      return RenderOutcome.DONE;
    }
  }

  /**
   * Why the print cannot be written, which is nobody's concern where it is there already.
   *
   * @throws UserException that very reason, if nothing is there, or no print could have this name
   */
  private Optional<UserException> unwritable(Path out) throws IOException {
    FileSystem fileSystem = Places.fileSystem(out, configuration);
    try {
      PrintFormat unused = PrintTarget.check(fileSystem, out);
      return Optional.empty();
    } catch (UserException e) {
      if (e.problems().get(0).code().equals("output-not-writable") && isThere(fileSystem, out)) {
        return Optional.of(e);
      }
      throw e;
    }
  }

  /** False as well where that is not to be found out. */
  private static boolean isThere(FileSystem fileSystem, Path out) {
    try {
      return fileSystem.exists(out);
    } catch (IOException e) {
      return false; // why the print cannot be written says it all
    }
  }

  /** Says what becomes of a print that is there. */
  private void tellOfPrint(Path out, Optional<Overwriting.Standing> standing, boolean finished) {
    if (finished) {
      view.note(
          PathNames.written(out)
              + " is there already, made with these settings; --fresh makes it again");
    } else {
      standing.map(Overwriting.Standing::replaced).ifPresent(view::note);
    }
  }

  /**
   * How the print is encoded.
   *
   * @throws UserException if its format cannot hold it
   */
  private PrintSpecification specification(RenderPlan plan, RenderInput input, PrintFormat format) {
    return PrintSpecification.of(
            format,
            plan.crop().width(),
            plan.crop().height(),
            switch (plan.bitsPerSample()) {
              case 8 -> RenderJob.Depth.EIGHT;
              case 16 -> RenderJob.Depth.SIXTEEN;
              case 32 -> RenderJob.Depth.FLOAT;
              default -> throw new AssertionError(plan.bitsPerSample());
            },
            plan.pixelsPerInch(),
            input.profile(),
            PlanCodec.text(plan))
        .withDither(job.print().dither() == RenderJob.Dither.NOISE);
  }

  private void render(
      RenderInput input,
      Preparation prepared,
      PrintSpecification print,
      Path out,
      WorkDirectory work,
      ProgressView log)
      throws IOException {
    RenderPlan plan = work.plan();
    RenderSetup setup =
        new RenderSetup(
            PlanCodec.encode(plan),
            BrainCodec.encode(prepared.brain().brain()),
            prepared.guide().columns(),
            prepared.guide().ends(),
            prepared.mask().map(GuideMask::encode).orElse(new byte[0]),
            work.store().root().toString(),
            print,
            prepared.engineBytes(),
            session.nextSetup(),
            Places.settings());
    try {
      try {
        store(input, plan, work.store());
      } catch (UserException e) {
        // A picture that breaks off half-way leaves nothing that could be carried on.
        work.discard();
        throw e;
      }
      work.status(Store.State.RUNNING, "");
      try (TileRunner runner = session.runner(setup)) {
        Mending mending = new Mending(plan, work.store());
        while (!pass(runner, mending, print, out, work, log)) {
          store(plan, work.store());
        }
      }
    } catch (StageFailedException | StoppedException e) {
      work.stopped(e.getMessage());
      throw e;
    } catch (IOException | UncheckedIOException | FSError e) {
      // A full disk, a server that is gone: nobody's mistake, and what is done is kept.
      Throwable told = e instanceof FSError ? e.getCause() : e;
      StageFailedException stopped =
          new StageFailedException(
              UnwritableException.in(e)
                  .map(Throwable::getMessage)
                  .orElseGet(
                      () ->
                          "a file cannot be written or read: "
                              + told.getMessage()
                              + (UnwritableException.isFull(told)
                                  ? ". Make room there; the same command goes on"
                                  : "")),
              e);
      work.stopped(stopped.getMessage());
      throw stopped;
    }
  }

  /**
   * One pass over all that the store lacks.
   *
   * @return whether the print is written; false if something was found damaged and is to be made
   *     anew by another pass
   */
  private boolean pass(
      TileRunner runner,
      Mending mending,
      PrintSpecification print,
      Path out,
      WorkDirectory work,
      ProgressView log)
      throws IOException {
    RenderPlan plan = work.plan();
    try {
      List<OctaveRun> octaves = new ArrayList<>();
      StageRunner stages = new StageRunner(runner, work, log, timings, megapixels(plan));
      for (OctavePlan octave : plan.octaves()) {
        octaves.add(new OctaveRun(plan, octave, work.store(), stages));
      }
      bases(plan, octaves, work.store());
      dream(plan, octaves, work.store());
      SeamReport seams = Seams.measure(plan, stages);
      long bytes = print(stages, print, out, work);
      Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
      List<OctaveScale> scales = OctaveScale.of(plan, work.store());
      new RenderReport(
              job, plan, timings, scales, seams, took, bytes, runner.place(), stages.splits())
          .write(out, configuration);
      SeamPicture.write(seams, out, configuration);
      work.finish(out);
      log.done(PathNames.written(out), took, seams.verdict());
      return true;
    } catch (StageFailedException | IOException | UncheckedIOException e) {
      Optional<Key> mended = mending.mend(e);
      if (mended.isEmpty()) {
        throw e;
      }
      log.note(mended.get().path() + " was damaged or gone and is made anew");
      return false;
    }
  }

  /** Streams the input into the store again, where the store has lost some of it. */
  private void store(RenderPlan plan, Store store) throws IOException {
    if (store.readManifest(plan.octaves().size(), 0).isEmpty()) {
      try (RenderInput again = RenderInput.open(job, configuration)) {
        store(again, plan, store);
      }
    }
  }

  private static double megapixels(RenderPlan plan) {
    return plan.octaves().stream()
        .mapToDouble(octave -> new OctaveRun(plan, octave, null, null).megapixels())
        .sum();
  }

  /** Streams the input into the store, once. */
  private void store(RenderInput input, RenderPlan plan, Store store) throws IOException {
    int marker = plan.octaves().size();
    if (store.readManifest(marker, 0).isEmpty()) {
      long start = System.nanoTime();
      input.store(store);
      store.writeManifest(marker(marker, 0));
      timings.wall("input", System.nanoTime() - start);
    }
  }

  /** The notebook makes each base from the next larger one, so all of them before anything else. */
  private void bases(RenderPlan plan, List<OctaveRun> octaves, Store store) throws IOException {
    if (plan.resampling() == RenderJob.Resampling.NOTEBOOK
        && !closed(store, plan.octaves().get(0))) {
      for (int k = octaves.size() - 1; k >= 0; k--) {
        octaves.get(k).base();
      }
    }
  }

  private void dream(RenderPlan plan, List<OctaveRun> octaves, Store store) throws IOException {
    OctaveRun.Scale scale = OctaveRun.Scale.NONE;
    for (int k = 0; k < octaves.size(); k++) {
      OctavePlan octave = plan.octaves().get(k);
      boolean closed = closed(store, octave);
      if (!closed) {
        octaves.get(k).start();
        if (k > 0) {
          // From here on the octave before lives in this one's first state.
          OctavePlan before = plan.octaves().get(k - 1);
          store.writeManifest(marker(k - 1, before.rounds().size()));
          octaves.get(k - 1).forgetAll();
        }
      }
      scale = octaves.get(k).dream(scale, closed);
    }
  }

  /** Whether the next octave carries this one on already. */
  private static boolean closed(Store store, OctavePlan octave) throws IOException {
    return store.readManifest(octave.index(), octave.rounds().size()).isPresent();
  }

  private static Manifest marker(int octave, int round) {
    return new Manifest(octave, round, new double[0][], new double[0], new int[0], new int[0]);
  }

  private long print(StageRunner stages, PrintSpecification print, Path out, WorkDirectory work)
      throws IOException {
    FileSystem fileSystem = Places.fileSystem(out, configuration);
    java.nio.file.Path spool = Files.createTempDirectory("reverie-print");
    try (PrintAssembler assembler = PrintAssembler.begin(fileSystem, out, print, spool)) {
      stages.stream(
          new Stage(Stage.Kind.ENCODE, 0, 0, NO_FACTORS),
          print.pieces(),
          bytes -> {
            try {
              assembler.append(bytes);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      keepNewcomers(out, work);
      return assembler.finish();
    } finally {
      Files.deleteIfExists(spool);
    }
  }

  /**
   * Looks again at the places of the print and of what goes beside it: in a night somebody may have
   * put a file there.
   *
   * @throws UserException if so; what was dreamt is kept then
   */
  private void keepNewcomers(Path out, WorkDirectory work) throws IOException {
    try {
      Overwriting.checkPrint(out, configuration);
    } catch (UserException e) {
      String remedy =
          ("Move it away, then give the same command%s again, which carries on: what was dreamt"
                  + " is kept in %s")
              .formatted(
                  job.run().fresh() ? " without --fresh" : "",
                  PathNames.written(work.store().root()));
      UserException stopped =
          new UserException(
              e.problems().stream()
                  .map(known -> new Problem(known.code(), known.where(), known.what(), remedy))
                  .toList(),
              e);
      work.stopped(stopped.getMessage());
      throw stopped;
    }
  }
}
