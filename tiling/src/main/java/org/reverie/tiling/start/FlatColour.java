package org.reverie.tiling.start;

import org.reverie.conf.Formula;
import org.reverie.conf.UserException;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Size;

/**
 * One colour everywhere.
 *
 * @param red 0..255
 * @param green 0..255
 * @param blue 0..255
 */
public record FlatColour(int red, int green, int blue) implements Start {
  /**
   * Reads {@code color:#rrggbb}.
   *
   * @throws UserException if it is not six hexadecimal digits
   */
  static FlatColour parse(String name) {
    int value = Formula.colour(name);
    return new FlatColour(value >> 16, value >> 8 & 255, value & 255);
  }

  @Override
  public CanvasSource canvas(Size size) {
    return PixelFormula.over(
        size,
        (x, y, colour) -> {
          colour[0] = red;
          colour[1] = green;
          colour[2] = blue;
        });
  }
}
