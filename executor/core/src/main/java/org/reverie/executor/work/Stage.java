package org.reverie.executor.work;

import java.io.Serializable;
import java.util.Locale;

/**
 * One stage of a render: many tasks of one kind that need nothing of each other. It crosses Spark
 * with the call of each task.
 *
 * @param kind what each task does
 * @param octave index of the octave, 0 is the smallest
 * @param round index of the round in its octave
 * @param factors step over mean |g| of every iteration the tasks run, or empty
 * @param pieces in how many pieces the network sees each task's window, by number of the task;
 *     empty where all see theirs whole
 */
public record Stage(Kind kind, int octave, int round, float[] factors, int[] pieces)
    implements Serializable {
  private static final int[] WHOLE = {};

  /** A stage whose tasks all see their windows whole. */
  public Stage(Kind kind, int octave, int round, float[] factors) {
    this(kind, octave, round, factors, WHOLE);
  }

  /** What a task does, and so what its number counts. */
  public enum Kind {
    /** Makes one chunk of an octave's base from the next larger one, as the notebook does. */
    BASE,
    /**
     * Makes one chunk of an octave's first state from base and detail of the octave before; and of
     * the base, where it is made from the input itself.
     */
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
    /** Reads one part of the finished canvas for the seam meter. */
    SEAMS,
    /** Encodes one tile or strip of the print. */
    ENCODE
  }

  /** In how many pieces the network sees the window of a task; 1 is whole. */
  public int pieces(int task) {
    return pieces.length == 0 ? 1 : pieces[task];
  }

  /**
   * The same stage with the window of one task in more pieces.
   *
   * @param tasks how many the stage has
   */
  public Stage split(int tasks, int task, int into) {
    int[] all = new int[tasks];
    for (int i = 0; i < tasks; i++) {
      all[i] = i == task ? into : pieces(i);
    }
    return new Stage(kind, octave, round, factors, all);
  }

  /** Whether its tasks compute gradients, whose windows can be seen in pieces. */
  public boolean isTiles() {
    return switch (kind) {
      case GRADIENT, STEP_GRADIENT, DREAM -> true;
      case BASE, START, STEP, STITCH, SEAMS, ENCODE -> false;
    };
  }

  /** For people: what runs, such as {@code octave 3 round 0 dream}. */
  public String description() {
    return "octave " + octave + " round " + round + " " + kind.name().toLowerCase(Locale.ROOT);
  }
}
