package org.reverie.tiling.plan;

/**
 * What one stage of a render has to do, wherever it runs.
 *
 * @param kind what its tasks are
 * @param tasks that need nothing of each other
 * @param gradientMegapixels of the network's input, over all tasks and iterations; 0 if it computes
 *     none
 * @param megapixels that it makes, for stages of chunks
 * @param readBytes from the store
 * @param writtenBytes to the store
 */
public record StageLoad(
    Kind kind,
    long tasks,
    double gradientMegapixels,
    double megapixels,
    double readBytes,
    double writtenBytes) {
  /** What the tasks of a stage are, as far as their time goes. */
  public enum Kind {
    /** Streams the input into the store: one task, the driver's. */
    INPUT,
    /** Resamples the next larger base, as the notebook does. */
    BASE,
    /** Resamples the input and enlarges the detail of the octave before. */
    START,
    /** Gradients on tiles, read and written through the store. */
    TILES,
    /** Steps chunks, the last of exact mode. */
    STEP,
    /** Blends the results of tiles. */
    STITCH,
    /** Reads the canvas for the seam meter. */
    SEAMS,
    /** Encodes the print. */
    ENCODE,
    /** Puts the encoded pieces in order and stores the print: one task, the driver's. */
    PRINT
  }

  public StageLoad {
    if (tasks < 1) {
      throw new IllegalArgumentException(kind + " of " + tasks + " tasks");
    }
  }

  /** Bytes that pass between a task and the store. */
  public double movedBytes() {
    return readBytes + writtenBytes;
  }
}
