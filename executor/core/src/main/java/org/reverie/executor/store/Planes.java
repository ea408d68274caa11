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

  /**
   * Copies a part into larger planes.
   *
   * @param part inside the rectangle and {@code outRectangle}
   * @param out CHW: channels x {@code outRectangle}
   */
  void copy(Rectangle part, float[] out, Rectangle outRectangle) {
    if (!rectangle.contains(part)
        || !outRectangle.contains(part)
        || out.length != Math.multiplyExact(outRectangle.pixels(), channels)) {
      throw new IllegalArgumentException(
          "%s of %s into %d values of %s".formatted(part, rectangle, out.length, outRectangle));
    }
    for (int channel = 0; channel < channels; channel++) {
      for (long y = part.y(); y < part.bottom(); y++) {
        System.arraycopy(
            values,
            index(rectangle, channel, part.x(), y),
            out,
            index(outRectangle, channel, part.x(), y),
            Math.toIntExact(part.width()));
      }
    }
  }

  /** Where a pixel lies in planes of a rectangle. */
  static int index(Rectangle of, int channel, long x, long y) {
    return (int) ((channel * of.height() + y - of.y()) * of.width() + x - of.x());
  }
}
