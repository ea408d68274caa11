package org.reverie.executor.store;

import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

/**
 * A canvas in chunks of 512 x 512 px, the last column and row narrower: 3 MB each, so that a task
 * reads few files and little that it does not need.
 *
 * @param size the canvas
 */
public record ChunkGrid(Size size) implements Partition {
  /** Edge of a chunk, pixels. */
  public static final int EDGE = 512;

  public ChunkGrid {
    Math.multiplyExact(count(size.width()), count(size.height()));
  }

  /** Chunks along the horizontal axis. */
  public int columns() {
    return count(size.width());
  }

  /** Chunks along the vertical axis. */
  public int rows() {
    return count(size.height());
  }

  @Override
  public int count() {
    return columns() * rows();
  }

  @Override
  public Rectangle rectangle(int index) {
    if (index < 0 || index >= count()) {
      throw new IndexOutOfBoundsException("chunk " + index + " of " + count());
    }
    long x = (long) (index % columns()) * EDGE;
    long y = (long) (index / columns()) * EDGE;
    return new Rectangle(x, y, EDGE, EDGE).intersect(size.bounds());
  }

  @Override
  public int[] touching(Rectangle area) {
    Rectangle inside = area.intersect(size.bounds());
    if (inside.isEmpty()) {
      return new int[0];
    }
    return Partition.block(
        (int) (inside.x() / EDGE),
        (int) ((inside.right() - 1) / EDGE),
        (int) (inside.y() / EDGE),
        (int) ((inside.bottom() - 1) / EDGE),
        columns());
  }

  private static int count(long length) {
    return Math.toIntExact((length - 1) / EDGE + 1);
  }
}
