package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Classes of 1, 3 and 6 pictures are shown equally often. */
final class BalancedOrderTest {
  private static final int[] LABELS = {0, 1, 1, 1, 2, 2, 2, 2, 2, 2};

  @Test
  void everyBlockHasEveryClassOnce() {
    BalancedOrder order = new BalancedOrder(LABELS, 3, 7);
    for (int block = 0; block < 20; block++) {
      int[] seen = new int[3];
      for (int i = 0; i < 3; i++) {
        seen[LABELS[order.at(3L * block + i)]]++;
      }
      assertArrayEquals(new int[] {1, 1, 1}, seen, "block " + block);
    }
  }

  @Test
  void aClassIsShownWholeBeforeItRepeats() {
    BalancedOrder order = new BalancedOrder(LABELS, 3, 7);
    int[] seen = new int[LABELS.length];
    for (int position = 0; position < 3 * 6; position++) {
      seen[order.at(position)]++;
    }
    assertArrayEquals(new int[] {6, 2, 2, 2, 1, 1, 1, 1, 1, 1}, seen);
  }

  @Test
  void theSeedDecides() {
    int[] first = sequence(1);
    assertArrayEquals(first, sequence(1));
    assertFalse(Arrays.equals(first, sequence(2)));
    assertEquals(60, first.length);
  }

  private static int[] sequence(long seed) {
    BalancedOrder order = new BalancedOrder(LABELS, 3, seed);
    int[] sequence = new int[60];
    for (int i = 0; i < sequence.length; i++) {
      sequence[i] = order.at(i);
    }
    return sequence;
  }
}
