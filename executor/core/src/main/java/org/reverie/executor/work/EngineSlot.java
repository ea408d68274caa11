package org.reverie.executor.work;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.Session;

/**
 * One device or CPU of an executor: an engine, its compiled sessions, and one user at a time. Tasks
 * wait here only for computing, so that one reads or stores while another computes.
 */
final class EngineSlot implements AutoCloseable {
  /** Three lengths along each axis are all that a round has; older windows hardly come back. */
  private static final int MOST_SESSIONS = 9;

  private record WindowSize(int width, int height) {}

  private final Engine engine;
  private final long memoryBytes;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Map<WindowSize, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);
  private long usedBytes;

  /**
   * @param engine closed with this slot
   * @param memoryBytes what all sessions together may take; one is always kept, whose window the
   *     planner has chosen so that it fits
   */
  EngineSlot(Engine engine, long memoryBytes) {
    this.engine = engine;
    this.memoryBytes = memoryBytes;
  }

  /**
   * Runs {@code work} alone on this device, on a session of that window size.
   *
   * @param cut in how many pieces the network sees the window
   */
  <R> R compute(int width, int height, SplitSession.Cut cut, Function<Session, R> work) {
    lock.lock();
    try {
      return work.apply(
          cut.pieces() == 1
              ? session(new WindowSize(width, height))
              : new SplitSession(width, height, cut, (w, h) -> session(new WindowSize(w, h))));
    } catch (OutOfDeviceMemoryException e) {
      // Whoever tries it on smaller windows finds all memory free.
      rest();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private Session session(WindowSize size) {
    Session session = sessions.get(size);
    if (session == null) {
      long bytes = idleBytes(size);
      Iterator<Map.Entry<WindowSize, Session>> eldest = sessions.entrySet().iterator();
      while ((usedBytes + bytes > memoryBytes || sessions.size() >= MOST_SESSIONS)
          && eldest.hasNext()) {
        Map.Entry<WindowSize, Session> entry = eldest.next();
        entry.getValue().close();
        usedBytes -= idleBytes(entry.getKey());
        eldest.remove();
      }
      session = compile(size);
      sessions.put(size, session);
      usedBytes += bytes;
    }
    return session;
  }

  /** What a session takes besides the one that computes; here only one does at a time. */
  private long idleBytes(WindowSize size) {
    return engine.sessionsTakeTurns() ? 0 : engine.bytesFor(size.width, size.height);
  }

  private Session compile(WindowSize size) {
    try {
      return engine.compile(size.width, size.height);
    } catch (OutOfDeviceMemoryException e) {
      if (sessions.isEmpty()) {
        throw e;
      }
      // Others may have taken what was thought free: without our own sessions there is more.
      rest();
      return engine.compile(size.width, size.height);
    }
  }

  /** Gives back what is compiled; the weights stay. */
  void rest() {
    lock.lock();
    try {
      sessions.values().forEach(Session::close);
      sessions.clear();
      usedBytes = 0;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      rest();
      engine.close();
    } finally {
      lock.unlock();
    }
  }
}
