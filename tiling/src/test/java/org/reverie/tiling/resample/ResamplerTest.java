package org.reverie.tiling.resample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.tiling.NumpyArray;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.OctaveSizes;

class ResamplerTest {
  private static float[] cut(float[] planes, Rectangle all, Rectangle part) {
    float[] values = new float[(int) (3 * part.pixels())];
    int at = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (long y = part.y(); y < part.bottom(); y++) {
        for (long x = part.x(); x < part.right(); x++) {
          values[at++] =
              planes[(int) ((channel * all.height() + y - all.y()) * all.width() + x - all.x())];
        }
      }
    }
    return values;
  }

  private static float[] random(Size size, long seed) {
    Random random = new Random(seed);
    float[] values = new float[(int) (3 * size.pixels())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 255 - 120;
    }
    return values;
  }

  private static float[] whole(Resampler resampler, float[] in) {
    return resampler.resample(in, resampler.from().bounds(), resampler.to().bounds());
  }

  @Property(tries = 400)
  void outputsDoNotDependOnHowTheyAreCut(
      @ForAll Filter filter,
      @ForAll @IntRange(min = 1, max = 50) int fromWidth,
      @ForAll @IntRange(min = 1, max = 50) int fromHeight,
      @ForAll @IntRange(min = 1, max = 50) int toWidth,
      @ForAll @IntRange(min = 1, max = 50) int toHeight,
      @ForAll long seed) {
    Size from = new Size(fromWidth, fromHeight);
    Random random = new Random(seed);
    SourceArea area =
        filter == Filter.CORNER_ALIGNED_BILINEAR || random.nextBoolean()
            ? SourceArea.whole(from)
            : new SourceArea(
                random.nextDouble() * 20 - 10,
                random.nextDouble() * 20 - 10,
                0.1 + random.nextDouble() * 60,
                0.1 + random.nextDouble() * 60);
    Resampler resampler = new Resampler(filter, from, area, new Size(toWidth, toHeight));
    float[] in = random(from, seed);
    float[] expected = whole(resampler, in);
    int x = random.nextInt(toWidth);
    int y = random.nextInt(toHeight);
    Rectangle out =
        new Rectangle(x, y, 1 + random.nextInt(toWidth - x), 1 + random.nextInt(toHeight - y));
    Rectangle needed = resampler.needed(out);
    assertTrue(from.bounds().contains(needed));
    assertArrayEquals(
        cut(expected, resampler.to().bounds(), out),
        resampler.resample(cut(in, from.bounds(), needed), needed, out));
  }

  @ParameterizedTest
  @EnumSource
  void aConstantStaysConstant(Filter filter) {
    Size from = new Size(37, 23);
    float[] in = new float[3 * 37 * 23];
    Arrays.fill(in, 93.7f);
    for (Size to : List.of(new Size(1, 1), new Size(7, 90), new Size(37, 23), new Size(101, 5))) {
      for (float value : whole(new Resampler(filter, from, to), in)) {
        assertEquals(93.7f, value, 2e-5f);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSameSizeIsTheSamePicture(Filter filter) {
    Size size = new Size(31, 17);
    float[] in = random(size, 5);
    assertArrayEquals(in, whole(new Resampler(filter, size, size), in));
  }

  @ParameterizedTest
  @CsvSource({
    // filter, source row, output row
    "AREA, '0 4 8 12', '2 10'",
    "AREA, '0 3 9', '1 7'", // footprints 1.5 wide: (0 + 3/2) / 1.5, (3/2 + 9) / 1.5
    "AREA, '5 9', '5 5 9 9'",
    "CORNER_ALIGNED_BILINEAR, '0 4 8 12', '0 12'",
    "CORNER_ALIGNED_BILINEAR, '0 4 8', '0 2 4 6 8'",
    "CORNER_ALIGNED_BILINEAR, '7', '7 7 7'",
    "CORNER_ALIGNED_BILINEAR, '7 9', '7'",
    // Keys' kernel at a quarter: (-9 111 29 -3) / 128, and mirrored; the edge pixel is repeated
    "CATMULL_ROM, '128 0', '140 102 26 -12'"
  })
  void rowsByHand(Filter filter, String source, String output) {
    float[] in = row(source);
    float[] expected = row(output);
    Resampler resampler =
        new Resampler(filter, new Size(in.length, 1), new Size(expected.length, 1));
    float[] planes = new float[3 * in.length];
    for (int channel = 0; channel < 3; channel++) {
      System.arraycopy(in, 0, planes, channel * in.length, in.length);
    }
    float[] actual = whole(resampler, planes);
    for (int i = 0; i < actual.length; i++) {
      assertEquals(expected[i % expected.length], actual[i], 1e-5f);
    }
  }

  private static float[] row(String numbers) {
    String[] words = numbers.split(" ");
    float[] row = new float[words.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = Float.parseFloat(words[i]);
    }
    return row;
  }

  @ParameterizedTest
  @ValueSource(strings = {"LANCZOS3", "CATMULL_ROM"})
  void kernelsMatchTheirDefinition(String name) {
    // Every output pixel as a plain double sum over the mirrored source.
    Filter filter = Filter.valueOf(name);
    Size from = new Size(29, 13);
    for (Size to : List.of(new Size(11, 5), new Size(40, 31), new Size(1, 2))) {
      float[] in = random(from, 9);
      float[] actual = whole(new Resampler(filter, from, to), in);
      for (int y = 0; y < to.height(); y++) {
        for (int x = 0; x < to.width(); x++) {
          double expected = byDefinition(filter, in, from, to, x, y);
          assertEquals(expected, actual[(int) (y * to.width() + x)], 1e-3);
        }
      }
    }
  }

  private static double byDefinition(
      Filter filter, float[] plane, Size from, Size to, int x, int y) {
    double scaleX = (double) from.width() / to.width();
    double scaleY = (double) from.height() / to.height();
    double sum = 0;
    double weights = 0;
    for (int j = -100; j < 150; j++) {
      double wy = filter.value((j + 0.5 - (y + 0.5) * scaleY) / Math.max(1, scaleY));
      for (int i = -100; wy != 0 && i < 150; i++) {
        double w = wy * filter.value((i + 0.5 - (x + 0.5) * scaleX) / Math.max(1, scaleX));
        int sx = Math.floorMod(i, 2 * (int) from.width());
        int sy = Math.floorMod(j, 2 * (int) from.height());
        sx = sx < from.width() ? sx : 2 * (int) from.width() - 1 - sx;
        sy = sy < from.height() ? sy : 2 * (int) from.height() - 1 - sy;
        sum += w * plane[(int) (sy * from.width() + sx)];
        weights += w;
      }
    }
    return sum / weights;
  }

  @Test
  void downsamplingLetsNoFinePatternThrough() {
    // A checkerboard of one pixel has no counterpart at a third of its size but grey.
    Size from = new Size(90, 90);
    float[] in = new float[3 * 90 * 90];
    for (int i = 0; i < in.length; i++) {
      in[i] = (i % 90 + i / 90) % 2 == 0 ? 100 : -100;
    }
    for (Filter filter : List.of(Filter.LANCZOS3, Filter.CATMULL_ROM)) {
      Resampler resampler = new Resampler(filter, from, new Size(30, 30));
      // Away from the edge, where the repeated pixel breaks the pattern.
      Rectangle inside = new Rectangle(3, 3, 24, 24);
      for (float value : resampler.resample(in, from.bounds(), inside)) {
        assertEquals(0, value, 0.1f, filter.name());
      }
    }
  }

  @Test
  void aFractionalAreaIsAShift() {
    // A ramp has the value of its position, whatever part of it is taken.
    Size from = new Size(60, 4);
    float[] in = new float[3 * 60 * 4];
    for (int i = 0; i < in.length; i++) {
      in[i] = i % 60 + 0.5f;
    }
    SourceArea area = new SourceArea(10.25, 0, 30, 4);
    for (Filter filter : List.of(Filter.AREA, Filter.LANCZOS3, Filter.CATMULL_ROM)) {
      float[] out = whole(new Resampler(filter, from, area, new Size(20, 2)), in);
      for (int x = 0; x < 20; x++) {
        assertEquals(10.25 + (x + 0.5) * 1.5, out[x], 0.05, filter.name());
      }
    }
  }

  @Test
  void positionsBeyondTwoToTheThirtyOne() {
    Size from = new Size(3_000_000_000L, 2);
    Size to = new Size(6_000_000_000L, 2);
    Resampler resampler = new Resampler(Filter.CATMULL_ROM, from, to);
    Rectangle out = new Rectangle(5_000_000_001L, 0, 10, 2);
    Rectangle needed = resampler.needed(out);
    assertTrue(needed.width() <= 10 && needed.contains(new Rectangle(2_500_000_000L, 0, 6, 2)));
    float[] in = new float[(int) (3 * needed.pixels())];
    for (int i = 0; i < in.length; i++) {
      in[i] = i % needed.width();
    }
    float[] actual = resampler.resample(in, needed, out);
    assertEquals(0.5, actual[3] - actual[2], 1e-6);
    assertEquals(2_500_000_000.75, needed.x() + (double) actual[0] + 0.5, 1e-5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"squeezenet_v1.0.fire4_concat.dream", "googlenet_to_3b.inception_3b_output.dream"})
  void theNotebooksDetailComesBackAsTheOracleZoomsIt(String dream) throws IOException {
    Path golden = NumpyArray.shared().resolve("golden");
    assumeTrue(Files.isDirectory(golden), "no golden files beside the repository");
    Size canvas = new Size(121, 105);
    List<Size> sizes = OctaveSizes.of(canvas, 3, 1.4, Resampling.NOTEBOOK);
    float[][] bases = new float[3][];
    bases[2] = chelsea(canvas);
    for (int k = 1; k >= 0; k--) {
      bases[k] = zoom(bases[k + 1], sizes.get(k + 1), sizes.get(k));
    }
    Path folder = golden.resolve(dream);
    assertArrayEquals(bases[0], NumpyArray.read(folder.resolve("octave0_x0.npy")).values());
    for (int k = 1; k < 3; k++) {
      float[] detail =
          NumpyArray.read(folder.resolve("octave" + (k - 1) + "_x3.npy")).values().clone();
      for (int i = 0; i < detail.length; i++) {
        detail[i] -= bases[k - 1][i];
      }
      float[] grown = zoom(detail, sizes.get(k - 1), sizes.get(k));
      NumpyArray expected = NumpyArray.read(folder.resolve("octave" + k + "_x0.npy"));
      assertEquals(expected.size(), sizes.get(k));
      for (int i = 0; i < grown.length; i++) {
        grown[i] += bases[k][i];
      }
      assertArrayEquals(expected.values(), grown);
    }
  }

  /** The crop of the photograph that the golden dreams start from: BGR minus mean. */
  private static float[] chelsea(Size crop) throws IOException {
    BufferedImage picture =
        ImageIO.read(NumpyArray.shared().resolve("images/chelsea.png").toFile());
    int plane = (int) crop.pixels();
    float[] planes = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      int rgb = picture.getRGB(110 + i % (int) crop.width(), 60 + i / (int) crop.width());
      planes[i] = (rgb & 255) - 104;
      planes[plane + i] = (rgb >> 8 & 255) - 116;
      planes[2 * plane + i] = (rgb >> 16 & 255) - 122;
    }
    return planes;
  }

  private static float[] zoom(float[] planes, Size from, Size to) {
    return whole(new Resampler(Filter.CORNER_ALIGNED_BILINEAR, from, to), planes);
  }

  @Test
  void wrongInputsAreRefused() {
    Size from = new Size(20, 20);
    Resampler resampler = new Resampler(Filter.LANCZOS3, from, new Size(10, 10));
    Rectangle out = new Rectangle(4, 4, 2, 2);
    float[] small = new float[3 * 4];
    assertThrows(
        IllegalArgumentException.class,
        () -> resampler.resample(small, new Rectangle(8, 8, 2, 2), out));
    assertThrows(
        IllegalArgumentException.class, () -> resampler.resample(small, from.bounds(), out));
    assertThrows(IllegalArgumentException.class, () -> resampler.needed(new Rectangle(9, 9, 2, 1)));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Resampler(Filter.CORNER_ALIGNED_BILINEAR, from, new SourceArea(0, 0, 5, 5), from));
  }
}
