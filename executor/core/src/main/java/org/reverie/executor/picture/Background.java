package org.reverie.executor.picture;

import java.util.Locale;
import org.reverie.conf.UserException;

/**
 * The colour that transparent pixels are laid on, in the picture's own encoding.
 *
 * @param red 0..255
 * @param green 0..255
 * @param blue 0..255
 */
public record Background(int red, int green, int blue) {
  public static final Background WHITE = new Background(255, 255, 255);

  public Background {
    if (((red | green | blue) & ~255) != 0) {
      throw new IllegalArgumentException("colour " + red + ", " + green + ", " + blue);
    }
  }

  /**
   * Reads {@code #rrggbb}.
   *
   * @throws UserException {@code input-background} if it is anything else
   */
  public static Background parse(String colour) {
    if (!colour.matches("#[0-9a-fA-F]{6}")) {
      throw UserException.of(
          "input-background",
          "input.background",
          "'" + colour + "' is no colour",
          "Give six hexadecimal digits, such as #ffffff");
    }
    int value = Integer.parseInt(colour.substring(1), 16);
    return new Background(value >> 16, value >> 8 & 255, value & 255);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "#%02x%02x%02x", red, green, blue);
  }
}
