package org.reverie.driver.cli;

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
   * Starts to watch.
   *
   * @param stop is run when the process is told to end; must not wait for long
   */
  static Interruption watch(Runnable stop) {
    Interruption interruption = new Interruption(stop);
    ShutdownHookManager.get().addShutdownHook(interruption.speaker, BEFORE_ALL_OTHERS);
    ShutdownHookManager.get().addShutdownHook(interruption.ender, AFTER_ALL_OTHERS);
    return interruption;
  }

  /** Makes the process end with a status that is found only then, whoever ends it. */
  static void atTheEnd(IntSupplier status) {
    ShutdownHookManager.get()
        .addShutdownHook(
            () -> Runtime.getRuntime().halt(status.getAsInt()), BEFORE_FILE_SYSTEMS_CLOSE);
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
