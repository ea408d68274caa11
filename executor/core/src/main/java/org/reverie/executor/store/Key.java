package org.reverie.executor.store;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names stored planes. The file's name follows from it alone, so that whoever computes them, and
 * however often, writes the same file.
 *
 * @param kind what they are
 * @param octave index of the octave, 0 is the smallest
 * @param round index of the round in its octave
 * @param index number of the chunk in its {@link ChunkGrid}, or of the tile in its lattice
 */
public record Key(Kind kind, int octave, int round, int index) implements Serializable {
  private static final Pattern FILE =
      Pattern.compile("([a-z]+)/octave-(\\d{2,9})/round-(\\d{4,9})/(\\d{6,9})\\.planes");

  public Key {
    if (octave < 0 || round < 0 || index < 0) {
      throw new IllegalArgumentException(
          "octave " + octave + ", round " + round + ", index " + index);
    }
  }

  /** A chunk of an octave's base. */
  public static Key base(int octave, int chunk) {
    return new Key(Kind.BASE, octave, 0, chunk);
  }

  /** A chunk of the input at its own size. */
  public static Key input(int chunk) {
    return new Key(Kind.INPUT, 0, 0, chunk);
  }

  /** The key of a file that {@link #path} named; empty if it is none. */
  public static Optional<Key> ofFile(String file) {
    Matcher found = FILE.matcher(file);
    if (!found.find()) {
      return Optional.empty();
    }
    return Arrays.stream(Kind.values())
        .filter(kind -> kind.folder().equals(found.group(1)))
        .map(
            kind ->
                new Key(
                    kind,
                    Integer.parseInt(found.group(2)),
                    Integer.parseInt(found.group(3)),
                    Integer.parseInt(found.group(4))))
        .findFirst();
  }

  /** The file, relative to the work directory: {@code state/octave-03/round-0002/000017.planes}. */
  public String path() {
    return String.format(Locale.ROOT, "%s/%06d.planes", folder(kind, octave, round), index);
  }

  /** The folder of a whole generation, relative to the work directory. */
  static String folder(Kind kind, int octave, int round) {
    return String.format(Locale.ROOT, "%s/octave-%02d/round-%04d", kind.folder(), octave, round);
  }
}
