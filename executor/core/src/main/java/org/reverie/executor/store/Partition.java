package org.reverie.executor.store;

import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

/** A canvas cut into numbered rectangles that cover it and do not overlap: one file each. */
public sealed interface Partition permits ChunkGrid, CutGrid {
  /** The canvas. */
  Size size();

  /** How many rectangles. */
  int count();

  /**
   * A rectangle, canvas coordinates.
   *
   * @param index 0 .. count - 1; row by row, from the top left
   */
  Rectangle rectangle(int index);

  /**
   * The rectangles that share a pixel with {@code area}, in ascending order.
   *
   * @param area canvas coordinates; parts outside the canvas touch nothing
   */
  int[] touching(Rectangle area);

  /** Indices of a block of rows and columns of a grid, the last ones inclusive. */
  static int[] block(int firstColumn, int lastColumn, int firstRow, int lastRow, int columns) {
    int across = lastColumn - firstColumn + 1;
    int[] indices = new int[Math.multiplyExact(across, lastRow - firstRow + 1)];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = (firstRow + i / across) * columns + firstColumn + i % across;
    }
    return indices;
  }
}
