package org.reverie.conf;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads the values of a command's own flags as those of a job are read, and keeps all that is wrong
 * with them. A value that is of no use reads as if it had not been given.
 */
public final class FlagReader {
  private final Function<String, Optional<String>> given;
  private final Set<String> unread;
  private final List<Problem> problems = new ArrayList<>();

  /**
   * @param given the value of a flag, as text
   * @param lost flags that were given and not understood, which has been said
   */
  public FlagReader(Function<String, Optional<String>> given, Set<String> lost) {
    this.given = given;
    unread = new HashSet<>(lost);
  }

  /** What was given, as it is. */
  public Optional<String> text(String flag) {
    return given.apply(flag);
  }

  /**
   * A whole number.
   *
   * @param least the smallest that is taken
   * @param most the largest
   */
  public Optional<Integer> whole(String flag, int least, int most) {
    return read(flag, ValueType.whole()).filter(value -> isWithin(flag, value, least, most));
  }

  /** A local file or folder. */
  public Optional<Path> path(String flag) {
    try {
      return text(flag).map(Path::of);
    } catch (InvalidPathException e) {
      add(
          "bad-path",
          flag,
          '"' + e.getInput() + "\" is no path: " + e.getReason(),
          "Rename it, or set LC_ALL to a locale of UTF-8 that this machine has (locale -a)");
      return Optional.empty();
    }
  }

  /** A whole number above 0. */
  public Optional<Integer> wholeAboveZero(String flag) {
    return read(flag, ValueType.whole()).filter(value -> isAboveZero(flag, value));
  }

  /** Whole numbers with commas between them; none if the flag was not given. */
  public List<Integer> wholes(String flag) {
    List<Integer> numbers = new ArrayList<>();
    for (String part : text(flag).map(text -> text.split(",", -1)).orElse(new String[0])) {
      read(flag, part.strip(), ValueType.whole()).ifPresent(numbers::add);
    }
    return List.copyOf(numbers);
  }

  /** A seed, any whole number. */
  public Optional<Long> seed(String flag) {
    return read(flag, ValueType.seed());
  }

  /**
   * A number.
   *
   * @param least the smallest that is taken
   * @param most the largest
   */
  public Optional<Double> number(String flag, double least, double most) {
    return read(flag, ValueType.number()).filter(value -> isWithin(flag, value, least, most));
  }

  /** A number above 0. */
  public Optional<Double> numberAboveZero(String flag) {
    return read(flag, ValueType.number()).filter(value -> isAboveZero(flag, value));
  }

  /**
   * One of a few words, in small letters or large.
   *
   * @param words what each means
   */
  public <T> Optional<T> word(String flag, Map<String, T> words) {
    return read(flag, ValueType.choice(words));
  }

  /** {@code on} or {@code off}. */
  public Optional<Boolean> onOff(String flag) {
    Map<String, Boolean> words = new LinkedHashMap<>();
    words.put("on", true);
    words.put("off", false);
    return word(flag, words);
  }

  /**
   * Adds that a flag cannot be used, unless it or one of others was not understood: then nobody
   * knows what was meant.
   *
   * @param code as of a {@link Problem}, and so {@code what} and {@code remedy}
   * @param besides the other flags that decided it
   */
  public void add(String code, String flag, String what, String remedy, String... besides) {
    if (!unread.contains(flag) && Arrays.stream(besides).noneMatch(unread::contains)) {
      problems.add(new Problem(code, flag, what, remedy));
    }
    unread.add(flag);
  }

  /** Adds what somebody else found wrong with flags. */
  public void addAll(List<Problem> others) {
    problems.addAll(others);
    others.forEach(problem -> unread.add(problem.where()));
  }

  /**
   * What a command's flags ask for.
   *
   * @param request what is of no use reads there as if it had not been given
   * @param problems all that is wrong with the flags by themselves
   * @param unread flags that were given and are of no use, and those that were not understood
   */
  public record Reading<T>(T request, List<Problem> problems, Set<String> unread) {
    public Reading {
      problems = List.copyOf(problems);
      unread = Set.copyOf(unread);
    }
  }

  /**
   * Ends the reading, so that what the request names can be looked at before anything is told.
   *
   * @param request made of what was read
   */
  public <T> Reading<T> reading(T request) {
    return new Reading<>(request, problems, unread);
  }

  /**
   * Sees to it that all can be used.
   *
   * @throws UserException with all that is wrong
   */
  public void require() {
    if (!problems.isEmpty()) {
      throw new UserException(problems);
    }
  }

  private <T> Optional<T> read(String flag, ValueType<T> type) {
    return text(flag).flatMap(text -> read(flag, text, type));
  }

  private <T> Optional<T> read(String flag, String text, ValueType<T> type) {
    RawValue raw = new RawValue.Text(text);
    try {
      return Optional.of(type.reader().read(raw));
    } catch (MalformedValueException e) {
      unread.add(flag);
      problems.add(
          new Problem("wrong-type", flag, raw.written() + " is " + e.getMessage(), e.remedy()));
      return Optional.empty();
    }
  }

  private boolean isWithin(String flag, double value, double least, double most) {
    return isSound(flag, JobRules.outOfRange(flag, value, least, most));
  }

  private boolean isAboveZero(String flag, double value) {
    if (value > 0 && Double.isFinite(value)) {
      return true;
    }
    boolean large = value > 0;
    String what = JobRules.plain(value) + (large ? " is too large" : " is not above 0");
    String remedy = large ? "Give a smaller one" : "Give a larger one";
    return isSound(flag, Optional.of(new Problem("out-of-range", flag, what, remedy)));
  }

  private boolean isSound(String flag, Optional<Problem> problem) {
    problem.ifPresent(problems::add);
    if (problem.isPresent()) {
      unread.add(flag);
    }
    return problem.isEmpty();
  }
}
