package org.reverie.tiling;

/**
 * The size of a canvas or of an octave, in pixels.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Size(long width, long height) {
  public Size {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("size " + width + " x " + height);
    }
    Math.multiplyExact(width, height);
  }

  /** Pixels in all. */
  public long pixels() {
    return width * height;
  }

  /** The whole as a rectangle at the origin. */
  public Rectangle bounds() {
    return new Rectangle(0, 0, width, height);
  }

  @Override
  public String toString() {
    return width + " x " + height;
  }
}
