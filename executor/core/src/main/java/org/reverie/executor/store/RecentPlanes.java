package org.reverie.executor.store;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The planes that this process stored last, so that what a neighbour reads a moment later need not
 * be read back, verified and decoded: for a strip of 36 columns that would be whole rows.
 * Everything is in its file as well. Safe for use by many threads.
 */
final class RecentPlanes {
  private final long mostBytes;
  private final Map<Key, Planes> planes = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * @param mostBytes that all planes together take; 0 keeps none
   */
  RecentPlanes(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  synchronized Optional<Planes> get(Key key) {
    return Optional.ofNullable(planes.get(key));
  }

  /** Keeps planes, which must not change any more, in place of those longest unused. */
  synchronized void put(Key key, Planes stored) {
    forget(planes.remove(key));
    if (bytes(stored) > mostBytes) {
      return;
    }
    Iterator<Planes> eldest = planes.values().iterator();
    while (bytes + bytes(stored) > mostBytes) {
      forget(eldest.next());
      eldest.remove();
    }
    planes.put(key, stored);
    bytes += bytes(stored);
  }

  private void forget(Planes removed) {
    bytes -= removed == null ? 0 : bytes(removed);
  }

  private static long bytes(Planes stored) {
    return (long) Float.BYTES * stored.values().length;
  }
}
