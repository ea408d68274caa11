package org.reverie.driver.cli;

import java.nio.file.Path;
import org.reverie.conf.BatchJob;
import org.reverie.driver.ProgressView;
import org.reverie.driver.batch.BatchView;
import org.reverie.driver.batch.WorkState;

/** Shows a batch's progress: a headline for each work, and below it what a render shows. */
final class BatchProgress implements BatchView {
  private final Terminal terminal;
  private final Failures failures;
  private final Path log;
  private Progress current;
  private boolean silent;

  /**
   * @param terminal where to show it
   * @param failures says what went wrong
   * @param log where stack traces go, or null for the log of Spark's driver
   */
  BatchProgress(Terminal terminal, Failures failures, Path log) {
    this.terminal = terminal;
    this.failures = failures;
    this.log = log;
    this.current = new Progress(terminal, System::nanoTime);
  }

  @Override
  public synchronized ProgressView begin(BatchJob.Work work, int number, int count) {
    current = new Progress(terminal, System::nanoTime);
    if (silent) {
      current.silence();
    } else {
      terminal.out().println(number + " of " + count + ": " + work.name());
      terminal.out().flush();
    }
    return current;
  }

  @Override
  public synchronized void end(
      BatchJob.Work work, WorkState state, String detail, Throwable cause) {
    if (silent) {
      return; // what breaks while the process ends is no news
    }
    current.end();
    if (!detail.isEmpty()) {
      failures.ofWork(work.name(), state.word(), detail, state == WorkState.FAILED, log);
    }
    terminal.out().println();
    terminal.out().flush();
  }

  @Override
  public synchronized void note(String text) {
    current.note(text);
  }

  synchronized void tick() {
    current.tick();
  }

  /** Leaves the line as it is: something else is about to be said. */
  synchronized void pause() {
    current.end();
  }

  /** Says nothing more but of prints that get done all the same: the process was told to end. */
  synchronized void silence() {
    silent = true;
    current.silence();
  }
}
