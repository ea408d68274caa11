package org.reverie.driver.atlas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes texts of any alphabet in the letters that a {@link Lettering} has. Names of brains, layers
 * and files are somebody's own; what is read over a sheet should be as near to them as that allows.
 */
final class Spelling {
  private static final String UNKNOWN = "?";
  private static final Map<Integer, String> TABLE = table();

  private Spelling() {}

  /** A line for each character: it, a space, what is written for it; nothing for a mute one. */
  private static Map<Integer, String> table() {
    Map<Integer, String> table = new HashMap<>();
    try (InputStream in = Spelling.class.getResourceAsStream("spelling.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .forEach(
              line -> {
                int character = line.codePointAt(0);
                table.put(character, line.substring(Character.charCount(character)).strip());
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int character : table.keySet().toArray(new Integer[0])) {
      table.putIfAbsent(Character.toUpperCase(character), capital(table.get(character)));
    }
    return Map.copyOf(table);
  }

  private static String capital(String written) {
    return written.isEmpty()
        ? written
        : written.substring(0, 1).toUpperCase(Locale.ROOT) + written.substring(1);
  }

  /**
   * A text in printable ASCII: Latin letters without their accents, Greek and Cyrillic ones by
   * Latin ones, signs by those of a typewriter, and a question mark for each character of other
   * scripts.
   */
  static String ascii(String text) {
    StringBuilder written = new StringBuilder();
    Normalizer.normalize(text, Normalizer.Form.NFC)
        .codePoints()
        .forEach(character -> append(character, written));
    return written.toString();
  }

  private static void append(int character, StringBuilder written) {
    if (isAscii(character)) {
      written.appendCodePoint(character);
    } else if (TABLE.containsKey(character)) {
      written.append(TABLE.get(character));
    } else if (Character.isWhitespace(character)) {
      written.append(' ');
    } else {
      String parts = Normalizer.normalize(Character.toString(character), Normalizer.Form.NFKD);
      if (parts.codePoints().toArray().length == 1 && parts.codePointAt(0) == character) {
        written.append(isMark(character) ? "" : UNKNOWN);
      } else {
        parts.codePoints().forEach(part -> append(part, written));
      }
    }
  }

  private static boolean isAscii(int character) {
    return character >= ' ' && character <= '~';
  }

  /** Whether it is an accent, or nothing that is seen. */
  private static boolean isMark(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT ->
          true;
      default -> false;
    };
  }
}
