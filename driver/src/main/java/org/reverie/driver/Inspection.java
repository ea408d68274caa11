package org.reverie.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;

/**
 * Looks at what a command was given, one thing after the other, and keeps all that is wrong with
 * it, so that a person is told of everything at once. One thread's.
 */
public final class Inspection {
  private final List<Problem> problems;

  /** One that has found nothing yet. */
  public Inspection() {
    this(List.of());
  }

  /** One that goes on from what was found already. */
  Inspection(List<Problem> found) {
    problems = new ArrayList<>(found);
  }

  /** A look at one thing. */
  public interface Look {
    /**
     * Looks.
     *
     * @throws UserException with what is wrong with it
     */
    void look() throws IOException;
  }

  /** A look at one thing that is needed afterwards. */
  public interface Reading<T> {
    /**
     * Reads it; not null.
     *
     * @throws UserException with what is wrong with it
     */
    T read() throws IOException;
  }

  /**
   * Looks at one thing.
   *
   * @return false if something is wrong with it, which is kept
   * @throws UncheckedIOException if that is not for a person to mend
   */
  public boolean look(Look look) {
    return read(() -> {
          look.look();
          return true;
        })
        .isPresent();
  }

  /**
   * Reads one thing.
   *
   * @return empty if something is wrong with it, which is kept
   * @throws UncheckedIOException if that is not for a person to mend
   */
  public <T> Optional<T> read(Reading<T> reading) {
    try {
      return Optional.of(reading.read());
    } catch (UserException e) {
      keep(e.problems());
      return Optional.empty();
    } catch (IOException e) {
      keep(OutOfReach.in(e).orElseThrow(() -> new UncheckedIOException(e)).problems());
      return Optional.empty();
    }
  }

  /** The same may be told in other words, as with the name of a file that was tried. */
  private void keep(List<Problem> more) {
    List<Problem> before = List.copyOf(problems);
    for (Problem problem : more) {
      if (before.stream()
          .noneMatch(
              known ->
                  known.code().equals(problem.code()) && known.where().equals(problem.where()))) {
        problems.add(problem);
      }
    }
  }

  /** All that was found. */
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /**
   * Sees to it that nothing was found.
   *
   * @throws UserException with all that was
   */
  public void require() {
    if (!problems.isEmpty()) {
      throw new UserException(problems);
    }
  }
}
