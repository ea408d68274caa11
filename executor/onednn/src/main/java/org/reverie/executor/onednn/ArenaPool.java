package org.reverie.executor.onednn;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import org.bytedeco.javacpp.Pointer;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.arena.ArenaLayout;

/**
 * The memory in which an engine's sessions compute. A session keeps nothing in its arena between
 * two gradients, so it has one only while it computes: sessions that compute in turn share one
 * arena, which is as large as the largest of them needs, and whose pages the system has handed out
 * already. Where all are too small one of them grows, so that memory never exceeds the sum of what
 * the sessions that compute at the same time need at most, and what the system has handed out need
 * not be cleared again: windows grow from octave to octave. Contents are what the last user left.
 * Thread-safe.
 */
final class ArenaPool implements AutoCloseable {
  /** A page, so that every block starts on one. */
  static final ArenaLayout LAYOUT = new ArenaLayout(4096);

  private final Deque<Arena> idle = new ArrayDeque<>();
  private long bytes;
  private long mostBytes;
  private boolean closed;

  /** A piece of memory that starts on a page. */
  static final class Arena {
    private final Pointer owned;
    private final long bytes;
    private final long address;

    private Arena(Pointer owned, long bytes) {
      this.owned = owned;
      this.bytes = bytes;
      address = LAYOUT.aligned(owned.address());
    }

    /** Where it starts. */
    long address() {
      return address;
    }

    /** The values of a tensor that lies in it. */
    TensorValues values(Tensor tensor) {
      return TensorValues.of(address, tensor);
    }
  }

  /** The memory that an arena of so many usable bytes takes: it starts on a page. */
  static long bytes(long usableBytes) {
    return Math.addExact(usableBytes, LAYOUT.alignmentBytes());
  }

  /**
   * An arena for the caller alone, to be given back.
   *
   * @param usableBytes at least so many
   * @throws OutOfDeviceMemoryException if there is no such memory
   */
  synchronized Arena take(long usableBytes) {
    long wanted = bytes(usableBytes);
    Arena smallestFitting =
        idle.stream()
            .filter(arena -> arena.bytes >= wanted)
            .min(Comparator.comparingLong(arena -> arena.bytes))
            .orElse(null);
    if (smallestFitting != null) {
      idle.remove(smallestFitting);
      return smallestFitting;
    }
    Arena grown = idle.stream().max(Comparator.comparingLong(arena -> arena.bytes)).orElse(null);
    idle.remove(grown);
    freeIdle();
    long before = grown == null ? 0 : grown.bytes;
    Pointer owned = grown == null ? Pointer.malloc(wanted) : Pointer.realloc(grown.owned, wanted);
    if (owned == null || owned.isNull()) {
      if (grown != null) {
        free(grown);
      }
      throw new OutOfDeviceMemoryException(
          "no memory for an arena of %d MiB".formatted(wanted >> 20));
    }
    bytes += wanted - before;
    mostBytes = Math.max(mostBytes, bytes);
    return new Arena(owned, wanted);
  }

  /** Takes an arena back. */
  synchronized void giveBack(Arena arena) {
    if (closed) {
      free(arena);
    } else {
      idle.push(arena);
    }
  }

  /** The most memory that all arenas took together so far. */
  synchronized long mostBytes() {
    return mostBytes;
  }

  private void freeIdle() {
    for (Iterator<Arena> all = idle.iterator(); all.hasNext(); ) {
      free(all.next());
      all.remove();
    }
  }

  private void free(Arena arena) {
    Pointer.free(arena.owned);
    bytes -= arena.bytes;
  }

  /** Frees what is idle now, and the rest when it is given back. */
  @Override
  public synchronized void close() {
    closed = true;
    freeIdle();
  }
}
