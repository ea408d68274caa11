package org.reverie.driver.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.reverie.conf.BatchJob;
import org.reverie.conf.Formula;
import org.reverie.conf.JobKey;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.driver.Places;
import org.reverie.driver.spark.Submission;
import org.reverie.executor.place.PathNames;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Finds paths that would lead into the scratch folder of a driver on another machine, where nobody
 * looks for a print and no input lies.
 */
final class RelativePaths {
  /** What values are called that name a file or a folder, or may do so. */
  private static final Set<String> LABELS = Set.of("FILE", "DIR", "IMAGE", "REPORT", "START");

  /** Whether this process runs in the folder that a person's paths are relative to. */
  private final boolean here = !Submission.isElsewhere();

  private final List<Problem> problems = new ArrayList<>();

  private RelativePaths() {}

  /** Those of a command of the given master; none where the driver runs in a person's folder. */
  static List<Problem> of(String master, ParseResult command) {
    RelativePaths paths = new RelativePaths();
    return Submission.goesElsewhere(master) ? paths.inCommand(command).problems : List.of();
  }

  /**
   * Those of a command without a master, and the place that it writes to since none was named.
   *
   * @param flag that would have named it
   * @param usual that place
   */
  static List<Problem> of(String flag, String usual, ParseResult command) {
    RelativePaths paths = new RelativePaths();
    if (Submission.goesElsewhere(null)) {
      paths.inCommand(command).look(flag, usual);
    }
    return paths.problems;
  }

  /** Those of a render, on its command line and in its job file. */
  static List<Problem> of(RenderJob job, ParseResult command) {
    RelativePaths paths = new RelativePaths();
    return Submission.goesElsewhere(job.run().master())
        ? paths.inRender(job, command).problems
        : List.of();
  }

  /** Those of a batch, on its command line and in its file. */
  static List<Problem> of(BatchJob batch, ParseResult command) {
    RelativePaths paths = new RelativePaths();
    return Submission.goesElsewhere(batch.master())
        ? paths.inCommand(command).inBatch(batch, command).problems
        : List.of();
  }

  /** Whether a value so called may name a file or a folder. */
  static boolean isPath(String label) {
    return LABELS.stream().anyMatch(label::endsWith);
  }

  private RelativePaths inCommand(ParseResult command) {
    List<ArgSpec> given = new ArrayList<>(command.matchedPositionals());
    given.addAll(command.matchedOptions());
    for (ArgSpec argument : given) {
      if (isPath(argument.paramLabel())) {
        String where =
            argument.isOption() ? ((OptionSpec) argument).longestName() : argument.paramLabel();
        argument.originalStringValues().stream()
            .filter(path -> !path.equals(JobKey.NONE))
            .forEach(path -> look(where, path));
      }
    }
    return this;
  }

  private RelativePaths inRender(RenderJob job, ParseResult command) {
    JobOptions.file(command).ifPresent(file -> look(JobOptions.JOB, file));
    return inJob("", job);
  }

  private RelativePaths inBatch(BatchJob batch, ParseResult command) {
    if (!command.hasMatchedOption("--report")) {
      batch.report().ifPresent(report -> look("report", report));
    }
    batch.works().forEach(work -> inJob("work \"" + work.name() + "\", ", work.job()));
    return this;
  }

  private RelativePaths inJob(String prefix, RenderJob job) {
    look(prefix + JobKey.SOURCE.commandLineName(), job.input().source());
    look(prefix + JobKey.OUT.commandLineName(), job.print().out());
    look(prefix + JobKey.BRAIN.commandLineName(), job.brain().path());
    job.dream()
        .guides()
        .forEach(guide -> look(prefix + JobKey.GUIDE.commandLineName(), guide.source()));
    look(prefix + JobKey.GUIDE_MASK.commandLineName(), job.dream().guideMask());
    look(prefix + JobKey.WORK_DIR.commandLineName(), job.run().workDir());
    return this;
  }

  private void look(String where, String path) {
    if (path != null && Formula.of(path).isEmpty() && Places.isRelative(path)) {
      problems.add(
          new Problem(
              "relative-path",
              where,
              path + " is relative, and in deploy mode cluster the driver has another folder",
              "Write "
                  + (here
                      ? PathNames.written(Places.path(path, Places.configuration()))
                      : "its whole path, such as /prints/sky.tif")
                  + ", or a URI, where all machines see it"));
    }
  }
}
