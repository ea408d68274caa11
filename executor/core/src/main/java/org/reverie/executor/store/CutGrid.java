package org.reverie.executor.store;

import java.util.Arrays;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

/**
 * A canvas cut along whole lines, such as the cores of a lattice.
 *
 * <pre>
 *   columns 0     300        700  1000
 *         0 +------+----------+----+
 *           |  0   |    1     | 2  |
 *       200 +------+----------+----+
 *           |  3   |    4     | 5  |
 *       500 +------+----------+----+
 * </pre>
 *
 * @param columns ascending: 0, the interior cuts, the canvas' width
 * @param rows ascending: 0, the interior cuts, the canvas' height
 */
public record CutGrid(long[] columns, long[] rows) implements Partition {
  public CutGrid {
    columns = ascending(columns);
    rows = ascending(rows);
    Math.multiplyExact(columns.length - 1, rows.length - 1);
  }

  @Override
  public long[] columns() {
    return columns.clone();
  }

  @Override
  public long[] rows() {
    return rows.clone();
  }

  @Override
  public Size size() {
    return new Size(columns[columns.length - 1], rows[rows.length - 1]);
  }

  @Override
  public int count() {
    return (columns.length - 1) * (rows.length - 1);
  }

  @Override
  public Rectangle rectangle(int index) {
    if (index < 0 || index >= count()) {
      throw new IndexOutOfBoundsException("rectangle " + index + " of " + count());
    }
    int column = index % (columns.length - 1);
    int row = index / (columns.length - 1);
    return Rectangle.between(columns[column], rows[row], columns[column + 1], rows[row + 1]);
  }

  @Override
  public int[] touching(Rectangle area) {
    Rectangle inside = area.intersect(size().bounds());
    if (inside.isEmpty()) {
      return new int[0];
    }
    return Partition.block(
        at(columns, inside.x()),
        at(columns, inside.right() - 1),
        at(rows, inside.y()),
        at(rows, inside.bottom() - 1),
        columns.length - 1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CutGrid grid
        && Arrays.equals(columns, grid.columns)
        && Arrays.equals(rows, grid.rows);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(columns) + Arrays.hashCode(rows);
  }

  @Override
  public String toString() {
    return "cuts at columns " + Arrays.toString(columns) + ", rows " + Arrays.toString(rows);
  }

  private static int at(long[] cuts, long position) {
    int found = Arrays.binarySearch(cuts, position);
    return found >= 0 ? found : -found - 2;
  }

  private static long[] ascending(long[] cuts) {
    boolean ordered = cuts.length >= 2 && cuts[0] == 0;
    for (int i = 1; i < cuts.length; i++) {
      ordered &= cuts[i - 1] < cuts[i];
    }
    if (!ordered) {
      throw new IllegalArgumentException("cuts " + Arrays.toString(cuts));
    }
    return cuts.clone();
  }
}
