package org.reverie.executor.store;

import java.io.Serializable;
import java.util.Locale;

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

  /** The file, relative to the work directory: {@code state/octave-03/round-0002/000017.planes}. */
  public String path() {
    return String.format(Locale.ROOT, "%s/%06d.planes", folder(kind, octave, round), index);
  }

  /** The folder of a whole generation, relative to the work directory. */
  static String folder(Kind kind, int octave, int round) {
    return String.format(Locale.ROOT, "%s/octave-%02d/round-%04d", kind.folder(), octave, round);
  }
}
