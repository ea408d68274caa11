package org.reverie.executor.store;

import java.util.Comparator;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The planes that this process stored last, so that what a neighbour reads a moment later need not
 * be read back, verified and decoded: for a strip of 36 columns that would be whole rows.
 * Everything is in its file as well. Safe for use by many threads.
 *
 * <p>What goes first is not what was used longest ago: an iteration reads everything that the one
 * before stored, each tile but a few times, while it stores as much again. So whole generations go,
 * and of the one that is being read the tiles from the top, which were read first.
 */
final class RecentPlanes {
  private static final Comparator<Key> FIRST_TO_GO =
      Comparator.comparingInt(Key::octave)
          .thenComparing(key -> key.kind() != Kind.BASE)
          .thenComparingInt(Key::round)
          .thenComparingInt(Key::index)
          .thenComparing(Key::kind);

  private final long mostBytes;
  private final NavigableMap<Key, Planes> planes = new TreeMap<>(FIRST_TO_GO);
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

  /** Keeps planes, which must not change any more, in place of older ones. */
  synchronized void put(Key key, Planes stored) {
    forget(planes.remove(key));
    if (bytes(stored) > mostBytes) {
      return;
    }
    while (bytes + bytes(stored) > mostBytes) {
      forget(planes.pollFirstEntry().getValue());
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
