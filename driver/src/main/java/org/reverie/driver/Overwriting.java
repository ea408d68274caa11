package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.Formula;
import org.reverie.conf.JobKey;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.place.PathNames;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.Planner;

/**
 * What may be written over, and what may not: never what is read, never what somebody else made,
 * and never a whole print by a look at it.
 */
public final class Overwriting {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEAD_BYTES = 1024;

  /** Of files that are in the way, at once. */
  private static final int MOST_TOLD = 10;

  private static final String MOVE = "Move it away, or name another place";
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

  private Overwriting() {}

  /**
   * A file that is read.
   *
   * @param what it is, for people
   * @param path of it
   */
  public record Source(String what, Path path) {}

  /**
   * The print that stands where another is to go.
   *
   * @param out its path
   * @param plan it was rendered by
   * @param source what it was made of as the job said; empty if no report beside it tells
   * @param written when
   */
  record Standing(Path out, JsonNode plan, String source, Instant written) {
    private boolean isWhole() {
      JsonNode print = plan.at("/recipe/print");
      return !print.path("preview").asBoolean() && !print.hasNonNull("crop");
    }

    /**
     * Keeps a whole print from being lost to a smaller look at it.
     *
     * @param inputSize of the job's input, or null for a start from nothing
     * @throws UserException if the job makes a preview or a crop of fewer pixels
     */
    void yieldTo(RenderJob job, Size inputSize) {
      boolean look = job.print().preview() || job.print().crop() != null;
      if (!look || !isWhole()) {
        return;
      }
      Rectangle now = Planner.printed(job, inputSize);
      if (pixels() > now.pixels()) {
        throw UserException.of(
            "output-is-whole-print",
            PathNames.written(out),
            "a whole print of %s px is there, and this is a %s of %d x %d px"
                .formatted(
                    size(), job.print().preview() ? "preview" : "crop", now.width(), now.height()),
            "Name another --out, or move the print away");
      }
    }

    private long pixels() {
      return plan.at("/crop/width").asLong() * plan.at("/crop/height").asLong();
    }

    private String size() {
      return plan.at("/crop/width").asLong() + " x " + plan.at("/crop/height").asLong();
    }

    /** What is lost when another print takes its place, for people. */
    String replaced() {
      return "replaces the print of %s made on %s, %s px"
          .formatted(source.isEmpty() ? "a picture" : source, DAY_AND_TIME.format(written), size());
    }
  }

  /**
   * Looks at the place of a job's print before anything is computed.
   *
   * @return the print that is there; empty if there is nothing
   * @throws UserException {@code output-is-input} if the print, or what is written beside it, is a
   *     file that the job reads, {@code output-not-ours} if a file is in the place of one of them
   *     that this program did not make
   */
  static Optional<Standing> check(RenderJob job, Path out, Configuration configuration)
      throws IOException {
    return check(out, sources(job, configuration), configuration);
  }

  /**
   * The same where only a part of what a job reads may be known.
   *
   * @param sources files that it reads
   */
  static Optional<Standing> check(Path out, List<Source> sources, Configuration configuration)
      throws IOException {
    keepApart(beside(out), sources);
    return standing(out, configuration);
  }

  /**
   * Keeps what a job reads, and what somebody else made.
   *
   * @throws UserException {@code output-is-input} or {@code output-not-ours} if the job's print, or
   *     what is written beside it, would take the place of such a file
   */
  public static void keepOthers(RenderJob job, Configuration configuration) throws IOException {
    check(job, Places.path(job.print().out(), configuration), configuration);
  }

  /**
   * Keeps the file that a job was read from, unless it is the very print that the job makes, or its
   * report: these are read before anything is written, and the job is that of the command before.
   *
   * @param file path or URI of a job file, a print or its report
   * @param origin what was found in it, if it is a print or a report
   * @throws UserException {@code output-is-input} if the job's print, or what is written beside it,
   *     is that file
   */
  public static void keepJobFile(RenderJob job, String file, Optional<Origin> origin)
      throws IOException {
    Path out = Places.path(job.print().out(), Places.configuration());
    keepApart(beside(out), jobFile(job, file, origin));
  }

  /**
   * The file that a job was read from, where it must be kept.
   *
   * @param file path or URI of a job file, a print or its report
   * @param origin what was found in it, if it is a print or a report
   * @return none if it is the very print that the job makes, or its report
   */
  public static List<Source> jobFile(RenderJob job, String file, Optional<Origin> origin)
      throws IOException {
    Configuration configuration = Places.configuration();
    Path read = Places.path(file, configuration);
    if (origin.isPresent() && job.print().out() != null) {
      Path out = Places.path(job.print().out(), configuration);
      String identity = Places.identity(read);
      if (identity.equals(Places.identity(out))
          || identity.equals(Places.identity(RenderReport.path(out)))) {
        return List.of();
      }
    }
    return List.of(new Source("the job file", read));
  }

  /** A print and all that its render writes beside it. */
  public static List<Path> beside(Path out) {
    return List.of(out, RenderReport.path(out), ProgressLog.path(out), SeamPicture.path(out));
  }

  /** The files that a job reads, as far as they are there. */
  public static List<Source> sources(RenderJob job, Configuration configuration)
      throws IOException {
    return sources(job, Set.of(), configuration);
  }

  /**
   * The same of a job that is not sound.
   *
   * @param wrong keys whose values are of no use
   */
  static List<Source> sources(RenderJob job, Set<JobKey<?>> wrong, Configuration configuration)
      throws IOException {
    List<Source> sources = pictures(job, wrong, configuration);
    if (job.brain().path() != null && !wrong.contains(JobKey.BRAIN)) {
      sources.addAll(brain(Places.path(job.brain().path(), configuration), configuration));
    }
    return sources;
  }

  /**
   * The pictures that a job reads: the input, unless it is a formula, guides and their mask.
   *
   * @param wrong keys whose values are of no use
   */
  static List<Source> pictures(RenderJob job, Set<JobKey<?>> wrong, Configuration configuration) {
    List<Source> sources = new ArrayList<>();
    if (!wrong.contains(JobKey.SOURCE)) {
      picture("the input", job.input().source(), configuration).ifPresent(sources::add);
    }
    if (!wrong.contains(JobKey.GUIDE)) {
      boolean masked = job.dream().guideMask() != null;
      for (RenderJob.Guide guide : job.dream().guides()) {
        if (masked && guide.region() == null) {
          continue; // what should be a colour may stand before the name
        }
        picture("a guide", guide.source(), configuration).ifPresent(sources::add);
      }
    }
    if (job.dream().guideMask() != null && !wrong.contains(JobKey.GUIDE_MASK)) {
      sources.add(
          new Source("the guide mask", Places.path(job.dream().guideMask(), configuration)));
    }
    return sources;
  }

  /** Empty for a formula, whether it can be used or not, and where nothing is named. */
  private static Optional<Source> picture(String what, String source, Configuration configuration) {
    return source.isBlank() || Formula.of(source).isPresent()
        ? Optional.empty()
        : Optional.of(new Source(what, Places.path(source, configuration)));
  }

  private static List<Source> brain(Path path, Configuration configuration) throws IOException {
    List<Source> sources = new ArrayList<>();
    try {
      for (FileStatus file : Places.fileSystem(path, configuration).listStatus(path)) {
        if (file.getPath().equals(path) || BrainReader.isPart(file.getPath().getName())) {
          sources.add(new Source("a file of the brain", file.getPath()));
        }
      }
    } catch (FileNotFoundException e) {
      return List.of(); // whoever reads it says so
    }
    return sources;
  }

  /**
   * Keeps what is written away from what is read.
   *
   * @param outputs files to be written, the one that a person named first
   * @throws UserException {@code output-is-input} for each of them that is a source, by another
   *     path or by a link as well
   */
  public static void keepApart(List<Path> outputs, List<Source> sources) throws IOException {
    Set<Problem> problems = new LinkedHashSet<>(); // a job may read a file several times
    for (Path output : outputs) {
      String identity = Places.identity(output);
      for (Source source : sources) {
        if (identity.equals(Places.identity(source.path()))) {
          boolean named = output.equals(outputs.get(0));
          problems.add(
              new Problem(
                  "output-is-input",
                  PathNames.written(outputs.get(0)),
                  named
                      ? "this file is " + source.what() + " as well"
                      : output.getName() + ", which goes beside it, is " + source.what(),
                  "Name another place for what is written"));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new UserException(List.copyOf(problems));
    }
  }

  /** Tells whether this program made a file. */
  public interface Mark {
    /** Looks at a file that is there and not empty. */
    boolean isOn(Path file, Configuration configuration) throws IOException;
  }

  /** Other programs name notes on a picture, or pictures of it, alike. */
  private static List<Problem> foreignCompanions(Path out, Configuration configuration)
      throws IOException {
    List<Problem> problems = new ArrayList<>();
    keep(RenderReport.path(out), "report", RenderReport::isOurs, problems, configuration);
    keep(ProgressLog.path(out), "progress log", ProgressLog::isOurs, problems, configuration);
    keep(SeamPicture.path(out), "heat map", SeamPicture::isOurs, problems, configuration);
    return problems;
  }

  /**
   * Keeps a file that somebody else made. With an empty one nothing is lost; a run leaves it that
   * is killed as it begins the file.
   *
   * @param what it should be, for people
   * @param mark that tells this program's
   * @param problems receives {@code output-not-ours}
   */
  public static void keep(
      Path file, String what, Mark mark, List<Problem> problems, Configuration configuration)
      throws IOException {
    FileStatus status;
    try {
      status = Places.fileSystem(file, configuration).getFileStatus(file);
    } catch (FileNotFoundException e) {
      return;
    }
    if (!isEmpty(status) && (status.isDirectory() || !mark.isOn(file, configuration))) {
      problems.addAll(notOurs(file, what).problems());
    }
  }

  private static boolean isEmpty(FileStatus status) {
    return !status.isDirectory() && status.getLen() == 0;
  }

  /**
   * A list that can be read: the first problems, and how many more there are.
   *
   * @param where the others are, for people
   */
  public static List<Problem> shortened(List<Problem> problems, String where) {
    if (problems.size() <= MOST_TOLD) {
      return problems;
    }
    List<Problem> some = new ArrayList<>(problems.subList(0, MOST_TOLD));
    some.add(
        new Problem(
            "output-not-ours",
            where,
            "and %d more files like these are there".formatted(problems.size() - MOST_TOLD),
            "Move them away, or name another place"));
    return some;
  }

  /** The first bytes of a file, each as a character, by which it is told who made it. */
  static String head(Path file, Configuration configuration) throws IOException {
    try (InputStream in = Places.fileSystem(file, configuration).open(file)) {
      return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * The print at a place.
   *
   * @throws UserException {@code output-not-ours} if a file is there, or beside it, that nothing
   *     tells to be this program's, {@code output-changed} if somebody changed the print since
   */
  private static Optional<Standing> standing(Path out, Configuration configuration)
      throws IOException {
    List<Problem> problems = new ArrayList<>();
    Optional<Standing> standing = Optional.empty();
    try {
      standing = print(out, configuration);
    } catch (UserException e) {
      problems.addAll(e.problems());
    }
    problems.addAll(foreignCompanions(out, configuration));
    if (!problems.isEmpty()) {
      throw new UserException(problems);
    }
    return standing;
  }

  private static Optional<Standing> print(Path out, Configuration configuration)
      throws IOException {
    FileStatus status;
    try {
      status = Places.fileSystem(out, configuration).getFileStatus(out);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
    if (isEmpty(status)) {
      return Optional.empty();
    }
    JsonNode report = report(out, configuration);
    JsonNode plan = recipe(out, configuration);
    boolean asWritten = report.path("bytes").asLong(-1) == status.getLen();
    if (!plan.has("canvas") && asWritten) {
      plan = report.path("plan");
    }
    if (!plan.has("canvas")) {
      throw notOurs(out, "print");
    }
    // A report of other settings may be that of the print before, if a run ended between the two.
    if (!asWritten && plan.toString().equals(report.path("plan").toString())) {
      throw UserException.of(
          "output-changed",
          PathNames.written(out),
          "the print there was changed after it was rendered",
          "Name another --out, or move it away");
    }
    return Optional.of(
        new Standing(
            out,
            plan,
            report.at("/job/input/source").asText(plan.path("start").asText()),
            Instant.ofEpochMilli(status.getModificationTime())));
  }

  /** The report beside a print, if it tells of a print of that name. */
  private static JsonNode report(Path out, Configuration configuration) throws IOException {
    JsonNode report = json(RenderReport.path(out), configuration);
    String told = report.at("/run/out").asText();
    return told.substring(told.lastIndexOf('/') + 1).equals(out.getName())
        ? report
        : MissingNode.getInstance();
  }

  /** What a file holds as JSON; missing if there is none, or something else. */
  private static JsonNode json(Path file, Configuration configuration) throws IOException {
    try (InputStream in = Places.fileSystem(file, configuration).open(file)) {
      return JSON.readTree(in);
    } catch (FileNotFoundException | JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static JsonNode recipe(Path file, Configuration configuration) throws IOException {
    try (Picture picture = Prints.open(file, configuration)) {
      Optional<String> recipe = picture.recipe();
      return recipe.isEmpty() ? MissingNode.getInstance() : JSON.readTree(recipe.get());
    } catch (UserException | JsonProcessingException e) {
      return MissingNode.getInstance(); // no picture, or none of ours
    }
  }

  /**
   * Looks at the place of a print and of what goes beside it.
   *
   * @throws UserException {@code output-not-ours} if a file is there that is none of this program
   */
  public static void checkPrint(Path out, Configuration configuration) throws IOException {
    standing(out, configuration);
  }

  /** Whether a file is the sheet of an atlas. */
  public static boolean isSheet(Path file, Configuration configuration) throws IOException {
    return recipe(file, configuration).has("atlas");
  }

  /**
   * A file that is no work of this program.
   *
   * @param what it should be: a print, an atlas, a report
   */
  public static UserException notOurs(Path file, String what) {
    return UserException.of(
        "output-not-ours",
        PathNames.written(file),
        "what is there is no " + what + " made by Reverie",
        MOVE);
  }
}
