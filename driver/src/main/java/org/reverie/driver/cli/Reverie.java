package org.reverie.driver.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.reverie.conf.FlagReader;
import org.reverie.conf.JobKey;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.Nearest;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.TimeOfDay;
import org.reverie.conf.UserException;
import org.reverie.driver.Bench;
import org.reverie.driver.Cards;
import org.reverie.driver.Devices;
import org.reverie.driver.MotifRequest;
import org.reverie.driver.Origin;
import org.reverie.driver.Overwriting;
import org.reverie.driver.Places;
import org.reverie.driver.Render;
import org.reverie.driver.RenderOutcome;
import org.reverie.driver.RenderSession;
import org.reverie.driver.Scale;
import org.reverie.driver.SubmittedStatus;
import org.reverie.driver.Trainer;
import org.reverie.driver.TrainingRequest;
import org.reverie.driver.atlas.Atlas;
import org.reverie.driver.atlas.AtlasRequest;
import org.reverie.driver.atlas.AtlasView;
import org.reverie.driver.batch.Batch;
import org.reverie.driver.batch.BatchOutcome;
import org.reverie.driver.spark.SparkApplication;
import org.reverie.driver.spark.Submission;
import org.reverie.driver.spark.Submission.Program;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command {@code reverie}, also the main class under {@code spark-submit}. */
public final class Reverie {
  private static final int TICK_SECONDS = 1;

  /** Commands that say when they begin, after a look at what they were given. */
  private static final Set<String> WATCHED = Set.of("render", "batch", "atlas", "train", "check");

  /** Commands that touch no file. */
  private static final Set<String> FILELESS = Set.of("completion", "version");

  /** What the command {@code brain} calls the folder that it looks into. */
  private static final String CARD_BRAIN = "DIR";

  private final Renderer renderer;
  private final BrainInspector inspector;
  private final SeamInspector seams;
  private final Terminal terminal;
  private final Consumer<Path> logStarter;
  private Failures failures;
  private Path log;
  private boolean logIsNew;

  /**
   * @param renderer makes prints
   * @param inspector reads brains
   * @param seams looks for seams
   * @param terminal where people read
   * @param logStarter sends what is logged to a file from now on; null where Spark started this
   *     process and sees to its log
   */
  Reverie(
      Renderer renderer,
      BrainInspector inspector,
      SeamInspector seams,
      Terminal terminal,
      Consumer<Path> logStarter) {
    this.renderer = renderer;
    this.inspector = inspector;
    this.seams = seams;
    this.terminal = terminal;
    this.logStarter = logStarter;
  }

  /** Runs one command; ends the process with its status. */
  public static void main(String[] arguments) {
    boolean sparks = SparkApplication.isSubmitted();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Terminal own = Terminal.ofThisProcess();
    Terminal terminal = SubmittedStatus.isAwaited() ? own.copiedTo(printed) : own;
    if (!sparks) {
      Interruption.notBegun(terminal.err());
    }
    Pipeline pipeline = new Pipeline();
    Reverie reverie =
        new Reverie(pipeline, pipeline, pipeline, terminal, sparks ? null : LogFile::redirectTo);
    ExitStatus status = reverie.run(arguments);
    Interruption.begun();
    if (sparks) {
      reverie.handBack(status, printed.toString(Charset.defaultCharset()));
    }
    // YARN takes an early System.exit(0) for a failure, so there success is a plain return.
    if (status != ExitStatus.DONE || !sparks) {
      System.exit(status.code());
    }
  }

  /** Runs one command. */
  ExitStatus run(String... arguments) {
    failures = new Failures(terminal, typed(List.of(arguments)), typed(resuming(arguments)));
    try {
      ArgumentReader.Reading reading = ArgumentReader.read(Grammar.of(terminal), arguments);
      if (!reading.problems().isEmpty()) {
        return refuse(reading);
      }
      return dispatch(reading.parsed(), arguments);
    } catch (ParameterException e) {
      return failures.problems(ArgumentReader.problems(e));
    } catch (UserException e) {
      return withoutTrace(failures.problems(e.problems()));
    } catch (Throwable e) { // an Error is our bug as well, and people must hear of it
      if (log == null) {
        startLog(null);
      }
      return failures.report(e, log);
    } finally {
      if (log != null) {
        LogFile.removeUnused(log);
      }
    }
  }

  private ExitStatus dispatch(ParseResult root, String[] arguments) {
    requireKnown(root);
    if (CommandLine.executeHelpRequest(root) != null) {
      return ExitStatus.DONE;
    }
    if (!root.hasSubcommand()) {
      root.commandSpec().commandLine().usage(terminal.err());
      return ExitStatus.INPUT;
    }
    ParseResult command = root.subcommand();
    if (!FILELESS.contains(command.commandSpec().name())) {
      Places.requireCurrentFolder();
    }
    if (!WATCHED.contains(command.commandSpec().name())) {
      Interruption.begun();
    }
    return switch (command.commandSpec().name()) {
      case "render" -> render(command, arguments);
      case "batch" -> batch(command, arguments);
      case "brain" -> printCard(command);
      case "atlas" -> drawAtlas(command);
      case "bench" -> printBench(command);
      case "check" -> printCheck(command, arguments);
      case "scale" -> printScale(command);
      case "seams" -> printSeams(command);
      case "motifs" -> drawMotifs(command);
      case "train" -> train(command, arguments);
      case "completion" -> printCompletion(command);
      case "version" -> printVersion();
      default -> throw new AssertionError(command.commandSpec().name());
    };
  }

  /** Sees to it that the command is there whose help is asked for. */
  private static void requireKnown(ParseResult root) {
    if (root.hasSubcommand() && root.subcommand().commandSpec().name().equals("help")) {
      String asked = root.subcommand().matchedPositionalValue(0, "");
      if (!asked.isEmpty() && !root.commandSpec().subcommands().containsKey(asked)) {
        throw new UserException(List.of(ArgumentReader.unknownCommand(root.commandSpec(), asked)));
      }
    }
  }

  /** Tells what is wrong with a command line, and with what it asks for. */
  private ExitStatus refuse(ArgumentReader.Reading reading) {
    List<Problem> problems = new ArrayList<>(reading.problems());
    try {
      if (reading.parsed().hasSubcommand()) {
        problems.addAll(problemsOfRequest(reading.parsed().subcommand(), reading.lost()));
      }
    } catch (ParameterException e) {
      problems.addAll(ArgumentReader.problems(e));
    } catch (UserException e) {
      problems.addAll(e.problems());
    }
    return withoutTrace(failures.problems(problems));
  }

  /**
   * What is wrong with what a command asks for that will not run.
   *
   * @param lost flags that were given and not understood
   */
  private List<Problem> problemsOfRequest(ParseResult command, Set<String> lost) {
    if (!FILELESS.contains(command.commandSpec().name())) {
      Places.requireCurrentFolder();
    }
    switch (command.commandSpec().name()) {
      case "render" -> {
        JobReader.Reading reading = JobOptions.read(command, lost);
        startLog(reading.job().print().out());
        return withFiles(reading, command);
      }
      case "batch" -> {
        if (command.hasMatchedPositional(0) && !lost.contains("FILE")) {
          startLog(command.matchedPositionalValue(0, ""));
          openBatch(command, new BatchProgress(terminal, failures, log));
        }
      }
      case "brain" -> {
        startLog(null);
        return withFiles(cardRequest(command, lost), cardFiles(command));
      }
      case "atlas" -> {
        FlagReader.Reading<AtlasRequest> reading = AtlasCommand.request(command, lost);
        startLog(reading.request().out());
        return withFiles(reading, Atlas::problemsOfFiles);
      }
      case "bench" -> {
        startLog(null);
        return withFiles(MeasurementCommands.bench(command, lost), Bench::problemsOfFiles);
      }
      case "check" -> {
        startLog(null);
        return withFiles(MeasurementCommands.check(command, lost), Reverie::problemsOfCheck);
      }
      case "scale" -> {
        startLog(null);
        return withFiles(MeasurementCommands.scale(command, lost), Scale::problemsOfFiles);
      }
      case "motifs" -> {
        startLog(null);
        return withFiles(TrainingCommands.motifs(command, lost), Reverie::problemsOfMotifs);
      }
      case "train" -> {
        FlagReader.Reading<TrainingRequest> reading = TrainingCommands.train(command, lost);
        startLog(reading.request().out());
        return withFiles(reading, Reverie::problemsOfTraining);
      }
      default -> {}
    }
    return List.of();
  }

  private ExitStatus render(ParseResult command, String[] arguments) {
    JobReader.Reading reading = JobOptions.read(command, Set.of());
    RenderJob job = reading.job();
    startLog(job.print().out());
    if (!reading.problems().isEmpty() || !RelativePaths.of(job, command).isEmpty()) {
      return withoutTrace(failures.problems(withFiles(reading, command)));
    }
    if (Submission.isNeeded(job.run().master())) {
      return submit(Program.RENDERS, job.run().master(), job.print().out(), arguments);
    }
    Progress progress = new Progress(terminal, System::nanoTime);
    // Nothing is read once there is progress: a place that is gone would take long to say so.
    failures.keptIf(() -> progress.isBegun() || renderer.isKept(job));
    Runnable stop =
        () -> {
          progress.silence();
          failures.stopped();
          renderer.stop();
        };
    ScheduledExecutorService ticker = ticker(progress::tick);
    try (Interruption interruption = Interruption.watch(stop)) {
      try {
        Optional<String> file = JobOptions.file(command);
        Optional<Origin> origin = JobOptions.origin(command);
        if (file.isPresent()) {
          try {
            Overwriting.keepJobFile(job, file.get(), origin);
          } catch (UserException e) {
            return withoutTrace(failures.problems(withFiles(reading, command)));
          }
        }
        RenderOutcome outcome = renderer.render(job, origin, progress);
        progress.end();
        return interruption.stopping() || outcome != RenderOutcome.STOPPED
            ? status(outcome)
            : failures.stopped();
      } catch (Throwable e) {
        progress.end();
        // What breaks while the process ends is no news: the hook has said all.
        return interruption.stopping() ? ExitStatus.STOPPED : withoutTrace(failures.report(e, log));
      }
    } finally {
      ticker.shutdownNow();
    }
  }

  /** All that is wrong with a job, with the files that it names where these lie on this machine. */
  private static List<Problem> withFiles(JobReader.Reading reading, ParseResult command) {
    List<Problem> problems = new ArrayList<>(reading.problems());
    List<Problem> relative = RelativePaths.of(reading.job(), command);
    problems.addAll(relative);
    if (relative.isEmpty()
        && !reading.wrong().contains(JobKey.MASTER)
        && !Submission.isNeeded(reading.job().run().master())) {
      try (RenderSession session = RenderSession.inProcess()) {
        Optional<Origin> origin = origin(command);
        problems.addAll(
            Render.problemsOfFiles(
                reading, origin, jobFile(reading.job(), command, origin), session));
      }
    }
    return problems;
  }

  /**
   * All that is wrong with a command's flags, with what it names where that lies on this machine.
   *
   * @param files finds what cannot be used of what a request names, but by flags that are of no use
   */
  private static <T> List<Problem> withFiles(
      FlagReader.Reading<T> reading, BiFunction<T, Set<String>, List<Problem>> files) {
    List<Problem> problems = new ArrayList<>(reading.problems());
    problems.addAll(files.apply(reading.request(), reading.unread()));
    return problems;
  }

  /**
   * The request of flags that can be used. What it names is looked at when it runs.
   *
   * @param files as for {@link #withFiles}
   * @throws UserException with all that is wrong, with the files too, if a flag cannot be used
   */
  private static <T> T sound(
      FlagReader.Reading<T> reading, BiFunction<T, Set<String>, List<Problem>> files) {
    if (!reading.problems().isEmpty()) {
      throw new UserException(withFiles(reading, files));
    }
    return reading.request();
  }

  private static List<Overwriting.Source> jobFile(
      RenderJob job, ParseResult command, Optional<Origin> origin) {
    Optional<String> file = JobOptions.file(command);
    try {
      return file.isPresent() ? Overwriting.jobFile(job, file.get(), origin) : List.of();
    } catch (UserException e) {
      return List.of(); // no path, which was told when the job was read
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty as well where the job file cannot be read, which was told when its job was. */
  private static Optional<Origin> origin(ParseResult command) {
    try {
      return JobOptions.origin(command);
    } catch (UserException e) {
      return Optional.empty();
    }
  }

  private ExitStatus batch(ParseResult command, String[] arguments) {
    String file = command.matchedPositionalValue(0, "");
    startLog(file);
    BatchProgress view = new BatchProgress(terminal, failures, log);
    require(RelativePaths.of((String) null, command));
    Batch batch = openBatch(command, view);
    require(RelativePaths.of(batch.job(), command));
    if (Submission.isNeeded(batch.master())) {
      return submit(Program.RENDERS, batch.master(), file, arguments);
    }
    Runnable stop =
        () -> {
          view.silence();
          batch.interrupted();
          failures.stopped();
          renderer.stop();
        };
    ScheduledExecutorService ticker = ticker(view::tick);
    try (Interruption interruption = Interruption.watch(stop)) {
      BatchOutcome outcome = batch.run();
      view.pause();
      if (interruption.stopping()) {
        return ExitStatus.STOPPED;
      }
      if (!command.hasMatchedOption(JobKey.DRY_RUN.flag())) {
        view.note(
            batch.isReported()
                ? "The report: " + batch.page()
                : "The report could not be written to its end: " + batch.page());
      }
      return switch (outcome) {
        case DONE -> ExitStatus.DONE;
        case FAILED -> ExitStatus.BUG;
        case REFUSED -> ExitStatus.INPUT;
        case STOPPED -> failures.stopped();
      };
    } finally {
      ticker.shutdownNow();
    }
  }

  /**
   * Opens the batch that a command line names.
   *
   * @throws UserException with all that is wrong with it and with the flags laid over it
   */
  private static Batch openBatch(ParseResult command, BatchProgress view) {
    Map<JobKey<?>, List<String>> flags = new LinkedHashMap<>();
    for (JobKey<?> key : List.of(JobKey.MASTER, JobKey.FRESH, JobKey.DRY_RUN)) {
      if (command.hasMatchedOption(key.flag())) {
        flags.put(key, List.of(command.<Object>matchedOptionValue(key.flag(), "").toString()));
      }
    }
    List<Problem> problems = new ArrayList<>();
    Optional<TimeOfDay> stopAt = Optional.empty();
    try {
      stopAt =
          Optional.ofNullable(command.matchedOptionValue("--stop-at", (String) null))
              .map(time -> TimeOfDay.parse(time, "--stop-at"));
    } catch (UserException e) {
      problems.addAll(e.problems());
    }
    Batch batch = null;
    try {
      batch =
          Batch.open(
              command.matchedPositionalValue(0, ""),
              new Batch.Options(
                  JobLayer.ofFlags(null, flags),
                  stopAt,
                  Optional.ofNullable(command.matchedOptionValue("--report", (String) null))
                      .filter(folder -> !folder.isBlank())),
              view);
    } catch (UserException e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw new UserException(problems);
    }
    return batch;
  }

  /**
   * Runs this very command on a cluster.
   *
   * @param beside where the status is handed back, if the command runs on another machine
   */
  private ExitStatus submit(Program program, String master, String beside, String[] arguments) {
    Interruption.begun();
    Submission submission = Submission.ofThisProcess(program);
    Map<String, String> settings = new HashMap<>(Map.of(Submission.COMMAND, program()));
    if (submission.runsElsewhere()) {
      String file = SubmittedStatus.beside(beside);
      settings.put(SubmittedStatus.PROPERTY, file);
      // However Spark ends this process, it ends with the status of the command.
      Interruption.atTheEnd(() -> takeBack(file).code());
    }
    submission.run(master, Reverie.class.getName(), settings, List.of(arguments));
    return ExitStatus.DONE;
  }

  private ExitStatus takeBack(String file) {
    try {
      Optional<SubmittedStatus> status = SubmittedStatus.take(file);
      if (status.isPresent()) {
        if (!status.get().printed().isEmpty()) {
          print(status.get().printed());
        }
        status.get().said().forEach(terminal.err()::println);
        return ExitStatus.of(status.get().status());
      }
      if (Interruption.isBySignal()) {
        SubmittedStatus.abandon(file);
        return failures.leftBehind();
      }
      terminal.err().println("reverie: the driver ended without a word; its log is on the cluster");
    } catch (IOException e) {
      terminal.err().println("reverie: what the driver said cannot be read: " + e.getMessage());
    }
    return failures.stopped();
  }

  /** Tells whoever submitted this command how it ended. */
  private void handBack(ExitStatus status, String printed) {
    try {
      new SubmittedStatus(status.code(), printed, failures.said()).hand();
    } catch (IOException | RuntimeException e) {
      LoggerFactory.getLogger(Reverie.class).error("the status cannot be handed back", e);
    }
  }

  private ExitStatus drawAtlas(ParseResult command) {
    FlagReader.Reading<AtlasRequest> reading = AtlasCommand.request(command, Set.of());
    startLog(reading.request().out());
    AtlasRequest request = sound(reading, Atlas::problemsOfFiles);
    TrainingProgress progress = new TrainingProgress(terminal);
    AtlasView atlasView =
        new AtlasView() {
          @Override
          public void note(String text) {
            progress.note(text);
          }

          @Override
          public void progress(String text) {
            progress.progress(text);
          }
        };
    Runnable stop =
        () -> {
          progress.silence();
          failures.stopped();
          renderer.stop();
        };
    try (Interruption interruption = Interruption.watch(stop)) {
      try {
        Atlas.draw(request, atlasView).forEach(progress::result);
        return interruption.stopping() ? ExitStatus.STOPPED : ExitStatus.DONE;
      } catch (Throwable e) {
        progress.end();
        return interruption.stopping() ? ExitStatus.STOPPED : withoutTrace(failures.report(e, log));
      }
    }
  }

  private ExitStatus drawMotifs(ParseResult command) {
    startLog(null);
    MotifRequest request =
        sound(TrainingCommands.motifs(command, Set.of()), Reverie::problemsOfMotifs);
    TrainingProgress progress = new TrainingProgress(terminal);
    Trainer.find().motifs(request, progress);
    progress.end();
    return ExitStatus.DONE;
  }

  private ExitStatus train(ParseResult command, String[] arguments) {
    FlagReader.Reading<TrainingRequest> reading = TrainingCommands.train(command, Set.of());
    startLog(reading.request().out());
    TrainingRequest request = sound(reading, Reverie::problemsOfTraining);
    if (Submission.isNeeded(request.master())) {
      return submit(Program.TRAININGS, request.master(), request.out(), arguments);
    }
    TrainingProgress progress = new TrainingProgress(terminal);
    failures.keptIf(progress::isKept);
    Runnable stop =
        () -> {
          progress.silence();
          failures.stopped();
        };
    try (Interruption interruption = Interruption.watch(stop)) {
      try {
        RenderOutcome outcome = Trainer.find().train(request, progress);
        progress.end();
        if (interruption.stopping() || outcome != RenderOutcome.STOPPED) {
          return status(outcome);
        }
        failures.told(progress.lastNote());
        return failures.stopped();
      } catch (Throwable e) {
        progress.end();
        if (interruption.stopping()) {
          return ExitStatus.STOPPED;
        }
        ExitStatus status = failures.report(e, log);
        return progress.hasTold() ? status : withoutTrace(status);
      }
    }
  }

  /** Nothing where there is no trainer, of which a command without mistakes hears. */
  private static List<Problem> problemsOfTraining(TrainingRequest request, Set<String> unread) {
    return unread.contains(JobKey.MASTER.flag()) || Submission.isNeeded(request.master())
        ? List.of()
        : Trainer.ifThere()
            .map(trainer -> trainer.problemsOfFiles(request, unread))
            .orElse(List.of());
  }

  /** The same for motifs. */
  private static List<Problem> problemsOfMotifs(MotifRequest request, Set<String> unread) {
    return Trainer.ifThere()
        .map(trainer -> trainer.problemsOfFiles(request, unread))
        .orElse(List.of());
  }

  private static void require(List<Problem> none) {
    if (!none.isEmpty()) {
      throw new UserException(none);
    }
  }

  private static ExitStatus status(RenderOutcome outcome) {
    return switch (outcome) {
      case DONE, PLANNED -> ExitStatus.DONE;
      case STOPPED -> ExitStatus.STOPPED;
    };
  }

  private static ScheduledExecutorService ticker(Runnable tick) {
    ScheduledExecutorService ticker =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        ticker.scheduleAtFixedRate(tick, TICK_SECONDS, TICK_SECONDS, TimeUnit.SECONDS);
    return ticker;
  }

  private ExitStatus printCard(ParseResult command) {
    startLog(null);
    RenderJob.Brain brain = sound(cardRequest(command, Set.of()), cardFiles(command));
    print(inspector.card(brain, layers(command)));
    return ExitStatus.DONE;
  }

  private static BiFunction<RenderJob.Brain, Set<String>, List<Problem>> cardFiles(
      ParseResult command) {
    return (brain, unread) ->
        unread.contains(CARD_BRAIN)
            ? List.of()
            : Cards.problemsOfFiles(brain, layers(command), unread);
  }

  private static List<String> layers(ParseResult command) {
    return command.matchedOptionValue(JobKey.LAYERS.flag(), List.of());
  }

  private static FlagReader.Reading<RenderJob.Brain> cardRequest(
      ParseResult command, Set<String> lost) {
    FlagReader flags = ArgumentReader.flags(command, lost);
    String given = command.matchedPositionalValue(0, JobKey.NONE);
    String path = given.equals(JobKey.NONE) ? null : given;
    Optional<Long> seed = flags.seed("--random-weights");
    if (seed.isPresent() && path == null) {
      flags.add(
          "no-brain",
          "--random-weights",
          "is of no use without " + CARD_BRAIN,
          "Name a brain without weights, or leave it out");
    }
    RenderJob.Brain brain = new RenderJob.Brain(path, seed.orElse(null), null);
    flags.addAll(RelativePaths.of((String) null, command));
    return flags.reading(brain);
  }

  private ExitStatus printBench(ParseResult command) {
    startLog(null);
    Bench.Request request =
        sound(MeasurementCommands.bench(command, Set.of()), Bench::problemsOfFiles);
    print(Bench.run(request));
    return ExitStatus.DONE;
  }

  private ExitStatus printCheck(ParseResult command, String[] arguments) {
    startLog(null);
    Devices.Request request =
        sound(MeasurementCommands.check(command, Set.of()), Reverie::problemsOfCheck);
    failures.keptIf(() -> false);
    if (Submission.isNeeded(request.master())) {
      return submit(Program.RENDERS, request.master(), "check", arguments);
    }
    try (Interruption interruption = Interruption.watch(failures::stopped)) {
      try {
        Devices.Result result = Devices.check(request, terminal.err()::println);
        print(result.text());
        return result.sound() ? ExitStatus.DONE : ExitStatus.INPUT;
      } catch (RuntimeException e) {
        if (interruption.stopping()) {
          return ExitStatus.STOPPED;
        }
        throw e;
      }
    }
  }

  /** A brain may lie where only the driver of a cluster sees it. */
  private static List<Problem> problemsOfCheck(Devices.Request request, Set<String> unread) {
    return unread.contains(JobKey.MASTER.flag()) || Submission.isNeeded(request.master())
        ? List.of()
        : Devices.problemsOfFiles(request, unread);
  }

  private ExitStatus printScale(ParseResult command) {
    startLog(null);
    Scale.Request request =
        sound(MeasurementCommands.scale(command, Set.of()), Scale::problemsOfFiles);
    print(Scale.table(request));
    return ExitStatus.DONE;
  }

  private ExitStatus printSeams(ParseResult command) {
    require(RelativePaths.of((String) null, command));
    startLog(null);
    print(seams.seams(command.matchedPositionalValue(0, "")));
    return ExitStatus.DONE;
  }

  private ExitStatus printCompletion(ParseResult command) {
    String shell = command.matchedPositionalValue(0, "");
    if (!Grammar.SHELLS.contains(shell)) {
      throw new ParameterException(
          command.commandSpec().commandLine(),
          "SHELL: \"" + shell + "\" is not a shell. " + Nearest.suggestion(shell, Grammar.SHELLS));
    }
    // Picocli's script serves both shells: under zsh it turns on bash's way of completing.
    print(AutoComplete.bash(Grammar.NAME, Grammar.of(terminal)));
    return ExitStatus.DONE;
  }

  private ExitStatus printVersion() {
    Properties properties = new Properties();
    try (InputStream in = Reverie.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    print(
        "Reverie %s (Spark %s, Java %s, %s %s)"
            .formatted(
                properties.getProperty("version"),
                properties.getProperty("spark"),
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.arch")));
    return ExitStatus.DONE;
  }

  /** What was refused leaves nothing, not even a log of what libraries said meanwhile. */
  private ExitStatus withoutTrace(ExitStatus status) {
    if (status == ExitStatus.INPUT && logIsNew) {
      LogFile.remove(log);
    }
    return status;
  }

  private void startLog(String out) {
    if (logStarter != null) {
      log = LogFile.beside(out);
      logIsNew = !Files.exists(log);
      logStarter.accept(log);
    }
  }

  private void print(String text) {
    PrintWriter writer = new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8);
    writer.println(text.stripTrailing());
    writer.flush();
  }

  /** A command that was told to start over must not do so again to go on. */
  private static List<String> resuming(String... arguments) {
    return Stream.of(arguments).filter(word -> !word.equals("--fresh")).toList();
  }

  /** The command as a shell takes it. */
  private static String typed(List<String> arguments) {
    return Stream.concat(Stream.of(program()), arguments.stream().map(Reverie::word))
        .collect(Collectors.joining(" "));
  }

  /** What goes before a command's arguments, as a shell takes it. */
  private static String program() {
    String submitted = System.getProperty(Submission.COMMAND);
    return submitted != null
        ? submitted
        : word(System.getProperty("reverie.command", Grammar.NAME));
  }

  private static String word(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : quoted(word);
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
