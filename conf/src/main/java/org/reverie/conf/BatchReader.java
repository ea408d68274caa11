package org.reverie.conf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a batch file: {@code defaults}, a list of {@code works} that are jobs with a name and a
 * priority, {@code stop-at} and {@code report}. Finds all that is wrong with all works before any
 * of them starts.
 */
public final class BatchReader {
  private static final String WORKS = "works";
  private static final String DEFAULTS = "defaults";
  private static final String STOP_AT = "stop-at";
  private static final String REPORT = "report";
  private static final String NAME = "name";
  private static final String PRIORITY = "priority";
  private static final int LONGEST_NAME = 200;

  private final String source;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Unsound> unsound = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** Of the first work; null before it is read, empty if it is left to Spark's own settings. */
  private Optional<String> master;

  private final Set<String> placesOfDefaults = new HashSet<>();

  private BatchReader(String source) {
    this.source = source;
  }

  /**
   * What was read.
   *
   * @param batch the works that are jobs; sound only without problems
   * @param unsound the other works
   * @param problems of the file and of all works, as far as text can tell
   */
  public record Reading(BatchJob batch, List<Unsound> unsound, List<Problem> problems) {
    public Reading {
      unsound = List.copyOf(unsound);
      problems = List.copyOf(problems);
    }
  }

  /**
   * A work that is no job yet.
   *
   * @param where it is, for people
   * @param reading what can be told of its job
   */
  public record Unsound(String where, JobReader.Reading reading) {}

  /**
   * Reads a batch, and finds what is wrong with its text; whoever reads can so look at the files
   * that it names before all is told at once.
   *
   * @param source names the text in problems
   * @param text YAML or JSON
   * @param flags what a command line adds to every work, over all else
   */
  public static Reading read(String source, String text, JobLayer flags) {
    BatchReader reader = new BatchReader(source);
    BatchJob batch = reader.read(text, flags);
    return new Reading(batch, reader.unsound, reader.problems);
  }

  /** Whether a text that was read as a job is a batch, whatever else is wrong with it. */
  static boolean isBatch(YamlText.Content content) {
    return content.entries().stream()
        .anyMatch(entry -> entry.path().equals(WORKS) || entry.path().startsWith(DEFAULTS + "."));
  }

  private BatchJob read(String text, JobLayer flags) {
    YamlText.Listing listing = YamlText.readListing(source, text, WORKS);
    problems.addAll(listing.content().problems());
    List<YamlText.Entry> defaults = new ArrayList<>();
    Map<String, YamlText.Entry> own = new LinkedHashMap<>();
    for (YamlText.Entry entry : listing.content().entries()) {
      if (entry.path().startsWith(DEFAULTS + ".")) {
        String path = entry.path().substring(DEFAULTS.length() + 1);
        YamlText.Entry unprefixed = new YamlText.Entry(path, entry.line(), entry.value());
        defaults.add(unprefixed);
        placesOfDefaults.add(where(unprefixed));
      } else {
        own.put(entry.path(), entry);
      }
    }
    Optional<String> report = text(own.remove(REPORT));
    Optional<TimeOfDay> stopAt = stopAt(own.remove(STOP_AT));
    unknown(own);
    if (listing.items().isEmpty() && problems.isEmpty()) {
      add("no-works", source, "there is no work in it", "List jobs under " + WORKS + ":");
    }
    JobLayer below =
        JobLayer.of(source, new YamlText.Content(defaults, List.of(), listing.content().whole()));
    problems.addAll(below.problems());
    List<BatchJob.Work> works = new ArrayList<>();
    for (YamlText.Item item : listing.items()) {
      work(item, below.withoutProblems(), flags).ifPresent(works::add);
    }
    works.sort(Comparator.comparingInt(BatchJob.Work::priority).reversed());
    return new BatchJob(works, stopAt, report);
  }

  private Optional<BatchJob.Work> work(YamlText.Item item, JobLayer below, JobLayer flags) {
    List<YamlText.Entry> entries = new ArrayList<>(item.content().entries());
    Optional<String> given = text(take(entries, NAME));
    String name = given.orElse("");
    String where = name.isEmpty() ? "work on line " + item.line() : "work \"" + name + '"';
    if (name.length() > LONGEST_NAME) {
      add("wrong-name", where, "the name is too long", "Take at most 200 characters");
    }
    int priority = priority(take(entries, PRIORITY), where);
    YamlText.Content content = item.content();
    JobLayer layer =
        JobLayer.of(source, new YamlText.Content(entries, content.problems(), content.whole()));
    JobReader.Reading reading = JobReader.look(List.of(below, layer, flags));
    RenderJob job = reading.job();
    boolean fresh = !reading.wrong().contains(JobKey.FRESH) && job.run().fresh();
    if (fresh && !flags.values().containsKey(JobKey.FRESH)) {
      Problem problem =
          new Problem(
              "fresh-batch",
              layer.values().containsKey(JobKey.FRESH)
                  ? where + ", run.fresh"
                  : below.values().get(JobKey.FRESH).where(),
              "would start over whenever the batch is carried on",
              "Remove it, and give --fresh to the command the first time");
      if (!problems.contains(problem)) {
        problems.add(problem);
      }
    }
    String out = Objects.requireNonNullElse(job.print().out(), "");
    BatchJob.Work work =
        new BatchJob.Work(given.orElse(out.substring(out.lastIndexOf('/') + 1)), priority, job);
    unique(work);
    if (!reading.wrong().contains(JobKey.MASTER)) {
      oneMaster(work);
    }
    if (reading.problems().isEmpty()) {
      return Optional.of(work);
    }
    for (Problem problem : reading.problems()) {
      if (!placesOfDefaults.contains(problem.where())) {
        add(problem.code(), where + ", " + problem.where(), problem.what(), problem.remedy());
      } else if (!problems.contains(problem)) {
        problems.add(problem);
      }
    }
    unsound.add(new Unsound(where, reading));
    return Optional.empty();
  }

  private static YamlText.Entry take(List<YamlText.Entry> entries, String path) {
    for (YamlText.Entry entry : entries) {
      if (entry.path().equals(path)) {
        entries.remove(entry);
        return entry;
      }
    }
    return null;
  }

  private Optional<String> text(YamlText.Entry entry) {
    if (entry == null || entry.value() instanceof RawValue.Alias) {
      return Optional.empty();
    }
    if (entry.value() instanceof RawValue.Text text && !text.text().isBlank()) {
      return Optional.of(text.text());
    }
    add("wrong-type", where(entry), "has no value, or several", "Give one");
    return Optional.empty();
  }

  private Optional<TimeOfDay> stopAt(YamlText.Entry entry) {
    try {
      return text(entry).map(written -> TimeOfDay.parse(written, where(entry)));
    } catch (UserException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  private int priority(YamlText.Entry entry, String where) {
    Optional<String> written = text(entry);
    if (written.isEmpty()) {
      return 0;
    }
    if (written.get().matches("[+-]?[0-9]{1,9}")) {
      return Integer.parseInt(written.get());
    }
    add(
        "wrong-type",
        where + ", " + where(entry),
        '"' + written.get() + "\" is not a whole number",
        "Write one; the work with the largest comes first");
    return 0;
  }

  private void unknown(Map<String, YamlText.Entry> entries) {
    List<String> known = List.of(DEFAULTS, WORKS, STOP_AT, REPORT);
    for (YamlText.Entry entry : entries.values()) {
      if (entry.value() instanceof RawValue.Alias && known.contains(entry.path())) {
        continue;
      }
      if (entry.path().equals(WORKS)) {
        add("no-works", where(entry), "is no list", "List jobs under " + WORKS + ":");
        continue;
      }
      if (entry.path().equals(DEFAULTS)) {
        if (entry.value() != null) {
          add("wrong-type", where(entry), "holds no keys", "Write keys of a job below it");
        }
        continue;
      }
      boolean job = JobKey.ofPath(entry.path()).isPresent() || entry.path().equals(JobLayer.PRESET);
      add(
          "unknown-key",
          where(entry),
          "unknown key",
          job
              ? "It belongs into " + DEFAULTS + " or into a work"
              : Nearest.suggestion(entry.path(), known));
    }
  }

  /** Two works of one name could not be told apart. */
  private void unique(BatchJob.Work work) {
    if (!work.name().isEmpty() && !names.add(work.name())) {
      add(
          "duplicate-work",
          "work \"" + work.name() + '"',
          "there are two of that name",
          "Name one otherwise");
    }
  }

  /** All works share one Spark application. */
  private void oneMaster(BatchJob.Work work) {
    String own = work.job().run().master();
    if (master == null) {
      master = Optional.ofNullable(own);
    } else if (!Objects.equals(own, master.orElse(null))) {
      add(
          "two-masters",
          "work \"" + work.name() + "\", run.master",
          "all works of a batch run in one place, and the first says " + master.orElse("nothing"),
          "Write run.master into " + DEFAULTS);
    }
  }

  private String where(YamlText.Entry entry) {
    return YamlText.where(entry.path(), source, entry.line());
  }

  private void add(String code, String where, String what, String remedy) {
    problems.add(new Problem(code, where, what, remedy));
  }
}
