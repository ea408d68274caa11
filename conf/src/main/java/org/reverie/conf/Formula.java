package org.reverie.conf;

import java.util.Optional;

/** The kinds of pictures that are made by a formula and need no file. */
public enum Formula {
  /** Noise, {@code noise}. */
  NOISE,
  /** A {@link Gradient}. */
  GRADIENT,
  /** One colour, {@code color:#rrggbb}. */
  COLOUR;

  private static final String NOISE_NAME = "noise";
  private static final String COLOUR_PREFIX = "color:";

  /**
   * The kind that a source is.
   *
   * @param source of an input or a guide, as a person gave it
   * @return empty for a file; a formula may still be malformed behind what it begins with
   */
  public static Optional<Formula> of(String source) {
    if (source.equals(NOISE_NAME)) {
      return Optional.of(NOISE);
    }
    if (source.startsWith(Gradient.PREFIX)) {
      return Optional.of(GRADIENT);
    }
    return source.startsWith(COLOUR_PREFIX) ? Optional.of(COLOUR) : Optional.empty();
  }
}
