package org.reverie.tiling.lattice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.tiling.Size;

class OctaveSizesTest {
  @Test
  void photographsDivideTheCanvas() {
    assertEquals(
        List.of(261L, 366L, 512L, 717L, 1004L, 1406L, 1968L, 2755L, 3857L, 5400L),
        OctaveSizes.of(new Size(5400, 5400), 10, 1.4, Resampling.PHOTOGRAPHIC).stream()
            .map(Size::width)
            .toList());
  }

  @Test
  void theNotebookDividesTheOctaveAbove() {
    // Python: 163 -> round(116.43) = 116 -> round(82.86) = 83; 145 -> 104 -> 74
    assertEquals(
        List.of(new Size(83, 74), new Size(116, 104), new Size(163, 145)),
        OctaveSizes.of(new Size(163, 145), 3, 1.4, Resampling.NOTEBOOK));
  }

  @Test
  void halvesGoToTheEvenNumber() {
    // Python: round(7 / 2) = 4, round(5 / 2) = 2
    assertEquals(new Size(4, 2), OctaveSizes.of(new Size(7, 5), 2, 2, Resampling.NOTEBOOK).get(0));
  }

  @Test
  void allOctavesHoldTwiceThePixelsOfTheLargest() {
    List<Size> sizes = OctaveSizes.of(new Size(5400, 5400), 10, 1.4, Resampling.PHOTOGRAPHIC);
    double pixels = sizes.stream().mapToLong(Size::pixels).sum();
    assertEquals(2.04, pixels / (5400 * 5400), 0.005);
  }

  @ParameterizedTest
  @CsvSource({
    "5400, 5400, 1.4, 224, 10",
    "5400, 3600, 1.4, 224, 9",
    "224, 224, 1.4, 224, 1",
    "313, 900, 1.4, 224, 2",
    "266, 900, 1.4, 224, 2",
    "265, 900, 1.4, 224, 1",
    "1, 1, 1.4, 224, 1",
    "1, 3000000000, 1.4, 224, 1",
    "3000000000, 3000000000, 1.4, 224, 50"
  })
  void automaticCountsReachTheBrainsInput(
      long width, long height, double scale, int input, int octaves) {
    assertEquals(octaves, OctaveSizes.automaticCount(new Size(width, height), scale, input));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5400", "2, 3", "3000000000, 2"})
  void noSideFallsBelowOne(long width, long height) {
    for (Resampling rule : Resampling.values()) {
      for (Size size : OctaveSizes.of(new Size(width, height), 80, 1.4, rule)) {
        assertEquals(true, size.width() >= 1 && size.height() >= 1 && size.width() <= width);
      }
    }
  }

  @Test
  void aScaleMustShrink() {
    Size size = new Size(10, 10);
    assertThrows(
        IllegalArgumentException.class, () -> OctaveSizes.of(size, 2, 1, Resampling.PHOTOGRAPHIC));
    assertThrows(
        IllegalArgumentException.class, () -> OctaveSizes.automaticCount(size, Double.NaN, 224));
  }
}
