package org.reverie.tiling.blend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Lattice;

class BlenderTest {
  /** Each tile has dreamt something else at every pixel. */
  private static float value(long seed, int tile, int channel, long x, long y) {
    return (float)
        (KeyedRandom.of(seed, KeyedRandom.Purpose.NOISE, tile, channel, x, y).nextDouble() * 255);
  }

  private static TileResults random(long seed, Lattice lattice, int overlap) {
    Feather feather = new Feather(lattice, overlap);
    return (tile, part) -> {
      assertTrue(feather.support(tile).contains(part) && !part.isEmpty(), part::toString);
      float[] values = new float[(int) (3 * part.pixels())];
      int at = 0;
      for (int channel = 0; channel < 3; channel++) {
        for (long y = part.y(); y < part.bottom(); y++) {
          for (long x = part.x(); x < part.right(); x++) {
            values[at++] = value(seed, tile, channel, x, y);
          }
        }
      }
      return values;
    };
  }

  @Property(tries = 500)
  void weightsSumToOne(
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll @IntRange(min = 1, max = 20) int core,
      @ForAll @IntRange(min = 0, max = 30) int overlap,
      @ForAll long seed) {
    Lattice lattice = Lattice.draw(new Size(width, 1), core, 1, seed, 0, 0);
    Feather feather = new Feather(lattice, overlap);
    for (long x = 0; x < width; x++) {
      double sum = 0;
      for (int piece = 0; piece < lattice.pieces(Axis.X); piece++) {
        double weight = feather.weight(Axis.X, piece, x);
        assertTrue(weight >= 0 && weight <= 1);
        if (weight > 0) {
          assertTrue(feather.support(piece).contains(new Rectangle(x, 0, 1, 1)));
        }
        sum += weight;
      }
      assertEquals(1, sum, 1e-12);
      assertTrue(feather.weight(Axis.X, lattice.pieceAt(Axis.X, x), x) > 0);
    }
  }

  @Property(tries = 200)
  void blendingIsTheWeightedSumHoweverTheCanvasIsCut(
      @ForAll @IntRange(min = 1, max = 30) int width,
      @ForAll @IntRange(min = 1, max = 30) int height,
      @ForAll @IntRange(min = 2, max = 16) int core,
      @ForAll @IntRange(min = 0, max = 14) int overlap,
      @ForAll long seed)
      throws IOException {
    Lattice lattice = Lattice.draw(new Size(width, height), core, 1, seed, 0, 0);
    Feather feather = new Feather(lattice, overlap);
    TileResults results = random(seed, lattice, overlap);
    float[] whole = Blender.blend(lattice.size().bounds(), lattice, overlap, results);
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double expected = 0;
          for (int tile = 0; tile < lattice.tiles(); tile++) {
            expected +=
                feather.weight(Axis.X, lattice.piece(Axis.X, tile), x)
                    * feather.weight(Axis.Y, lattice.piece(Axis.Y, tile), y)
                    * value(seed, tile, channel, x, y);
          }
          assertEquals(expected, whole[(channel * height + y) * width + x], 1e-3);
        }
      }
    }
    int edge = 7;
    for (int y = 0; y < height; y += edge) {
      for (int x = 0; x < width; x += edge) {
        Rectangle chunk = new Rectangle(x, y, edge, edge).intersect(lattice.size().bounds());
        float[] blended = Blender.blend(chunk, lattice, overlap, results);
        int at = 0;
        for (int channel = 0; channel < 3; channel++) {
          for (long v = chunk.y(); v < chunk.bottom(); v++) {
            for (long u = chunk.x(); u < chunk.right(); u++) {
              assertEquals(whole[(int) ((channel * height + v) * width + u)], blended[at++]);
            }
          }
        }
      }
    }
  }

  @Test
  void theBandIsACosine() {
    Feather feather = new Feather(new Lattice(new long[] {0, 10, 20}, new long[] {0, 1}), 6);
    double[] expected = {1, 0.983, 0.854, 0.629, 0.371, 0.146, 0.017, 0};
    double[] actual = new double[8];
    for (int i = 0; i < 8; i++) {
      actual[i] = feather.weight(Axis.X, 0, 6 + i);
      assertEquals(1 - actual[i], feather.weight(Axis.X, 1, 6 + i), 1e-15);
    }
    assertArrayEquals(expected, actual, 5e-4);
    assertEquals(new Rectangle(7, 0, 13, 1), feather.support(1));
  }

  @Test
  void bordersOfTheCanvasAreNotFeathered() {
    Feather feather = new Feather(new Lattice(new long[] {0, 10, 20}, new long[] {0, 3}), 6);
    assertEquals(1, feather.weight(Axis.X, 0, 0));
    assertEquals(1, feather.weight(Axis.X, 1, 19));
    for (int y = 0; y < 3; y++) {
      assertEquals(1, feather.weight(Axis.Y, 0, y));
    }
  }

  @Test
  void piecesThinnerThanTheOverlapShareAmongThree() {
    Feather feather = new Feather(new Lattice(new long[] {0, 9, 12, 21}, new long[] {0, 1}), 12);
    double left = feather.weight(Axis.X, 0, 10);
    double middle = feather.weight(Axis.X, 1, 10);
    double right = feather.weight(Axis.X, 2, 10);
    assertTrue(left > 0.1 && middle > 0.1 && right > 0.1);
    assertEquals(1, left + middle + right, 1e-15);
    assertEquals(left, right, 1e-15);
  }

  @Test
  void withoutOverlapEveryPixelIsItsCoresOwn() throws IOException {
    Lattice lattice = new Lattice(new long[] {0, 3, 8}, new long[] {0, 2, 5});
    float[] blended = Blender.blend(lattice.size().bounds(), lattice, 0, random(5, lattice, 0));
    for (int i = 0; i < blended.length; i++) {
      int x = i % 8;
      int y = i / 8 % 5;
      int tile = lattice.tile(x < 3 ? 0 : 1, y < 2 ? 0 : 1);
      assertEquals(value(5, tile, i / 40, x, y), blended[i]);
    }
  }

  @Test
  void onlyTilesWithAShareAreRead() throws IOException {
    Lattice lattice = new Lattice(new long[] {0, 64, 128, 192}, new long[] {0, 64, 128});
    List<Integer> read = new ArrayList<>();
    TileResults results = random(1, lattice, 16);
    Blender.blend(
        new Rectangle(70, 56, 40, 40),
        lattice,
        16,
        (tile, part) -> {
          read.add(tile);
          return results.read(tile, part);
        });
    assertEquals(List.of(0, 1, 3, 4), read);
  }

  @Test
  void positionsBeyondTwoToTheThirtyOne() throws IOException {
    long far = 5_000_000_000L;
    Lattice lattice = new Lattice(new long[] {0, far, 2 * far}, new long[] {0, 4});
    float[] blended =
        Blender.blend(
            new Rectangle(far - 4, 0, 8, 1),
            lattice,
            4,
            (tile, part) -> {
              float[] values = new float[(int) (3 * part.pixels())];
              Arrays.fill(values, tile);
              return values;
            });
    double low = 0.5 - 0.5 * Math.cos(Math.PI / 8);
    double high = 0.5 - 0.5 * Math.cos(3 * Math.PI / 8);
    float[] row = {0, 0, (float) low, (float) high, (float) (1 - high), (float) (1 - low), 1, 1};
    for (int i = 0; i < blended.length; i++) {
      assertEquals(row[i % 8], blended[i], 1e-6f);
    }
  }

  @Test
  void resultsMustFit() {
    Lattice lattice = Lattice.single(new Size(4, 4));
    assertThrows(
        IllegalArgumentException.class,
        () -> Blender.blend(new Rectangle(0, 0, 4, 4), lattice, 0, (t, part) -> new float[3]));
    assertThrows(
        IllegalArgumentException.class,
        () -> Blender.blend(new Rectangle(0, 0, 5, 4), lattice, 0, (t, part) -> new float[60]));
    assertThrows(IllegalArgumentException.class, () -> new Feather(lattice, -1));
  }
}
