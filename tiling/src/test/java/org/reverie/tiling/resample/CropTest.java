package org.reverie.tiling.resample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.OctaveSizes;

class CropTest {
  private static final List<Size> OCTAVES =
      OctaveSizes.of(new Size(5400, 5400), 10, 1.4, Resampling.PHOTOGRAPHIC);

  @Test
  void coarseOctavesAreWhole() {
    Rectangle crop = new Rectangle(2000, 3000, 1000, 800);
    List<Rectangle> parts = Crop.parts(OCTAVES, crop, 160);
    assertEquals(10, parts.size());
    assertEquals(crop, parts.get(9));
    for (int k = 0; k < 10; k++) {
      boolean small = OCTAVES.get(k).pixels() <= crop.pixels();
      assertEquals(small, parts.get(k).equals(OCTAVES.get(k).bounds()), "octave " + k);
    }
  }

  @Test
  void everyPartCoversWhatTheNextReads() {
    Rectangle crop = new Rectangle(0, 5000, 300, 400);
    List<Rectangle> parts = Crop.parts(OCTAVES, crop, 160);
    for (int k = 1; k < 10; k++) {
      Rectangle read = parts.get(k).grow(160).intersect(OCTAVES.get(k).bounds());
      for (Filter filter : Filter.values()) {
        if (filter != Filter.LANCZOS3) {
          Resampler up = new Resampler(filter, OCTAVES.get(k - 1), OCTAVES.get(k));
          assertTrue(parts.get(k - 1).contains(up.needed(read)), filter + " octave " + k);
        }
      }
    }
  }

  @Test
  void aCropLiesOnTheCanvas() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Crop.parts(OCTAVES, new Rectangle(5000, 0, 401, 10), 0));
    assertThrows(
        IllegalArgumentException.class, () -> Crop.parts(OCTAVES, new Rectangle(5, 5, 0, 10), 0));
  }
}
