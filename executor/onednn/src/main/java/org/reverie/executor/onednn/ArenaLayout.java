package org.reverie.executor.onednn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds places for blocks so that blocks which hold something at the same time do not overlap: the
 * largest first, each at the lowest free place (Pisarchyk and Lee, "Efficient memory management for
 * deep neural net inference", greedy by size).
 */
final class ArenaLayout {
  /** A page, so that every block starts on one. */
  static final long ALIGNMENT_BYTES = 4096;

  private ArenaLayout() {}

  /**
   * Places every touched block.
   *
   * @return bytes of the arena
   */
  static long place(List<Block> blocks) {
    List<Block> order = new ArrayList<>(blocks);
    order.removeIf(block -> !block.isTouched());
    order.sort(Comparator.comparingLong(Block::bytes).reversed());
    List<Block> placed = new ArrayList<>();
    long end = 0;
    for (Block block : order) {
      long offset = 0;
      // Placed blocks are kept in order of their offsets, so that one pass finds the lowest gap.
      for (Block other : placed) {
        if (block.meets(other)) {
          if (offset + block.bytes() <= other.offset()) {
            break;
          }
          offset = Math.max(offset, aligned(other.offset() + other.bytes()));
        }
      }
      block.place(offset);
      end = Math.max(end, aligned(offset + block.bytes()));
      int position = 0;
      while (position < placed.size() && placed.get(position).offset() <= offset) {
        position++;
      }
      placed.add(position, block);
    }
    return end;
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
  }
}
