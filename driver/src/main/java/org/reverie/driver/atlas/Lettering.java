package org.reverie.driver.atlas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Letters of 5 x 7 dots for labels in ASCII, as {@link Spelling} writes them. A machine without a
 * screen often has no fonts, and those that there are differ, so that a sheet would have other
 * bytes elsewhere.
 */
final class Lettering {
  private static final int COLUMNS = 5;
  private static final int ROWS = 7;
  private static final char FIRST = ' ';
  private static final char LAST = '~';
  private static final char UNKNOWN = '?';
  private static final List<String> DRAWN = drawn();

  private Lettering() {}

  private static List<String> drawn() {
    try (InputStream in = Lettering.class.getResourceAsStream("lettering.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pixels that a text takes from left to right, with dots of {@code scale} pixels. */
  static int width(String text, int scale) {
    return Math.max(0, text.length() * (COLUMNS + 1) - 1) * scale;
  }

  /** Pixels that a line takes from top to bottom. */
  static int height(int scale) {
    return ROWS * scale;
  }

  /** Letters that fit into so many pixels. */
  static int letters(int pixels, int scale) {
    return (pixels / scale + 1) / (COLUMNS + 1);
  }

  /**
   * A text of so many letters at most. What does not fit goes from its middle, told by two points:
   * names differ at their ends, and end in what they are.
   *
   * @param letters at least 2
   */
  static String fitted(String text, int letters) {
    if (text.length() <= letters) {
      return text;
    }
    int end = (letters - 1) / 2;
    return text.substring(0, letters - 2 - end) + ".." + text.substring(text.length() - end);
  }

  /**
   * Whether there is ink at a pixel of a text.
   *
   * @param x from the left edge of the first letter, at least 0
   * @param y from the top of the line, 0 .. height - 1
   */
  static boolean ink(String text, int scale, int x, int y) {
    int column = x / scale;
    int letter = column / (COLUMNS + 1);
    int within = column % (COLUMNS + 1);
    if (letter >= text.length() || within == COLUMNS) {
      return false;
    }
    char character = text.charAt(letter);
    char known = character < FIRST || character > LAST ? UNKNOWN : character;
    return DRAWN.get((known - FIRST) * (ROWS + 1) + 1 + y / scale).charAt(within) == '#';
  }
}
