package org.reverie.executor.store;

import org.reverie.tiling.Rectangle;

/**
 * Pixels of a rectangle.
 *
 * @param rectangle where they lie, canvas coordinates
 * @param channels planes
 * @param values CHW: channels x rectangle height x rectangle width
 */
public record Planes(Rectangle rectangle, int channels, float[] values) {
  public Planes {
    if (values.length != Math.multiplyExact(rectangle.pixels(), channels)) {
      throw new IllegalArgumentException(
          values.length + " values where " + channels + " planes of " + rectangle + " belong");
    }
  }
}
