package org.reverie.executor.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

class PartitionTest {
  @ParameterizedTest
  @CsvSource({
    // width, height, columns, rows, last width, last height
    "1, 1, 1, 1, 1, 1",
    "512, 512, 1, 1, 512, 512",
    "513, 511, 2, 1, 1, 511",
    "1024, 1536, 2, 3, 512, 512",
    "1031, 521, 3, 2, 7, 9",
    "5400, 5400, 11, 11, 280, 280",
    "60000, 40000, 118, 79, 96, 64",
    "3000000000, 700, 5859375, 2, 512, 188",
  })
  void chunksOfCanvasesAtTheBorders(
      long width, long height, int columns, int rows, long lastWidth, long lastHeight) {
    ChunkGrid grid = new ChunkGrid(new Size(width, height));
    assertEquals(columns, grid.columns());
    assertEquals(rows, grid.rows());
    assertEquals(columns * rows, grid.count());
    assertEquals(
        Rectangle.between(width - lastWidth, height - lastHeight, width, height),
        grid.rectangle(grid.count() - 1));
    assertArrayEquals(
        new int[] {grid.count() - 1},
        grid.touching(new Rectangle(width - 1, height - 1, 1000, 1000)));
    assertArrayEquals(new int[0], grid.touching(new Rectangle(width, 0, 1, 1)));
    assertThrows(IndexOutOfBoundsException.class, () -> grid.rectangle(columns * rows));
  }

  @Test
  void aCanvasOfMoreChunksThanAnIntCountsIsRefused() {
    assertThrows(ArithmeticException.class, () -> new ChunkGrid(new Size(1L << 31, 1L << 31)));
  }

  /**
   *
   *
   * <pre>
   *     0  3     7  10
   *   0 +--+-----+--+
   *     |0 | 1   |2 |
   *   2 +--+-----+--+
   *     |3 | 4   |5 |
   *   5 +--+-----+--+
   * </pre>
   */
  @Test
  void cutsAreRectanglesRowByRow() {
    CutGrid grid = new CutGrid(new long[] {0, 3, 7, 10}, new long[] {0, 2, 5});
    assertEquals(6, grid.count());
    assertEquals(new Size(10, 5), grid.size());
    assertEquals(new Rectangle(3, 2, 4, 3), grid.rectangle(4));
    assertArrayEquals(new int[] {1, 4}, grid.touching(new Rectangle(3, 0, 4, 5)));
    assertArrayEquals(new int[] {0, 1}, grid.touching(new Rectangle(2, 0, 2, 2)));
    assertArrayEquals(new int[] {5}, grid.touching(new Rectangle(9, 4, 9, 9)));
  }

  @ParameterizedTest
  @CsvSource({"'0'", "'1,5'", "'0,5,5'", "'0,6,5'"})
  void cutsThatDoNotAscendFromZeroAreRefused(String cuts) {
    long[] columns = Arrays.stream(cuts.split(",")).mapToLong(Long::parseLong).toArray();
    assertThrows(IllegalArgumentException.class, () -> new CutGrid(columns, new long[] {0, 1}));
  }

  @Property(tries = 200)
  void touchingIsWhatIntersects(
      @ForAll @IntRange(min = 1, max = 3000) int width,
      @ForAll @IntRange(min = 1, max = 3000) int height,
      @ForAll @IntRange(min = -600, max = 3100) int x,
      @ForAll @IntRange(min = -600, max = 3100) int y,
      @ForAll @IntRange(min = 0, max = 1500) int areaWidth,
      @ForAll @IntRange(min = 0, max = 1500) int areaHeight) {
    Partition chunks = new ChunkGrid(new Size(width, height));
    long third = Math.max(1, width / 3);
    Partition cuts =
        third < width ? new CutGrid(new long[] {0, third, width}, new long[] {0, height}) : chunks;
    for (Partition partition : new Partition[] {chunks, cuts}) {
      Rectangle area = new Rectangle(x, y, areaWidth, areaHeight);
      assertArrayEquals(
          IntStream.range(0, partition.count())
              .filter(i -> !partition.rectangle(i).intersect(area).isEmpty())
              .toArray(),
          partition.touching(area));
      assertEquals(
          (long) width * height,
          IntStream.range(0, partition.count())
              .mapToLong(i -> partition.rectangle(i).pixels())
              .sum());
    }
  }
}
