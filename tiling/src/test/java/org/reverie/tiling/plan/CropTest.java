package org.reverie.tiling.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.OctaveSizes;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;

class CropTest {
  private static final Filter DETAIL = Filter.detail(Resampling.PHOTOGRAPHIC);
  private static final Crop CROP = new Crop(8, 128, 64);

  private static List<Size> octaves(int width, int height) {
    return OctaveSizes.of(new Size(width, height), 10, 1.4, Resampling.PHOTOGRAPHIC);
  }

  /** 900 x 600 px are seen with 160 px around them; 1004 x 1004 px are not twice as many. */
  @Test
  void octavesOfFewPixelsAreWhole() {
    List<Size> octaves = octaves(5400, 5400);
    List<Rectangle> parts = CROP.parts(octaves, new Rectangle(2000, 3000, 900, 600), DETAIL);
    assertEquals(10, parts.size());
    for (int k = 0; k < 10; k++) {
      boolean small = octaves.get(k).width() <= 1406;
      assertEquals(small, parts.get(k).equals(octaves.get(k).bounds()), "octave " + k);
    }
    assertEquals(Rectangle.between(1968, 2968, 2936, 3632), parts.get(9));
  }

  @Test
  void aLargeCropIsThePrint() {
    List<Size> octaves = octaves(5400, 5400);
    List<Rectangle> parts = CROP.parts(octaves, new Rectangle(300, 200, 4000, 4000), DETAIL);
    assertEquals(octaves.stream().map(Size::bounds).toList(), parts);
  }

  @Test
  void theFirstOctaveIsWhole() {
    Size only = new Size(5400, 5400);
    assertEquals(
        List.of(only.bounds()), CROP.parts(List.of(only), new Rectangle(2000, 3000, 9, 6), DETAIL));
  }

  @Property(tries = 300)
  void everyPartCoversWhatTheNextSees(
      @ForAll @IntRange(min = 1000, max = 9000) int width,
      @ForAll @IntRange(min = 1000, max = 9000) int height,
      @ForAll @IntRange(min = 0, max = 999) int left,
      @ForAll @IntRange(min = 0, max = 999) int top,
      @ForAll @IntRange(min = 1, max = 999) int cropWidth,
      @ForAll @IntRange(min = 1, max = 999) int cropHeight) {
    List<Size> octaves = octaves(width, height);
    Rectangle crop =
        new Rectangle(
            left * (width - cropWidth) / 1000,
            top * (height - cropHeight) / 1000,
            cropWidth,
            cropHeight);
    List<Rectangle> parts = CROP.parts(octaves, crop, DETAIL);
    Rectangle canvas = octaves.get(9).bounds();
    assertTrue(parts.get(9).contains(crop.grow(32).intersect(canvas)), "blended into the crop");
    for (int k = 0; k < 10; k++) {
      Size size = octaves.get(k);
      Rectangle part = parts.get(k);
      assertTrue(size.bounds().contains(part));
      assertEdge(part.x(), part.right(), size.width());
      assertEdge(part.y(), part.bottom(), size.height());
      if (k > 0) {
        // What the window sees, less the band around the part below that is not its own alone.
        Rectangle seen = part.grow(32 + 128).intersect(size.bounds());
        Size smaller = octaves.get(k - 1);
        Rectangle read = new Resampler(DETAIL, smaller, size).needed(seen);
        assertTrue(
            parts.get(k - 1).contains(read.grow(32).intersect(smaller.bounds())), "octave " + k);
      }
    }
  }

  /** At the stride or the border, and with room for a whole window between it and the border. */
  private static void assertEdge(long from, long to, long length) {
    assertTrue(from == 0 || from % 8 == 0 && from >= 128 + 64 + 32, from + " of " + length);
    assertTrue(to == length || to % 8 == 0 && length - to >= 128 + 64 + 32, to + " of " + length);
  }

  @Test
  void aCropLiesOnTheCanvas() {
    List<Size> octaves = octaves(5400, 5400);
    assertThrows(
        IllegalArgumentException.class,
        () -> CROP.parts(octaves, new Rectangle(5000, 0, 401, 10), DETAIL));
    assertThrows(
        IllegalArgumentException.class,
        () -> CROP.parts(octaves, new Rectangle(5, 5, 0, 10), DETAIL));
  }
}
