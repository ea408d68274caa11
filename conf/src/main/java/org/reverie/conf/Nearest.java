package org.reverie.conf;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what a person probably meant. */
public final class Nearest {
  private Nearest() {}

  /**
   * The known words that resemble {@code word}, the nearest first: those at most a third of the
   * longer one's letters away, or that contain it.
   *
   * @param word what was written
   * @param known what would have been understood
   * @param limit how many at most
   */
  public static List<String> to(String word, Collection<String> known, int limit) {
    String wanted = word.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(candidate -> resembles(wanted, candidate.toLowerCase(Locale.ROOT)))
        .sorted(
            Comparator.comparingInt(
                    (String candidate) -> distance(wanted, candidate.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(limit)
        .toList();
  }

  /**
   * A sentence that suggests the nearest words, or lists all where none is near.
   *
   * @param word what was written
   * @param known what would have been understood
   */
  public static String suggestion(String word, Collection<String> known) {
    List<String> near = to(word, known, 3);
    return near.isEmpty()
        ? "Choose one of " + String.join(", ", known)
        : "Did you mean " + String.join(" or ", near) + "?";
  }

  private static boolean resembles(String wanted, String candidate) {
    int longer = Math.max(wanted.length(), candidate.length());
    return distance(wanted, candidate) <= Math.max(1, longer / 3)
        || (wanted.length() >= 3 && candidate.contains(wanted));
  }

  /**
   * Letters to insert, remove, replace or swap with their neighbour (optimal string alignment, a
   * restriction of Damerau, 1964).
   */
  static int distance(String from, String to) {
    int[] beforeLast = new int[to.length() + 1];
    int[] last = new int[to.length() + 1];
    int[] current = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(last[j], current[j - 1]));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          current[j] = Math.min(current[j], beforeLast[j - 2] + 1);
        }
      }
      int[] spare = beforeLast;
      beforeLast = last;
      last = current;
      current = spare;
    }
    return last[to.length()];
  }
}
