package org.reverie.executor.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * A thread that belongs to the library: the number of OpenMP threads and the floating-point mode
 * are a thread's own, and neither may leak into the caller's.
 */
final class LibraryThread implements AutoCloseable {
  private final ExecutorService executor;
  private final ExecutorService others;
  private final int threads;

  /** A part of some rows. */
  interface Range {
    /**
     * Works on it.
     *
     * @param from first row
     * @param to one past the last row
     */
    void run(int from, int to);
  }

  LibraryThread(int threads) {
    this.threads = threads;
    others =
        Executors.newCachedThreadPool(
            body -> {
              Thread thread = new Thread(body, "onednn copy");
              thread.setDaemon(true);
              return thread;
            });
    executor =
        Executors.newSingleThreadExecutor(
            body -> {
              Thread thread =
                  new Thread(
                      () -> {
                        Library.get().adoptThread(threads);
                        body.run();
                      },
                      "onednn");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs something and waits for it. */
  <T> T call(Supplier<T> body) {
    return await(executor.submit(body::get));
  }

  private static <T> T await(Future<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          // A primitive cannot be stopped, and its memory must not go before it ends.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new AssertionError(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Runs something on {@code rows} rows with as many threads as primitives have. */
  void forEachRange(int rows, Range range) {
    List<Future<?>> parts = new ArrayList<>();
    for (int part = 1; part < threads; part++) {
      int from = (int) ((long) rows * part / threads);
      int to = (int) ((long) rows * (part + 1) / threads);
      parts.add(others.submit(() -> range.run(from, to)));
    }
    try {
      range.run(0, rows / threads);
    } finally {
      parts.forEach(LibraryThread::await);
    }
  }

  @Override
  public void close() {
    executor.shutdown();
    others.shutdown();
  }
}
