package org.reverie.conf;

import java.util.Optional;

/** The kinds of pictures that are made by a formula and need no file. */
public enum Formula {
  /** Noise, {@code noise}. */
  NOISE {
    @Override
    void check(String source) {}
  },
  /** A {@link Gradient}. */
  GRADIENT {
    @Override
    void check(String source) {
      Gradient.parse(source);
    }
  },
  /** One colour, {@code color:#rrggbb}. */
  COLOUR {
    @Override
    void check(String source) {
      colour(source);
    }
  };

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

  /**
   * Reads a source of this kind as far as to know that it is well-formed: jobs are checked so,
   * before anything runs.
   *
   * @throws UserException if it begins like this kind and is malformed
   */
  abstract void check(String source);

  /**
   * The colour of a source that is {@link #COLOUR}.
   *
   * @param source begins with {@code color:}
   * @return 0xrrggbb
   * @throws UserException if six hexadecimal digits do not follow
   */
  public static int colour(String source) {
    if (!source.matches(COLOUR_PREFIX + "#[0-9a-fA-F]{6}")) {
      throw UserException.of(
          "unknown-formula",
          source,
          '"' + source + "\" is not a colour",
          "Write it as color:#rrggbb, such as color:#808080");
    }
    return Integer.parseInt(source.substring(COLOUR_PREFIX.length() + 1), 16);
  }
}
