package org.reverie.driver.batch;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.BatchJob;
import org.reverie.conf.BatchReader;
import org.reverie.conf.Causes;
import org.reverie.conf.JobKey;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.TimeOfDay;
import org.reverie.conf.UserException;
import org.reverie.driver.FullHeap;
import org.reverie.driver.OutOfReach;
import org.reverie.driver.Overwriting;
import org.reverie.driver.Places;
import org.reverie.driver.Prints;
import org.reverie.driver.Render;
import org.reverie.driver.RenderOutcome;
import org.reverie.driver.RenderSession;
import org.reverie.driver.StageFailedException;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.work.StoppedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders the works of a batch file one after the other, in one session, and keeps its report up to
 * date. What fails does not stop the others. The same batch again carries on what is unfinished and
 * leaves what is finished as it is.
 */
public final class Batch {
  private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

  private final BatchJob job;
  private final Configuration configuration;
  private final ReportFolder folder;
  private final Ledger ledger;
  private final Optional<Instant> deadline;
  private final BatchView view;

  private Batch(BatchJob job, String name, Path report, Options options, BatchView view) {
    this.job = job;
    this.configuration = Places.configuration();
    this.view = view;
    this.folder = new ReportFolder(report, configuration);
    Optional<TimeOfDay> stopAt = options.stopAt().or(job::stopAt);
    this.deadline = stopAt.map(time -> time.after(ZonedDateTime.now()).toInstant());
    this.ledger = new Ledger(name, job.works(), deadline, folder, Clock.systemUTC(), view::note);
  }

  /**
   * What a command line says over a batch file.
   *
   * @param flags laid over every work
   * @param stopAt instead of the file's
   * @param report instead of the file's
   */
  public record Options(JobLayer flags, Optional<TimeOfDay> stopAt, Optional<String> report) {}

  /**
   * Opens a batch file and all that its works name.
   *
   * @param file path or URI
   * @throws UserException with all that is wrong with any work, before one of them starts
   */
  public static Batch open(String file, Options options, BatchView view) {
    Configuration configuration = Places.configuration();
    Path path = Places.path(file, configuration);
    try {
      BatchReader.Reading reading =
          BatchReader.read(path.getName(), text(path, configuration), options.flags());
      Path report =
          options
              .report()
              .or(reading.batch()::report)
              .map(folder -> Places.path(folder, configuration))
              .orElse(PathNames.inside(path.getParent(), stem(path.getName()) + "-report"));
      Batch batch = new Batch(reading.batch(), path.getName(), report, options, view);
      List<Problem> problems = new ArrayList<>(reading.problems());
      batch.check(path, reading.unsound(), problems);
      if (!problems.isEmpty()) {
        throw new UserException(problems);
      }
      return batch;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path path, Configuration configuration) throws IOException {
    FileSystem fileSystem = Places.fileSystem(path, configuration);
    if (fileSystem.exists(path) && fileSystem.getFileStatus(path).isDirectory()) {
      throw UserException.of(
          "batch-file-is-folder", PathNames.written(path), "this is a folder", "Name a file in it");
    }
    try (InputStream in = fileSystem.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      throw UserException.of(
          "missing-batch-file",
          PathNames.written(path),
          "there is no such file",
          "Check the path",
          e);
    }
  }

  private static String stem(String name) {
    int point = name.lastIndexOf('.');
    return point > 0 ? name.substring(0, point) : name;
  }

  /** Where a browser finds the report. */
  public String page() {
    return PathNames.written(folder.page());
  }

  /** Whether the report tells of the end: its disk may be full. */
  public boolean isReported() {
    return ledger.isUpToDate();
  }

  /** Where its works run, as for a render; null leaves it to Spark's own settings. */
  public String master() {
    return job.master();
  }

  /** What its file asks for. */
  public BatchJob job() {
    return job;
  }

  /**
   * Finds what is finished, and looks at everything else before the night begins.
   *
   * @param file the batch file
   * @param unsound works that are none of its job's
   * @param problems receives what is wrong
   */
  private void check(Path file, List<BatchReader.Unsound> unsound, List<Problem> problems)
      throws IOException {
    Map<String, String> makers = apart(unsound, problems);
    List<Overwriting.Source> read = new ArrayList<>();
    List<Overwriting.Source> own = List.of(new Overwriting.Source("the batch file", file));
    read.addAll(own);
    Map<String, String> thumbnails = folder.thumbnails();
    try (RenderSession session = RenderSession.inProcess()) {
      for (BatchJob.Work work : job.works()) {
        try {
          Path out = Places.path(work.job().print().out(), configuration);
          read.addAll(Overwriting.sources(work.job(), configuration));
          if (isAmong(own, Overwriting.beside(out))) {
            JobReader.Reading reading = new JobReader.Reading(work.job(), List.of(), Set.of());
            throw new UserException(
                Render.problemsOfFiles(reading, Optional.empty(), own, session));
          }
          Optional<FinishedPrint> print = FinishedPrint.of(work, configuration);
          if (print.isPresent() && !work.job().run().fresh()) {
            Overwriting.keepOthers(work.job(), configuration);
            String key = ReportFolder.key(work.job().print().out(), print.get().bytes());
            ledger.found(work, print.get().withThumbnail(thumbnails.getOrDefault(key, "")));
          } else {
            Render.check(work.job(), session);
          }
        } catch (UserException e) {
          for (Problem problem : e.problems()) {
            problems.add(of(named(work), problem, makers));
          }
        }
      }
      for (BatchReader.Unsound work : unsound) {
        for (Problem problem :
            Render.problemsOfFiles(work.reading(), Optional.empty(), own, session)) {
          problems.add(of(work.where(), problem, makers));
        }
      }
    }
    try {
      folder.check(read);
    } catch (UserException e) {
      problems.addAll(e.problems());
    }
  }

  /** Whether a file would be written over. */
  private static boolean isAmong(List<Overwriting.Source> read, List<Path> written)
      throws IOException {
    try {
      Overwriting.keepApart(written, read);
      return false;
    } catch (UserException e) {
      return true;
    }
  }

  /**
   * Two works on one file or in one work directory would take each other's place.
   *
   * @return works by what they write
   */
  private Map<String, String> apart(List<BatchReader.Unsound> unsound, List<Problem> problems)
      throws IOException {
    Map<String, String> written = new HashMap<>();
    Map<String, String> folders = new HashMap<>();
    for (BatchJob.Work work : job.works()) {
      apart(named(work), work.job(), Set.of(), written, folders, problems);
    }
    for (BatchReader.Unsound work : unsound) {
      JobReader.Reading reading = work.reading();
      apart(work.where(), reading.job(), reading.wrong(), written, folders, problems);
    }
    return written;
  }

  /**
   * Looks at the places of one work.
   *
   * @param work for people
   * @param wrong keys whose values are of no use
   * @param written works by what they write, receives this one's
   * @param folders works by their work directories, receives this one's
   */
  private void apart(
      String work,
      RenderJob job,
      Set<JobKey<?>> wrong,
      Map<String, String> written,
      Map<String, String> folders,
      List<Problem> problems)
      throws IOException {
    String out = job.print().out();
    if (out != null && !wrong.contains(JobKey.OUT)) {
      List<String> others = new ArrayList<>();
      for (Path path : Overwriting.beside(Places.path(out, configuration))) {
        others.add(written.putIfAbsent(Places.identity(path), work));
      }
      clash(others, work, "print.out " + out, problems);
    }
    String folder = job.run().workDir();
    if (folder != null && !wrong.contains(JobKey.WORK_DIR)) {
      String identity = Places.identity(Places.path(folder, configuration));
      List<String> others = Collections.singletonList(folders.putIfAbsent(identity, work));
      clash(others, work, "run.work-dir " + folder, problems);
    }
  }

  private static String named(BatchJob.Work work) {
    return "work \"" + work.name() + '"';
  }

  private static void clash(List<String> others, String work, String what, List<Problem> problems) {
    others.stream()
        .filter(Objects::nonNull)
        .findFirst()
        .ifPresent(
            other ->
                problems.add(
                    new Problem(
                        "duplicate-work",
                        work,
                        what + " is that of " + other + " too",
                        "Give each its own")));
  }

  /**
   * A problem of a work. All works are looked at before the first is rendered, so that none can
   * read what another is yet to make.
   *
   * @param makers works by what they write
   */
  private Problem of(String work, Problem problem, Map<String, String> makers) throws IOException {
    String where = work + ", " + problem.where();
    if (problem.code().equals("input-missing")) {
      String maker = makers.get(Places.identity(Places.path(problem.where(), configuration)));
      if (maker != null && !maker.equals(work)) {
        return new Problem(
            problem.code(),
            where,
            "there is no such file yet: it is made by " + maker + " of this batch",
            "Put this work into a batch of its own, and run that one after this");
      }
    }
    return new Problem(problem.code(), where, problem.what(), problem.remedy());
  }

  /**
   * Renders what is not finished. Problems of a work end in the report and in its view.
   *
   * @throws UserException if another batch keeps its report in the same folder; nothing is rendered
   */
  public BatchOutcome run() {
    boolean plansOnly = job.works().stream().allMatch(work -> work.job().run().dryRun());
    if (plansOnly) {
      return render();
    }
    try {
      folder.claim(view::note);
    } catch (IOException e) {
      LOG.warn("no lease of the report", e); // which stops no render, and is told as it is written
    }
    try {
      ledger.open();
      BatchOutcome outcome = render();
      ledger.close(outcome == BatchOutcome.STOPPED ? "stopped" : "finished");
      return outcome;
    } finally {
      folder.release();
    }
  }

  private BatchOutcome render() {
    try (RenderSession session = new RenderSession(job.master(), deadline, view::note)) {
      int number = 0;
      for (BatchJob.Work work : job.works()) {
        number++;
        if (deadline.isPresent() && !Instant.now().isBefore(deadline.get())) {
          break;
        }
        if (!render(work, number, session)) {
          view.note("the works that are left wait: this process has lost its device");
          break;
        }
      }
    }
    return BatchOutcome.of(ledger.states());
  }

  /**
   * Renders a work, whatever becomes of it.
   *
   * @return whether another may be rendered in this process
   */
  private boolean render(BatchJob.Work work, int number, RenderSession session) {
    ledger.begin(work);
    WorkState state = WorkState.DONE;
    String detail = "";
    Throwable cause = null;
    try {
      RenderOutcome outcome =
          Render.run(
              work.job(),
              session,
              ledger.watch(work, view.begin(work, number, job.works().size())));
      if (outcome == RenderOutcome.STOPPED) {
        state = WorkState.STOPPED;
      }
    } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError e) {
      cause = e;
      state = state(e);
      detail = detail(e, state);
      if (state == WorkState.REFUSED && ledger.print(work) != null) {
        state = WorkState.DONE;
        detail = "the print stands, but could not be made again: " + detail;
      } else if (state == WorkState.FAILED || state == WorkState.STOPPED) {
        LOG.error("work {} {}", work.name(), state.word(), e);
      }
    }
    ledger.end(work, state, detail, state == WorkState.DONE ? print(work) : null);
    view.end(work, state, detail, cause);
    return Causes.first(cause, DeviceLostException.class).isEmpty();
  }

  private static WorkState state(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException) {
        return WorkState.REFUSED;
      }
      if (cause instanceof StageFailedException
          || cause instanceof StoppedException
          || cause instanceof OutOfMemoryError) {
        return WorkState.STOPPED;
      }
    }
    return OutOfReach.in(thrown).isPresent() ? WorkState.REFUSED : WorkState.FAILED;
  }

  private static String detail(Throwable thrown, WorkState state) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException || cause instanceof StoppedException) {
        return cause.getMessage();
      }
      if (cause instanceof StageFailedException) {
        return cause.getMessage();
      }
    }
    Optional<String> heap = FullHeap.told(thrown);
    if (heap.isPresent()) {
      return heap.get();
    }
    return OutOfReach.in(thrown)
        .map(Throwable::getMessage)
        .orElseGet(
            () ->
                state == WorkState.FAILED ? "a mistake in Reverie: " + thrown : thrown.toString());
  }

  /** The print of a work that is done; a report that cannot be read does not undo it. */
  private FinishedPrint print(BatchJob.Work work) {
    try {
      Optional<FinishedPrint> print = FinishedPrint.of(work, configuration);
      if (print.isEmpty()) {
        return null;
      }
      FinishedPrint known = ledger.print(work);
      if (known != null && known.bytes() == print.get().bytes() && !known.thumbnail().isEmpty()) {
        return print.get().withThumbnail(known.thumbnail());
      }
      Path out = Places.path(work.job().print().out(), configuration);
      try (Picture picture = Prints.open(out, configuration)) {
        return print.get().withThumbnail(Thumbnail.dataUri(picture));
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("the report shows no picture of {}", work.name(), e);
      return null;
    }
  }

  /** Marks the report when the process is told to end; from any thread, and at once. */
  public void interrupted() {
    ledger.close("interrupted");
    folder.release();
  }
}
