package org.reverie.executor.cudnn;

import org.reverie.executor.engine.arena.Block;

/** Where a step finds values. */
sealed interface Place {
  /**
   * In the arena.
   *
   * @param offsetBytes from the start of the block
   */
  record Arena(Block block, long offsetBytes) implements Place {}

  /** Among the weights, which all sessions of an engine share. */
  record Weights(WeightForm form) implements Place {}

  /** In a buffer that belongs to a session. */
  record Own(Kind kind) implements Place {}

  /** Nowhere: the kernel is told so. */
  record None() implements Place {}

  /** The buffers of a session. */
  enum Kind {
    /** What changes between replays: the kernels' {@code Control}. */
    CONTROL,
    /** Which pixel each position of the input shows, per iteration. */
    TABLES,
    /** The canvas, planes of float. */
    CANVAS,
    /** The gradient, planes of float. */
    GRADIENT,
    /** The region of every loaded pixel, a byte each. */
    REGIONS,
    /** Sums of the gradient's rows, double. */
    ROW_SUMS,
    /** 256 sums of those, double. */
    PART_SUMS
  }

  /** No place. */
  Place NONE = new None();
}
