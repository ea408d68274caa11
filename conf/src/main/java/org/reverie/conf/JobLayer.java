package org.reverie.conf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * Some keys of a job, from one place: a preset, a job file, flags. Of several layers the later one
 * wins, key by key.
 */
public final class JobLayer {
  /** The key of a job file that names the preset below it. */
  public static final String PRESET = "preset";

  private final Map<JobKey<?>, Given> values;
  private final Given preset;
  private final List<Problem> problems;
  private final String print;
  private final boolean whole;

  private JobLayer(
      Map<JobKey<?>, Given> values,
      Given preset,
      List<Problem> problems,
      String print,
      boolean whole) {
    this.values = values;
    this.preset = preset;
    this.problems = List.copyOf(problems);
    this.print = print;
    this.whole = whole;
  }

  /**
   * A value and where it was given.
   *
   * @param raw as written
   * @param where for problems
   */
  record Given(RawValue raw, String where) {}

  /**
   * A job file. What is wrong with it is kept, and thrown by {@link JobReader#read} with all else.
   *
   * @param file YAML, UTF-8
   */
  public static JobLayer ofFile(Path file) {
    if (Files.isDirectory(file)) {
      return folder(file.toString());
    }
    try {
      return ofBytes(file.toString(), Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return missing(file.toString());
    } catch (IOException e) {
      return unreadable(file.toString(), e);
    }
  }

  /**
   * What a job file holds that was read already. What is wrong with it is kept as with {@link
   * #ofFile}.
   *
   * @param file its path or URI
   * @param bytes YAML, UTF-8
   */
  public static JobLayer ofBytes(String file, byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return broken(
          "job-file-syntax",
          file,
          "is not text in UTF-8",
          "Save it as UTF-8, or name a print or its report");
    }
    if (text.isBlank()) {
      return broken(
          "empty-job-file", file, "is empty", "Name a job file, or a print or its report");
    }
    String name = file.substring(file.lastIndexOf('/') + 1);
    YamlText.Content content = content(name, text);
    return BatchReader.isBatch(content)
        ? broken(
            "batch-file", file, "this is a file for ./reverie batch", "Give it to that command")
        : of(name, content);
  }

  /** A job file that is a folder. */
  public static JobLayer folder(String file) {
    return broken("unreadable-job-file", file, "is a folder", "Name a file in it");
  }

  /** A job file that is not there. */
  public static JobLayer missing(String file) {
    return broken("missing-job-file", file, "there is no such file", "Check --job");
  }

  /** A job file that the system does not let be read. */
  public static JobLayer unreadable(String file, IOException thrown) {
    return broken(
        "unreadable-job-file", file, "cannot be read (" + thrown.getMessage() + ")", "Check it");
  }

  /**
   * The text of a job file, or of a recipe. Keys may be nested or written with points. Of a
   * render's report the job is taken, of a plan, as prints hold it, the recipe.
   *
   * @param source names the text in problems
   * @param text YAML or JSON
   */
  public static JobLayer ofYaml(String source, String text) {
    return of(source, content(source, text));
  }

  /**
   * What a print says of itself. It names no files, and has no lines that anybody could look at.
   *
   * @param print its name, for people
   * @param recipe the plan that it holds
   */
  public static JobLayer ofPrint(String print, String recipe) {
    JobLayer layer = of(content(print, recipe), (path, line) -> path + " (" + print + ")");
    return new JobLayer(layer.values, layer.preset, layer.problems, print, layer.whole);
  }

  /**
   * A job file that is there in some way and cannot be read.
   *
   * @param problems why; none where that has been told
   */
  public static JobLayer unread(List<Problem> problems) {
    return new JobLayer(Map.of(), null, problems, null, false);
  }

  /** What was read of a text, or of a part of it. */
  static JobLayer of(String source, YamlText.Content content) {
    return of(content, (path, line) -> YamlText.where(path, source, line));
  }

  private static JobLayer of(YamlText.Content content, BiFunction<String, Integer, String> place) {
    List<Problem> problems = new ArrayList<>(content.problems());
    Map<JobKey<?>, Given> values = new LinkedHashMap<>();
    Given preset = null;
    TreeSet<String> unknownSections = new TreeSet<>();
    for (YamlText.Entry entry : content.entries()) {
      String where = place.apply(entry.path(), entry.line());
      Optional<JobKey<?>> key = JobKey.ofPath(entry.path());
      if (JobKey.sections().contains(entry.path())) {
        // Without a value it is a section whose keys were all taken out.
        if (entry.value() != null && !(entry.value() instanceof RawValue.Alias)) {
          problems.add(
              new Problem(
                  "wrong-type",
                  where,
                  "holds no keys",
                  "Write them below it, such as " + firstKey(entry.path())));
        }
      } else if (key.isEmpty() && !entry.path().equals(PRESET)) {
        if (unknownSections.add(unknownPart(entry.path()))) {
          String unknown = unknownPart(entry.path());
          problems.add(unknownKey(unknown, entry, place.apply(unknown, entry.line())));
        }
      } else if (entry.value() == null) {
        problems.add(
            new Problem(
                "no-value",
                where,
                "has no value",
                "Give one, in quotes if it starts with #, or remove the key"));
      } else if (key.isEmpty()) {
        preset = new Given(entry.value(), where);
      } else {
        values.put(key.get(), new Given(entry.value(), where));
      }
    }
    return new JobLayer(values, preset, problems, null, content.whole());
  }

  private static YamlText.Content content(String source, String text) {
    YamlText.Content content = YamlText.read(source, text);
    if (holds(content, "job.") && holds(content, "plan.")) {
      return YamlText.read(source, text, "job");
    }
    if (holds(content, "recipe.") && holds(content, "engine.")) {
      return YamlText.read(source, text, "recipe");
    }
    return content;
  }

  private static boolean holds(YamlText.Content content, String section) {
    return content.entries().stream().anyMatch(entry -> entry.path().startsWith(section));
  }

  /**
   * What was given on a command line.
   *
   * @param preset name of the preset, or null
   * @param flags the values of each key's flag, as text; several only where the flag is repeatable
   */
  public static JobLayer ofFlags(String preset, Map<JobKey<?>, List<String>> flags) {
    Map<JobKey<?>, Given> values = new LinkedHashMap<>();
    flags.forEach(
        (key, texts) -> {
          List<RawValue> items = new ArrayList<>();
          for (String text : texts) {
            items.add(new RawValue.Text(text));
          }
          RawValue raw = items.size() == 1 ? items.get(0) : new RawValue.Many(items);
          values.put(key, new Given(raw, key.commandLineName()));
        });
    Given given = preset == null ? null : new Given(new RawValue.Text(preset), "--preset");
    return new JobLayer(values, given, List.of(), null, true);
  }

  Map<JobKey<?>, Given> values() {
    return values;
  }

  /** The preset it names. */
  Optional<Given> preset() {
    return Optional.ofNullable(preset);
  }

  /** The print that it was read from. */
  Optional<String> print() {
    return Optional.ofNullable(print);
  }

  /** Whether all was read, so that what is lacking was not given. */
  boolean isWhole() {
    return whole;
  }

  List<Problem> problems() {
    return problems;
  }

  /** The same values, whose problems have been told. */
  JobLayer withoutProblems() {
    return new JobLayer(values, preset, List.of(), print, whole);
  }

  private static JobLayer broken(String code, String file, String what, String remedy) {
    return unread(List.of(new Problem(code, file, what, remedy)));
  }

  private static JobKey<?> firstKey(String section) {
    return JobKey.all().stream()
        .filter(key -> key.section().equals(section))
        .findFirst()
        .orElseThrow();
  }

  /** The section, if that is what nobody knows, else the whole path. */
  private static String unknownPart(String path) {
    int point = path.indexOf('.');
    return point > 0 && !JobKey.sections().contains(path.substring(0, point))
        ? path.substring(0, point)
        : path;
  }

  private static Problem unknownKey(String unknown, YamlText.Entry entry, String where) {
    String suggestion;
    if (!unknown.equals(entry.path())) {
      List<String> outermost = new ArrayList<>(JobKey.sections());
      outermost.add(PRESET);
      suggestion = Nearest.suggestion(unknown, outermost);
    } else {
      List<String> paths = new ArrayList<>(JobKey.all().stream().map(JobKey::path).toList());
      paths.add(PRESET);
      List<String> near = new ArrayList<>(sameName(unknown));
      Nearest.to(unknown, paths, 1).stream().filter(p -> !near.contains(p)).forEach(near::add);
      suggestion =
          near.isEmpty()
              ? "See reverie help render for all keys"
              : "Did you mean " + String.join(" or ", near) + "?";
    }
    return new Problem("unknown-key", where, "unknown key", suggestion);
  }

  /** Keys of that last name, or nearly, in any section. */
  private static List<String> sameName(String path) {
    String name = path.substring(path.lastIndexOf('.') + 1);
    List<String> names = JobKey.all().stream().map(JobKey::name).distinct().toList();
    List<String> near = names.contains(name) ? List.of(name) : Nearest.to(name, names, 1);
    return JobKey.all().stream()
        .filter(key -> near.contains(key.name()))
        .map(JobKey::path)
        .toList();
  }
}
