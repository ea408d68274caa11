package org.reverie.executor.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/**
 * The library's threads of one engine, lent to whoever computes or compiles: threads that came and
 * went with every window of exact mode left their allocator's memory behind, 85 MiB after two
 * dozen. Thread-safe.
 */
final class LibraryThreads implements AutoCloseable {
  private final Deque<LibraryThread> idle = new ArrayDeque<>();
  private final int threads;
  private boolean closed;

  /**
   * @param threads that a primitive runs on
   */
  LibraryThreads(int threads) {
    this.threads = threads;
  }

  /** How many threads a primitive runs on. */
  int threads() {
    return threads;
  }

  /** Lends a thread to {@code work}, which the caller's own thread runs. */
  <T> T with(Function<LibraryThread, T> work) {
    LibraryThread thread = take();
    try {
      return work.apply(thread);
    } finally {
      giveBack(thread);
    }
  }

  private synchronized LibraryThread take() {
    return idle.isEmpty() ? new LibraryThread(threads) : idle.pop();
  }

  private synchronized void giveBack(LibraryThread thread) {
    if (closed) {
      thread.close();
    } else {
      idle.push(thread);
    }
  }

  /** Ends what is idle now, and the rest when it is given back. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(LibraryThread::close);
    idle.clear();
  }
}
