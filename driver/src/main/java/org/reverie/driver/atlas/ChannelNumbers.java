package org.reverie.driver.atlas;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;

/** Channels by number. */
final class ChannelNumbers {
  private static final String ALL = "all";
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

  private ChannelNumbers() {}

  /** Numbers from the first to the last, both included. */
  private record Range(int first, int last) {}

  /** What is wrong with how channels are written, whatever their layer. */
  static Optional<Problem> problem(String text) {
    try {
      List<Range> unused = ranges(text);
      return Optional.empty();
    } catch (UserException e) {
      return Optional.of(e.problems().get(0));
    }
  }

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
    if (text.equals(ALL)) {
      return IntStream.range(0, count).toArray();
    }
    TreeSet<Integer> channels = new TreeSet<>();
    for (Range range : ranges(text)) {
      if (range.last() >= count) {
        throw UserException.of(
            "unknown-channel",
            "--channels",
            "layer %s has channels 0 to %d, and no %d".formatted(layer, count - 1, range.last()),
            "Choose others, or all");
      }
      for (int channel = range.first(); channel <= range.last(); channel++) {
        channels.add(channel);
      }
    }
    return channels.stream().mapToInt(Integer::intValue).toArray();
  }

  /** None for all. */
  private static List<Range> ranges(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.equals(ALL) ? new String[0] : text.split(",", -1)) {
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
      ranges.add(new Range(first, last));
    }
    return ranges;
  }
}
