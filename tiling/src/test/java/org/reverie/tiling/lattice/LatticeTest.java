package org.reverie.tiling.lattice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

class LatticeTest {
  @ParameterizedTest
  @CsvSource({
    // length, core, origin, cuts
    "24, 8, 0, '0 8 16 24'",
    "24, 8, 4, '0 4 12 20 24'", // border pieces of just half a core stay
    "24, 8, 3, '0 11 19 24'", // 3 joins, 5 stays
    "25, 8, 7, '0 7 15 25'", // the last 2 join
    "23, 8, 3, '0 11 19 23'",
    "8, 8, 0, '0 8'",
    "8, 8, 4, '0 4 8'",
    "9, 8, 0, '0 9'",
    "9, 8, 5, '0 5 9'",
    "12, 8, 2, '0 10 12'", // both would join the middle and make 12 > 11: the thinner (2, 2: left)
    // does
    "11, 8, 2, '0 11'", // both join: 11 is not too long
    "7, 8, 3, '0 7'",
    "6, 8, 3, '0 6'",
    "1, 8, 0, '0 1'",
    "1, 1, 0, '0 1'",
    "3, 1, 0, '0 1 2 3'",
    "4294967297, 2147483646, 0, '0 2147483646 4294967297'"
  })
  void cutsAreOneCoreApart(long length, int core, long origin, String cuts) {
    long[] expected = Arrays.stream(cuts.split(" ")).mapToLong(Long::parseLong).toArray();
    assertArrayEquals(expected, Lattice.cuts(length, core, origin));
  }

  @Test
  void tilesAreCountedRowByRow() {
    Lattice lattice = new Lattice(new long[] {0, 3, 8, 11}, new long[] {0, 2, 5});
    assertEquals(
        """
        00011111222
        00011111222
        33344444555
        33344444555
        33344444555
        """,
        drawing(lattice));
  }

  @Test
  void seamsNameTheirTiles() {
    Lattice lattice = new Lattice(new long[] {0, 3, 8}, new long[] {0, 2, 5});
    assertEquals(
        List.of(
            new Seam(Axis.X, 3, 0, 2, 0, 1),
            new Seam(Axis.X, 3, 2, 5, 2, 3),
            new Seam(Axis.Y, 2, 0, 3, 0, 2),
            new Seam(Axis.Y, 2, 3, 8, 1, 3)),
        lattice.seams());
    assertEquals(List.of(), Lattice.single(new Size(8, 5)).seams());
  }

  @Property(tries = 300)
  void coresPartitionTheCanvas(
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll @IntRange(min = 1, max = 70) int height,
      @ForAll @IntRange(min = 1, max = 40) int core,
      @ForAll @IntRange(min = 1, max = 8) int stride,
      @ForAll long seed) {
    Lattice lattice = Lattice.draw(new Size(width, height), core, stride, seed, 3, 1);
    int[] owners = new int[width * height];
    for (int tile = 0; tile < lattice.tiles(); tile++) {
      Rectangle part = lattice.core(tile);
      for (long y = part.y(); y < part.bottom(); y++) {
        for (long x = part.x(); x < part.right(); x++) {
          owners[(int) (y * width + x)]++;
          assertEquals(tile, lattice.tile(lattice.pieceAt(Axis.X, x), lattice.pieceAt(Axis.Y, y)));
        }
      }
    }
    assertTrue(Arrays.stream(owners).allMatch(owner -> owner == 1));
  }

  @Test
  void aPartIsCutEvenly() {
    Size canvas = new Size(16, 1);
    Rectangle part = new Rectangle(4, 0, 6, 1);
    assertArrayEquals(
        new long[] {0, 4, 7, 10, 16}, Lattice.around(canvas, part, 4, 1, false).cutsX());
    assertArrayEquals(
        new long[] {0, 4, 7, 10, 13, 16}, Lattice.around(canvas, part, 4, 1, true).cutsX());
    assertEquals(
        Lattice.single(canvas), Lattice.around(canvas, canvas.bounds(), 16, 1, true), "all of it");
    assertThrows(
        IllegalArgumentException.class, () -> Lattice.around(canvas, part, 3, 4, false), "stride");
    assertThrows(
        IllegalArgumentException.class,
        () -> Lattice.around(canvas, new Rectangle(11, 0, 6, 1), 4, 1, false));
  }

  @Property(tries = 500)
  void thePiecesOfAPartAreAlike(
      @ForAll @IntRange(min = 1, max = 64) int stride,
      @ForAll @IntRange(min = 1, max = 3000) int before,
      @ForAll @IntRange(min = 1, max = 3000) int within,
      @ForAll @LongRange(min = 0, max = 5_000_000_000L) long after,
      @ForAll @IntRange(min = 0, max = 3000) int more,
      @ForAll boolean everywhere) {
    long from = (long) before * stride;
    long to = from + (long) within * stride;
    int edge = stride + more;
    Size canvas = new Size(to + (everywhere ? after % 100_000 : after), 1);
    Rectangle part = new Rectangle(from, 0, to - from, 1);
    Lattice lattice = Lattice.around(canvas, part, edge, stride, everywhere);
    long[] cuts = lattice.cutsX();
    long longest = 0;
    long shortest = Long.MAX_VALUE;
    for (int i = 1; i < cuts.length; i++) {
      long piece = cuts[i] - cuts[i - 1];
      if (part.contains(lattice.core(i - 1))) {
        longest = Math.max(longest, piece);
        shortest = Math.min(shortest, piece);
        assertTrue(cuts[i] == to || cuts[i] % stride == 0);
      } else {
        assertTrue(cuts[i] <= from || cuts[i - 1] >= to, "half in the part");
      }
    }
    assertTrue(longest <= edge && longest - shortest <= stride, shortest + " .. " + longest);
    if (everywhere) {
      for (int i = 1; i < cuts.length; i++) {
        assertTrue(cuts[i] - cuts[i - 1] <= Math.max(longest, Math.min(edge, 512)));
      }
    } else {
      assertEquals(canvas.width() > to ? 2 : 1, cuts.length - 1 - pieces(lattice, part));
    }
  }

  private static int pieces(Lattice lattice, Rectangle part) {
    return lattice.tilesTouching(part).size();
  }

  @Property(tries = 500)
  void piecesAreNeitherLongNorThin(
      @ForAll @LongRange(min = 1, max = 5_000_000_000L) long width,
      @ForAll @IntRange(min = 1_000_000, max = 2_000_000_000) int core,
      @ForAll @IntRange(min = 1, max = 64) int stride,
      @ForAll long seed) {
    int edge = core / stride * stride;
    Lattice lattice = Lattice.draw(new Size(width, 1), edge, stride, seed, 0, 0);
    long[] cuts = lattice.cutsX();
    for (int i = 1; i < cuts.length; i++) {
      long piece = cuts[i] - cuts[i - 1];
      assertTrue(piece <= Lattice.longestPiece(edge) || cuts.length == 2 && width < edge);
      assertTrue(4 * piece >= edge - 1 || cuts.length == 2, "thin piece");
      if (i > 1 && i < cuts.length - 1) {
        assertEquals(edge, piece);
      }
      if (i < cuts.length - 1) {
        assertEquals(0, cuts[i] % stride);
      }
    }
  }

  @Test
  void originsCoverAWholeCore() {
    int stride = 16;
    int core = 64;
    int[] seen = new int[core / stride];
    for (int round = 0; round < 400; round++) {
      Lattice lattice = Lattice.draw(new Size(640, 640), core, stride, 7, 2, round);
      seen[(int) (lattice.cut(Axis.X, 2) % core) / stride]++;
    }
    for (int count : seen) {
      assertTrue(count > 60 && count < 140, Arrays.toString(seen));
    }
  }

  @Test
  void aLatticeDependsOnItsKeyAlone() {
    Size size = new Size(5000, 4000);
    Lattice lattice = Lattice.draw(size, 512, 16, 7, 2, 1);
    assertEquals(lattice, Lattice.draw(size, 512, 16, 7, 2, 1));
    assertEquals(lattice.hashCode(), Lattice.draw(size, 512, 16, 7, 2, 1).hashCode());
    assertNotEquals(lattice, Lattice.draw(size, 512, 16, 8, 2, 1));
    assertNotEquals(lattice, Lattice.draw(size, 512, 16, 7, 3, 1));
    assertNotEquals(lattice, Lattice.draw(size, 512, 16, 7, 2, 2));
  }

  @Test
  void arraysAreNotShared() {
    long[] cuts = {0, 5};
    Lattice lattice = new Lattice(cuts, cuts);
    cuts[1] = 9;
    lattice.cutsX()[1] = 7;
    assertEquals(new Size(5, 5), lattice.size());
  }

  @Test
  void touchingTilesAreInOrder() {
    Lattice lattice = new Lattice(new long[] {0, 3, 8, 11}, new long[] {0, 2, 5});
    assertEquals(List.of(0, 1, 3, 4), lattice.tilesTouching(new Rectangle(2, 1, 2, 2)));
    assertEquals(List.of(5), lattice.tilesTouching(new Rectangle(8, 2, 100, 100)));
    assertEquals(List.of(0), lattice.tilesTouching(new Rectangle(-5, -5, 6, 6)));
    assertEquals(List.of(), lattice.tilesTouching(new Rectangle(11, 0, 4, 4)));
  }

  @Test
  void cutsMustAscendFromZero() {
    long[] good = {0, 4};
    for (long[] bad : new long[][] {{0}, {1, 4}, {0, 0, 4}, {0, 5, 4}}) {
      assertThrows(IllegalArgumentException.class, () -> new Lattice(bad, good));
      assertThrows(IllegalArgumentException.class, () -> new Lattice(good, bad));
    }
  }

  private static String drawing(Lattice lattice) {
    Size size = lattice.size();
    StringBuilder drawing = new StringBuilder();
    for (long y = 0; y < size.height(); y++) {
      long row = y;
      drawing.append(
          LongStream.range(0, size.width())
              .mapToObj(x -> lattice.tilesTouching(new Rectangle(x, row, 1, 1)).get(0).toString())
              .collect(Collectors.joining()));
      drawing.append('\n');
    }
    return drawing.toString();
  }
}
