package org.reverie.executor.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A thread that belongs to the library: the number of OpenMP threads and the floating-point mode
 * are a thread's own, and neither may leak into the caller's.
 */
final class LibraryThread implements AutoCloseable {
  private final ExecutorService executor;
  private final ExecutorService others;
  private final ExecutorService lanes;
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
    lanes = Executors.newCachedThreadPool(body -> adopted(body, 1, "onednn lane"));
    others =
        Executors.newCachedThreadPool(
            body -> {
              Thread thread = new Thread(body, "onednn copy");
              thread.setDaemon(true);
              return thread;
            });
    executor = Executors.newSingleThreadExecutor(body -> adopted(body, threads, "onednn"));
  }

  private static Thread adopted(Runnable body, int threads, String name) {
    Thread thread =
        new Thread(
            () -> {
              Library.get().adoptThread(threads);
              body.run();
            },
            name);
    thread.setDaemon(true);
    return thread;
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

  /**
   * Runs something on as many lanes at once as primitives have threads; each of them runs
   * primitives alone. To be called on the library's thread, which is the first lane itself.
   */
  void onLanes(IntConsumer body) {
    List<Future<?>> others = new ArrayList<>();
    for (int lane = 1; lane < threads; lane++) {
      int number = lane;
      others.add(lanes.submit(() -> body.accept(number)));
    }
    Throwable failure = null;
    try {
      Library.get()
          .alone(
              threads,
              () -> {
                body.accept(0);
                return null;
              });
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    for (Future<?> lane : others) {
      try {
        await(lane);
      } catch (RuntimeException | Error e) {
        // All must have ended before anybody else writes into the arena.
        failure = failure == null ? e : failure;
      }
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    }
  }

  @Override
  public void close() {
    executor.shutdown();
    lanes.shutdown();
    others.shutdown();
  }
}
