package org.reverie.driver.training;

import java.util.ArrayList;
import java.util.List;
import org.reverie.tiling.KeyedRandom;

/**
 * The order in which pictures are shown: every class once in each block of as many pictures as
 * there are classes, in another order each time; the pictures of a class one after the other,
 * shuffled anew whenever all were shown. Position decides alone, so any worker can begin anywhere.
 */
final class BalancedOrder {
  private static final int CLASSES = 0;
  private static final int PICTURES = 1;

  private final long seed;
  private final List<int[]> byClass = new ArrayList<>();

  /**
   * @param labels class of each picture; every class from 0 to {@code classes - 1} has one at least
   */
  BalancedOrder(int[] labels, int classes, long seed) {
    this.seed = seed;
    List<List<Integer>> members = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      members.add(new ArrayList<>());
    }
    for (int i = 0; i < labels.length; i++) {
      members.get(labels[i]).add(i);
    }
    for (List<Integer> of : members) {
      byClass.add(of.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  /** The index of the picture that is shown at a position, from 0. */
  int at(long position) {
    int classes = byClass.size();
    long block = position / classes;
    int label = shuffled(classes, (int) (position % classes), CLASSES, block);
    int[] members = byClass.get(label);
    long pass = block / members.length;
    int place = (int) (block % members.length);
    return members[shuffled(members.length, place, PICTURES, label, pass)];
  }

  /** What a shuffle of 0 to length - 1 has at a place. */
  private int shuffled(int length, int place, long... key) {
    KeyedRandom random = KeyedRandom.of(seed, KeyedRandom.Purpose.TRAINING, key);
    int[] order = new int[length];
    for (int i = 0; i < length; i++) {
      int other = (int) random.nextLong(i + 1L);
      order[i] = order[other];
      order[other] = i;
    }
    return order[place];
  }
}
