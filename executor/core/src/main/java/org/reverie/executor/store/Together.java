package org.reverie.executor.store;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** Work on many files at once, by the processors that a task alone on its machine leaves idle. */
public final class Together {
  private Together() {}

  /** What is done with a file. */
  @FunctionalInterface
  public interface Work {
    /** Reads or writes one file; called by many threads. */
    void on(int index) throws IOException;
  }

  /**
   * Does it for every file, and returns when all is done. After a failure no file is begun.
   *
   * @throws IOException the first failure, as it was thrown
   */
  public static void each(int[] indices, Work work) throws IOException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    IntStream.of(indices)
        .parallel()
        .filter(index -> failure.get() == null)
        .forEach(
            index -> {
              try {
                work.on(index);
              } catch (IOException | RuntimeException | Error e) {
                // A pool would throw another one of its kind, whose cause is this.
                failure.compareAndSet(null, e);
              }
            });
    Throwable first = failure.get();
    if (first instanceof IOException e) {
      throw e;
    } else if (first instanceof Error e) {
      throw e;
    } else if (first != null) {
      throw (RuntimeException) first;
    }
  }
}
