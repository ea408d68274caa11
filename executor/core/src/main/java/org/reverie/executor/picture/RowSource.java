package org.reverie.executor.picture;

import java.io.Closeable;
import java.io.IOException;

/** The rows of a picture as they are stored, one after the other, top row first. */
interface RowSource extends Closeable {
  /**
   * Reads the next row.
   *
   * @param samples receives width x channels values 0..255, interleaved
   */
  void next(float[] samples) throws IOException;
}
