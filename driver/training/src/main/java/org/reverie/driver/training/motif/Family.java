package org.reverie.driver.training.motif;

import java.awt.Color;
import java.util.Arrays;

/**
 * The colours a class of motifs is mostly seen in. A network that sees ferns in any colour learns
 * to overlook colour, and what it dreams is grey; one that sees them mostly green paints them
 * green.
 *
 * @param grounds what may lie behind, at least one
 * @param ramp dark to light, at least two; its hue may change on the way
 * @param accent what stands out from the ramp
 */
record Family(Color[] grounds, Color[] ramp, Color accent) {
  private static final int SIX_DIGITS = 16;

  /**
   * Reads one.
   *
   * @param text {@code "grounds | ramp | accent"}, each a list of colours as {@code rrggbb}
   */
  static Family of(String text) {
    String[] parts = text.split("\\|");
    if (parts.length != 3) {
      throw new IllegalArgumentException(text);
    }
    return new Family(colours(parts[0]), colours(parts[1]), colours(parts[2])[0]);
  }

  private static Color[] colours(String text) {
    return Arrays.stream(text.trim().split(" +"))
        .map(digits -> new Color(Integer.parseInt(digits, SIX_DIGITS)))
        .toArray(Color[]::new);
  }
}
