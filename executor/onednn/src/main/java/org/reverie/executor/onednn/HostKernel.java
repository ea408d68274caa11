package org.reverie.executor.onednn;

import org.reverie.executor.onednn.ArenaPool.Arena;

/** A loop over values of the arena. */
interface HostKernel {
  /**
   * Runs it.
   *
   * @param arena where the session computes
   */
  void run(Arena arena);
}
