package org.reverie.driver.cli;

import java.time.Duration;
import org.reverie.driver.TrainingView;

/** Shows a training: on a terminal one line that is drawn anew, elsewhere a line every 30 s. */
final class TrainingProgress implements TrainingView {
  private static final long LINE_NANOS = Duration.ofSeconds(30).toNanos();

  private final Terminal terminal;
  private long shownNanos = System.nanoTime();
  private int drawn;
  private boolean silent;
  private String lastNote = "";
  private volatile boolean isKept;

  TrainingProgress(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public synchronized void result(String line) {
    end();
    terminal.out().println(line);
    terminal.out().flush();
  }

  @Override
  public synchronized void note(String line) {
    lastNote = line;
    if (silent) {
      return;
    }
    end();
    terminal.err().println(line);
    terminal.err().flush();
  }

  @Override
  public synchronized void progress(String line) {
    if (silent) {
      return;
    }
    if (terminal.live()) {
      String cut = line.substring(0, Math.min(line.length(), terminal.columns() - 1));
      terminal.err().print("\r" + cut + " ".repeat(Math.max(0, drawn - cut.length())));
      drawn = cut.length();
    } else if (System.nanoTime() - shownNanos >= LINE_NANOS) {
      shownNanos = System.nanoTime();
      terminal.err().println(line);
    }
    terminal.err().flush();
  }

  @Override
  public void kept() {
    isKept = true;
  }

  /** Whether a training that is stopped now has something to go on from. */
  boolean isKept() {
    return isKept;
  }

  /** Whether there was a note, which may have named the log. */
  synchronized boolean hasTold() {
    return !lastNote.isEmpty();
  }

  /** Which says why a training stopped that did; empty if there was none. */
  synchronized String lastNote() {
    return lastNote;
  }

  /** Leaves the line as it is. */
  synchronized void end() {
    if (drawn > 0) {
      terminal.err().println();
      drawn = 0;
    }
  }

  /** Leaves the line as it is for good; only results are told after that. */
  synchronized void silence() {
    end();
    silent = true;
  }
}
