package org.reverie.executor.engine.arena;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ArenaLayoutTest {
  private static final long PAGE = 4096;
  private static final ArenaLayout LAYOUT = new ArenaLayout(PAGE);

  private static Block block(long pages, int first, int last) {
    Block block = new Block("block", pages * PAGE);
    block.touch(first);
    block.touch(last);
    return block;
  }

  /**
   *
   *
   * <pre>
   *   step   0 1 2 3 4
   *   a      = = .        the second chain reuses what the first has left
   *   b        = = .
   *   c          = = =
   * </pre>
   */
  @Test
  void chainNeedsTwoBlocks() {
    Block a = block(4, 0, 1);
    Block b = block(3, 1, 2);
    Block c = block(4, 2, 4);
    assertEquals(7 * PAGE, LAYOUT.place(List.of(a, b, c)));
    assertEquals(a.offset(), c.offset());
  }

  @Test
  void untouchedBlocksTakeNoPlace() {
    assertEquals(0, LAYOUT.place(List.of(new Block("never", 5 * PAGE))));
  }

  @Property(tries = 200)
  void blocksThatMeetDoNotOverlap(@ForAll long seed) {
    Random random = new Random(seed);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      int first = random.nextInt(20);
      blocks.add(block(1 + random.nextInt(9), first, first + random.nextInt(6)));
    }
    long arena = LAYOUT.place(blocks);
    for (Block one : blocks) {
      assertEquals(0, one.offset() % PAGE);
      assertTrue(one.offset() + one.bytes() <= arena);
      for (Block other : blocks) {
        boolean apart =
            one.offset() + one.bytes() <= other.offset()
                || other.offset() + other.bytes() <= one.offset();
        assertFalse(one != other && one.meets(other) && !apart, one + " and " + other);
      }
    }
  }
}
