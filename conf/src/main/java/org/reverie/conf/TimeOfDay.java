package org.reverie.conf;

import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time on the clock, every day.
 *
 * @param time hours and minutes
 * @param zone where the clock hangs; empty for the machine's own
 */
public record TimeOfDay(LocalTime time, Optional<ZoneId> zone) {
  private static final Pattern WRITTEN =
      Pattern.compile("([0-9]{1,2}):([0-9]{2})(?:\\s+([A-Za-z][A-Za-z0-9/_+:-]*))?");

  /**
   * Reads {@code 06:00} or {@code 06:00 Europe/Berlin}.
   *
   * @param where names its place in the problem
   * @throws UserException if it is neither
   */
  public static TimeOfDay parse(String written, String where) {
    Matcher matcher = WRITTEN.matcher(written.strip());
    try {
      if (matcher.matches()) {
        return new TimeOfDay(
            LocalTime.of(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))),
            Optional.ofNullable(matcher.group(3)).map(ZoneId::of));
      }
    } catch (DateTimeException e) {
      throw malformed(written, where, e);
    }
    throw malformed(written, where, null);
  }

  private static UserException malformed(String written, String where, Throwable cause) {
    return UserException.of(
        "wrong-type",
        where,
        '"' + written + "\" is not a time of day",
        "Write hours and minutes, such as \"06:00\", or with a zone, \"06:00 Europe/Berlin\"",
        cause);
  }

  /**
   * The first time after {@code now} that the clock shows it.
   *
   * @param now where the machine is
   */
  public ZonedDateTime after(ZonedDateTime now) {
    ZonedDateTime there = zone.map(now::withZoneSameInstant).orElse(now);
    ZonedDateTime today = there.with(time);
    return today.isAfter(there) ? today : there.plusDays(1).with(time);
  }

  @Override
  public String toString() {
    return time + zone.map(z -> " " + z).orElse("");
  }
}
