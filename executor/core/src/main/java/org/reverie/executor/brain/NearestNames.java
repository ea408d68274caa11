package org.reverie.executor.brain;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that somebody may have meant. */
public final class NearestNames {
  private NearestNames() {}

  /**
   * The names with the smallest edit distance (Levenshtein, letter case ignored), nearest first; of
   * equally near ones those that come first.
   *
   * @param asked what was written
   * @param names what there is
   * @param count how many at most
   */
  public static List<String> of(String asked, Collection<String> names, int count) {
    String lower = asked.toLowerCase(Locale.ROOT);
    return names.stream()
        .distinct()
        .sorted(Comparator.comparingInt(name -> distance(lower, name.toLowerCase(Locale.ROOT))))
        .limit(count)
        .toList();
  }

  static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
