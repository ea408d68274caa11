package org.reverie.executor.onednn;

import org.bytedeco.javacpp.indexer.FloatIndexer;

/** A loop over values of the arena. */
interface HostKernel {
  /**
   * Runs it.
   *
   * @param arena all values of the session's arena
   */
  void run(FloatIndexer arena);
}
