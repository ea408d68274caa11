package org.reverie.driver.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSError;
import org.reverie.conf.Causes;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.driver.FullHeap;
import org.reverie.driver.OutOfReach;
import org.reverie.driver.StageFailedException;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.place.UnwritableException;
import org.slf4j.LoggerFactory;

/** Says what went wrong, so that a person knows what to do, and finds the exit status for it. */
final class Failures {
  private final Terminal terminal;
  private final String commandLine;
  private final String resuming;
  private volatile BooleanSupplier kept = () -> true;
  private final List<String> said = new ArrayList<>();

  /**
   * @param terminal where to say it
   * @param commandLine as it was typed, for whoever reports a mistake
   * @param resuming the command that goes on where this one stopped
   */
  Failures(Terminal terminal, String commandLine, String resuming) {
    this.terminal = terminal;
    this.commandLine = commandLine;
    this.resuming = resuming;
  }

  /**
   * Reports an exception.
   *
   * @param thrown wherever in its causes the reason is
   * @param log where stack traces go, or null for the log of Spark's driver; logging to it has
   *     begun
   */
  ExitStatus report(Throwable thrown, Path log) {
    Optional<String> told =
        Stream.of(StageFailedException.class, DeviceLostException.class, UnwritableException.class)
            .flatMap(type -> Causes.first(thrown, type).stream())
            .map(Throwable::getMessage)
            .findFirst();
    Optional<UserException> user =
        Causes.first(thrown, UserException.class)
            .or(() -> told.isPresent() ? Optional.empty() : OutOfReach.in(thrown));
    if (user.isPresent()) {
      return problems(user.get().problems());
    }
    LoggerFactory.getLogger(Failures.class).error("{} failed", commandLine, thrown);
    if (told.isPresent()) {
      say("stopped: " + told.get());
      if (!isLost(log)) {
        line("The log with all of it: " + named(log));
      }
      return stopped();
    }
    Optional<FSError> disk = Causes.first(thrown, FSError.class);
    if (disk.isPresent()) { // what Hadoop makes of a local disk that is full
      say("stopped: a file cannot be written or read: " + disk.get().getCause().getMessage());
      return stopped();
    }
    Optional<String> heap = FullHeap.told(thrown);
    if (heap.isPresent()) {
      say("stopped: " + heap.get());
      return stopped();
    }
    say("this is a mistake in Reverie, not yours: " + oneLine(thrown));
    line("The log with the stack trace: " + named(log));
    line("Please report it as an issue, with that log and this command: " + commandLine);
    return ExitStatus.BUG;
  }

  /** Lists what is wrong with the user's input, one line each. */
  ExitStatus problems(List<Problem> problems) {
    problems.forEach(problem -> say(problem.message()));
    return ExitStatus.INPUT;
  }

  /**
   * Says what became of one work of a batch.
   *
   * @param traced whether there is a stack trace of it
   * @param log where that is, or null for the log of Spark's driver
   */
  void ofWork(String name, String state, String detail, boolean traced, Path log) {
    say(name + " is " + state + ": " + detail);
    if (traced) {
      terminal.err().println("The log with the stack trace: " + named(log));
    }
  }

  /**
   * The log of a print lies on its disk, which may be full: then there is none, or an empty one.
   */
  private static boolean isLost(Path log) {
    return Optional.ofNullable(log)
        .or(LogFile::ofThisProcess)
        .filter(file -> file.toFile().length() == 0)
        .isPresent();
  }

  /** Where ./reverie submitted itself in this process, its log is that of Spark's driver. */
  private static String named(Path log) {
    return Optional.ofNullable(log)
        .or(LogFile::ofThisProcess)
        .map(Path::toString)
        .orElse("that of Spark's driver");
  }

  /**
   * Has {@link #stopped} ask whether anything is kept at all.
   *
   * @param something may be asked by any thread
   */
  void keptIf(BooleanSupplier something) {
    kept = something;
  }

  /** Says how to go on. */
  ExitStatus stopped() {
    line(
        kept.getAsBoolean()
            ? "What is done is kept. To resume: " + resuming
            : "Nothing is kept yet that could be gone on from. To begin again: " + resuming);
    return ExitStatus.STOPPED;
  }

  /** Says that a command is not waited for any more, which goes on elsewhere. */
  ExitStatus leftBehind() {
    say("the driver is not waited for any more; where the cluster has begun it, it goes on there");
    line("When it has ended, the same command says so or goes on: " + resuming);
    return ExitStatus.STOPPED;
  }

  /** Notes what was said already by others, for whoever submitted this command. */
  synchronized void told(String line) {
    said.add(line);
  }

  /** All that was said, line by line. */
  synchronized List<String> said() {
    return List.copyOf(said);
  }

  private synchronized void say(String text) {
    String start = terminal.colour() ? "\u001b[1;31mreverie:\u001b[0m " : "reverie: ";
    terminal.err().println(start + text);
    terminal.err().flush();
    said.add("reverie: " + text);
  }

  private synchronized void line(String text) {
    terminal.err().println(text);
    terminal.err().flush();
    said.add(text);
  }

  private static String oneLine(Throwable thrown) {
    return thrown.toString().lines().findFirst().orElseGet(() -> thrown.getClass().getName());
  }
}
