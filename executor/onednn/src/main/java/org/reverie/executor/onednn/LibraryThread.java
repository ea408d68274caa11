package org.reverie.executor.onednn;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * A thread that belongs to the library: the number of OpenMP threads and the floating-point mode are
 * a thread's own, and neither may leak into the caller's.
 */
final class LibraryThread implements AutoCloseable {
  private final ExecutorService executor;

  LibraryThread(int threads) {
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

  /** Runs something on a thread of its own. What primitives need depends on the number of threads. */
  static <T> T call(int threads, Supplier<T> body) {
    try (LibraryThread thread = new LibraryThread(threads)) {
      return thread.call(body);
    }
  }

  /** Runs something and waits for it. */
  <T> T call(Supplier<T> body) {
    Future<T> future = executor.submit(body::get);
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

  @Override
  public void close() {
    executor.shutdown();
  }
}
