package org.reverie.executor.engine.arena;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds places for blocks so that blocks which hold something at the same time do not overlap: the
 * largest first, each at the lowest free place (Pisarchyk and Lee, "Efficient memory management for
 * deep neural net inference", greedy by size).
 *
 * @param alignmentBytes every block starts at a multiple of it; above 0
 */
public record ArenaLayout(long alignmentBytes) {

  /**
   * Places every touched block.
   *
   * @return bytes of the arena
   */
  public long place(List<Block> blocks) {
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

  /** The next multiple of the alignment. */
  public long aligned(long bytes) {
    return (bytes + alignmentBytes - 1) / alignmentBytes * alignmentBytes;
  }
}
