package org.reverie.executor.engine;

/**
 * What one layer takes of a session's memory. Layers whose values are needed at different times
 * share places, so that all of them together come to more than {@link Engine#bytesFor}. A layer
 * that is computed as part of another, or in another's place, takes nothing itself.
 *
 * @param layer its name, or the last one's of several that are computed as one
 * @param activationBytes of its output
 * @param gradientBytes of the objective's gradient there
 * @param otherBytes of what else is kept or needed for a while: where maxima were, scratch
 */
public record LayerMemory(String layer, long activationBytes, long gradientBytes, long otherBytes) {
  public LayerMemory {
    if (activationBytes < 0 || gradientBytes < 0 || otherBytes < 0) {
      throw new IllegalArgumentException(layer + ": less than nothing");
    }
  }
}
