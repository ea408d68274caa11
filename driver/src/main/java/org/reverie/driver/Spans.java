package org.reverie.driver;

import java.util.Locale;

/** Times as people say them. */
public final class Spans {
  private Spans() {}

  /** The two largest units of a span, such as {@code 2 h 5 min}. */
  public static String people(double seconds) {
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (seconds > 100 * 86400.0) {
      return "more than 100 days";
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return whole / 60 + " min " + whole % 60 + " s";
    }
    if (whole < 86400) {
      return whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }
    return whole / 86400 + " d " + whole % 86400 / 3600 + " h";
  }
}
