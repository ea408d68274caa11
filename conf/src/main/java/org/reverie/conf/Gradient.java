package org.reverie.conf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A gradient by name, such as {@code gradient:radial} or, with colours of one's own, {@code
 * gradient:linear:#102040,#c05030@0.4,#ffe9c0}.
 *
 * @param kind how positions lie on the picture
 * @param stops in the order of their positions; empty for the gradient's own colours
 */
public record Gradient(Kind kind, List<Stop> stops) {
  /** What the name of every gradient begins with. */
  public static final String PREFIX = "gradient:";

  private static final int MOST_STOPS = 64;
  private static final Pattern STOP = Pattern.compile("#([0-9a-fA-F]{6})(?:@([0-9]*\\.?[0-9]+))?");

  public Gradient {
    stops = List.copyOf(stops);
  }

  /** How positions of 0 to 1 lie on a picture. */
  public enum Kind {
    /** Along the diagonal, from the top left corner to the bottom right one. */
    LINEAR,
    /** Around a circle of colours that is unrolled over the picture: 1 is 0 again. */
    CHROMATIC,
    /** From the centre to the corners. */
    RADIAL
  }

  /**
   * A colour at a position.
   *
   * @param position 0..1
   * @param red 0..255
   * @param green 0..255
   * @param blue 0..255
   */
  public record Stop(double position, int red, int green, int blue) {}

  /**
   * Reads a gradient's name. A stop without a position lies evenly between its neighbours; the
   * first one is then at 0 and the last one at 1, or, of a circle, as far before 1 as the others
   * lie apart.
   *
   * @param name begins with {@value #PREFIX}
   * @throws UserException if there is no such gradient
   */
  public static Gradient parse(String name) {
    String rest = name.substring(PREFIX.length());
    int colon = rest.indexOf(':');
    String word = colon < 0 ? rest : rest.substring(0, colon);
    List<String> words =
        Arrays.stream(Kind.values()).map(kind -> kind.name().toLowerCase(Locale.ROOT)).toList();
    if (!words.contains(word)) {
      throw wrong(
          name,
          "is not a gradient",
          Nearest.suggestion(PREFIX + word, words.stream().map(PREFIX::concat).toList()));
    }
    Kind kind = Kind.values()[words.indexOf(word)];
    return new Gradient(kind, colon < 0 ? List.of() : stops(name, kind, rest.substring(colon + 1)));
  }

  private static List<Stop> stops(String name, Kind kind, String text) {
    String[] parts = text.split(",", -1);
    if (parts.length < 2 || parts.length > MOST_STOPS) {
      throw wrong(
          name,
          "has " + parts.length + (parts.length == 1 ? " stop" : " stops"),
          "Give 2 to " + MOST_STOPS + ", such as " + PREFIX + "linear:#102040,#ffe9c0");
    }
    int[] colours = new int[parts.length];
    double[] positions = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      Matcher matcher = STOP.matcher(parts[i].strip());
      if (!matcher.matches()) {
        throw wrong(
            name,
            "has a stop that cannot be read: \"" + parts[i] + '"',
            "Write a stop as #rrggbb, or #rrggbb@0.4 with its position");
      }
      colours[i] = Integer.parseInt(matcher.group(1), 16);
      positions[i] = matcher.group(2) == null ? Double.NaN : Double.parseDouble(matcher.group(2));
    }
    spread(positions, kind == Kind.CHROMATIC);
    List<Stop> stops = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      if (positions[i] > 1 || (i > 0 && positions[i] < positions[i - 1])) {
        throw wrong(
            name,
            "has the stop " + parts[i] + " out of order",
            "Give positions from 0 to 1 that do not fall");
      }
      stops.add(new Stop(positions[i], colours[i] >> 16, colours[i] >> 8 & 255, colours[i] & 255));
    }
    return stops;
  }

  /** Puts what has no position evenly between its neighbours. */
  private static void spread(double[] positions, boolean circle) {
    int last = positions.length - 1;
    if (Double.isNaN(positions[0])) {
      positions[0] = 0;
    }
    int known = 0;
    for (int i = 1; i <= last; i++) {
      double to = positions[i];
      int steps = i - known;
      if (Double.isNaN(to) && i == last) {
        // The first colour follows the last one on a circle, one step further on.
        to = 1;
        steps += circle ? 1 : 0;
      } else if (Double.isNaN(to)) {
        continue;
      }
      double from = positions[known];
      for (int k = known + 1; k <= i; k++) {
        if (Double.isNaN(positions[k])) {
          positions[k] = from + (to - from) * (k - known) / steps;
        }
      }
      known = i;
    }
  }

  private static UserException wrong(String name, String what, String remedy) {
    return UserException.of("unknown-formula", name, '"' + name + "\" " + what, remedy);
  }
}
