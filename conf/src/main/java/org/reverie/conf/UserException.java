package org.reverie.conf;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The user's input cannot be used. Carries every problem that was found, and leads to exit status 2
 * and one message without a stack trace.
 */
public final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<Problem> problems;

  public UserException(List<Problem> problems) {
    this(problems, null);
  }

  public UserException(List<Problem> problems, Throwable cause) {
    super(problems.stream().map(Problem::message).collect(Collectors.joining("\n")), cause);
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("an exception without a problem");
    }
    this.problems = List.copyOf(problems);
  }

  /** A single problem; the arguments are those of {@link Problem}. */
  public static UserException of(String code, String where, String what, String remedy) {
    return new UserException(List.of(new Problem(code, where, what, remedy)));
  }

  /** As {@link #of(String, String, String, String)}, keeping the exception that revealed it. */
  public static UserException of(
      String code, String where, String what, String remedy, Throwable cause) {
    return new UserException(List.of(new Problem(code, where, what, remedy)), cause);
  }

  /** All problems, at least one. */
  public List<Problem> problems() {
    return problems;
  }
}
