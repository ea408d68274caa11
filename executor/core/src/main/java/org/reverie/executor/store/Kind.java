package org.reverie.executor.store;

import java.util.Locale;

/** What stored planes are. The ordinal is part of the file format, so new kinds go last. */
public enum Kind {
  /** The canvas' own detail-free picture at an octave, in chunks; has one round, 0. */
  BASE,
  /** The canvas at the start of a round, in chunks or in the cores of a lattice. */
  STATE,
  /** The gradient at the state of the same round, cut as the state is. */
  GRADIENT,
  /** What a tile made of its window in a round: core and overlap, any size. */
  RESULT,
  /** The input picture at its own size, in chunks; has one octave and one round, both 0. */
  INPUT;

  /** The folder of this kind in a work directory. */
  String folder() {
    return name().toLowerCase(Locale.ROOT);
  }
}
