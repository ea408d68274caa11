package org.reverie.tiling.plan;

/** What one window takes of an engine's memory. */
@FunctionalInterface
public interface MemoryModel {
  /**
   * Bytes of a session on top of the weights.
   *
   * @param width columns of the network's input
   * @param height rows of the network's input
   */
  long bytesFor(int width, int height);
}
