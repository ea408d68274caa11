package org.reverie.driver.cli;

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Turns Ctrl-C (SIGINT) and SIGTERM into exit status 3 while it is open. One hook speaks before
 * those of Spark (priority 40) and of Hadoop's file systems (10) clean up; a second one ends the
 * process after them, since the status of a signal would be 130.
 */
final class Interruption implements AutoCloseable {
  private static final int BEFORE_ALL_OTHERS = 100;
  private static final int AFTER_ALL_OTHERS = 1;
  private static final int BEFORE_FILE_SYSTEMS_CLOSE = FileSystem.SHUTDOWN_HOOK_PRIORITY + 1;

  /** What a shell says of a process that Ctrl-C ended: 128 and the number of the signal. */
  private static final int ENDED_BY_SIGNAL = 130;

  private static Thread early;

  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Runnable speaker;
  private final Runnable ender;

  private Interruption(Runnable stop) {
    speaker =
        () -> {
          stopping.set(true);
          stop.run();
        };
    ender = () -> Runtime.getRuntime().halt(ExitStatus.STOPPED.code());
  }

  /**
   * Has a process that is told to end say that it has begun nothing, until {@link #begun}.
   *
   * @param err where people read
   */
  static synchronized void notBegun(PrintStream err) {
    early =
        new Thread(
            () -> {
              err.println("reverie: stopped before anything was begun");
              err.flush();
              Runtime.getRuntime().halt(ENDED_BY_SIGNAL);
            });
    Runtime.getRuntime().addShutdownHook(early);
  }

  /** From now on something is begun, or all is done. */
  static synchronized void begun() {
    if (early != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(early);
      } catch (IllegalStateException e) {
        return; // the signal came before: the process ends
      }
      early = null;
    }
  }

  /**
   * Starts to watch.
   *
   * @param stop is run when the process is told to end; must not wait for long
   */
  static Interruption watch(Runnable stop) {
    Interruption interruption = new Interruption(stop);
    ShutdownHookManager.get().addShutdownHook(interruption.speaker, BEFORE_ALL_OTHERS);
    ShutdownHookManager.get().addShutdownHook(interruption.ender, AFTER_ALL_OTHERS);
    begun();
    return interruption;
  }

  /** Makes the process end with a status that is found only then, whoever ends it. */
  static void atTheEnd(IntSupplier status) {
    ShutdownHookManager.get()
        .addShutdownHook(
            () -> Runtime.getRuntime().halt(status.getAsInt()), BEFORE_FILE_SYSTEMS_CLOSE);
  }

  /**
   * Whether a signal ends this process, not itself: Java handles each in a thread that is named
   * after it and lives until the end.
   */
  static boolean isBySignal() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().matches("SIG[A-Z]+ handler"));
  }

  /** Whether the process was told to end. */
  boolean stopping() {
    return stopping.get();
  }

  @Override
  public void close() {
    if (!ShutdownHookManager.get().isShutdownInProgress() && !stopping()) {
      try {
        ShutdownHookManager.get().removeShutdownHook(speaker);
        ShutdownHookManager.get().removeShutdownHook(ender);
      } catch (IllegalStateException e) {
        stopping.set(true); // the signal came in between: the hooks have begun
      }
    }
  }
}
