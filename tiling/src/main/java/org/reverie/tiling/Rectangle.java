package org.reverie.tiling;

/**
 * A rectangle in canvas coordinates: x grows to the right, y downwards, the canvas' top left pixel
 * is (0, 0). It may reach outside the canvas and may be empty.
 *
 * @param x first column
 * @param y first row
 * @param width columns, at least 0
 * @param height rows, at least 0
 */
public record Rectangle(long x, long y, long width, long height) {
  public Rectangle {
    if (width < 0 || height < 0) {
      throw new IllegalArgumentException("rectangle " + width + " x " + height);
    }
    Math.addExact(x, width);
    Math.addExact(y, height);
  }

  /** The rectangle from (left, top) to (right, bottom), the last two exclusive. */
  public static Rectangle between(long left, long top, long right, long bottom) {
    return new Rectangle(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  }

  /** One past the last column. */
  public long right() {
    return x + width;
  }

  /** One past the last row. */
  public long bottom() {
    return y + height;
  }

  /** Whether it has no pixels. */
  public boolean isEmpty() {
    return width == 0 || height == 0;
  }

  /** Pixels in all. */
  public long pixels() {
    return Math.multiplyExact(width, height);
  }

  /** Whether all of another lies inside; an empty one does where its corners do. */
  public boolean contains(Rectangle other) {
    return other.x >= x && other.y >= y && other.right() <= right() && other.bottom() <= bottom();
  }

  /** What both cover; empty if they do not meet. */
  public Rectangle intersect(Rectangle other) {
    return between(
        Math.max(x, other.x),
        Math.max(y, other.y),
        Math.min(right(), other.right()),
        Math.min(bottom(), other.bottom()));
  }

  /** Grown by {@code pixels} on every side. */
  public Rectangle grow(long pixels) {
    return between(x - pixels, y - pixels, right() + pixels, bottom() + pixels);
  }

  public Rectangle translate(long dx, long dy) {
    return new Rectangle(Math.addExact(x, dx), Math.addExact(y, dy), width, height);
  }
}
