package org.reverie.executor.work;

import java.util.Locale;

/**
 * One stage of a render: many tasks of one kind that need nothing of each other. A flat record,
 * since it crosses Spark.
 *
 * @param kind what each task does
 * @param octave index of the octave, 0 is the smallest
 * @param round index of the round in its octave
 * @param factors step over mean |g| of every iteration the tasks run, or empty
 */
public record Stage(Kind kind, int octave, int round, float[] factors) {
  /** What a task does, and so what its number counts. */
  public enum Kind {
    /** Makes one chunk of an octave's base from the input's own pixels. */
    BASE,
    /** Makes one chunk of an octave's first state from base and detail of the octave before. */
    START,
    /** Computes the gradient of one tile's core at the stored state. */
    GRADIENT,
    /** Steps with the stored gradient, then computes the next one: a tile of exact mode. */
    STEP_GRADIENT,
    /** Runs the iterations of a round on one tile by itself. */
    DREAM,
    /** Steps one chunk with the stored gradient. */
    STEP,
    /** Blends all results that touch one chunk into the next state. */
    STITCH,
    /** Encodes one tile or strip of the print. */
    ENCODE
  }

  /** For people: what runs, such as {@code octave 3 round 0 dream}. */
  public String description() {
    return "octave " + octave + " round " + round + " " + kind.name().toLowerCase(Locale.ROOT);
  }
}
