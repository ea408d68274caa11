package org.reverie.driver.atlas;

import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.reverie.conf.UserException;

/** Channels by number. */
final class ChannelNumbers {
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

  private ChannelNumbers() {}

  /**
   * Reads channels.
   *
   * @param text {@code all}, or numbers and ranges such as {@code 0-31,40}
   * @param layer its name, for people
   * @param count of its channels
   * @return in rising order, each once
   * @throws UserException if it is none of that, or there are not as many
   */
  static int[] parse(String text, String layer, int count) {
    if (text.equals("all")) {
      return IntStream.range(0, count).toArray();
    }
    TreeSet<Integer> channels = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      Matcher matcher = RANGE.matcher(part.strip());
      if (!matcher.matches()) {
        throw UserException.of(
            "bad-channels",
            "--channels",
            '"' + text + "\" names no channels",
            "Write all, or numbers and ranges such as 0-31,40");
      }
      int first = Integer.parseInt(matcher.group(1));
      int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
      if (first > last) {
        throw UserException.of(
            "bad-channels",
            "--channels",
            "the range " + part.strip() + " is empty",
            "Write the smaller number first");
      }
      if (last >= count) {
        throw UserException.of(
            "unknown-channel",
            "--channels",
            "layer %s has channels 0 to %d, and no %d".formatted(layer, count - 1, last),
            "Choose others, or all");
      }
      for (int channel = first; channel <= last; channel++) {
        channels.add(channel);
      }
    }
    return channels.stream().mapToInt(Integer::intValue).toArray();
  }
}
