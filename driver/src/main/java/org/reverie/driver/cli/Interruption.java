package org.reverie.driver.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Turns Ctrl-C (SIGINT) and SIGTERM into exit status 3 while it is open. One hook speaks at once; a
 * second one ends the process after those of Spark (priority 40) and of Hadoop's file systems (10)
 * have cleaned up, since the status of a signal would be 130.
 */
final class Interruption implements AutoCloseable {
  private static final int AFTER_ALL_OTHERS = 1;

  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Thread speaker;
  private final Runnable ender;

  private Interruption(Runnable stop) {
    speaker =
        new Thread(
            () -> {
              stopping.set(true);
              stop.run();
            },
            "interruption");
    ender = () -> Runtime.getRuntime().halt(ExitStatus.STOPPED.code());
  }

  /**
   * Starts to watch.
   *
   * @param stop is run when the process is told to end; must not wait for long
   */
  static Interruption watch(Runnable stop) {
    Interruption interruption = new Interruption(stop);
    Runtime.getRuntime().addShutdownHook(interruption.speaker);
    ShutdownHookManager.get().addShutdownHook(interruption.ender, AFTER_ALL_OTHERS);
    return interruption;
  }

  /** Whether the process was told to end. */
  boolean stopping() {
    return stopping.get();
  }

  @Override
  public void close() {
    if (!ShutdownHookManager.get().isShutdownInProgress() && !stopping()) {
      try {
        Runtime.getRuntime().removeShutdownHook(speaker);
        ShutdownHookManager.get().removeShutdownHook(ender);
      } catch (IllegalStateException e) {
        stopping.set(true); // the signal came in between: the hooks have begun
      }
    }
  }
}
