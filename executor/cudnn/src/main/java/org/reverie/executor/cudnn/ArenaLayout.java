package org.reverie.executor.cudnn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds places for blocks so that two that hold something during the same step do not overlap: the
 * largest first, each in the lowest gap it fits (Pisarchyk and Lee, "Efficient memory management
 * for deep neural net inference", 2020: greedy by size).
 */
final class ArenaLayout {
  /** What cudaMalloc itself aligns to; every vector load needs 16 of it. */
  static final long ALIGNMENT_BYTES = 512;

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
      for (Block other : placed) {
        if (!block.meets(other)) {
          continue;
        }
        if (offset + block.bytes() <= other.offset()) {
          break;
        }
        offset = Math.max(offset, aligned(other.offset() + other.bytes()));
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

  /** The next multiple of the alignment. */
  static long aligned(long bytes) {
    return (bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
  }
}
