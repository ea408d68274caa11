package org.reverie.tiling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleCurveTest {
  private static final List<double[]> TWO_TILES =
      List.of(new double[] {10, 15, 30}, new double[] {30, 25, 50});

  @Test
  void theCurveIsCommonToAllTiles() {
    assertArrayEquals(new double[] {1, 1, 2}, ScaleCurve.measured(TWO_TILES).ratios());
  }

  @Test
  void factorsMoveAPixelByTheStepOnAverage() {
    // 40 over 5 pixels of 3 channels is 8 / 3; 1.5 / (8 / 3) = 0.5625, half of it at r = 2
    double mean = ScaleCurve.meanGradient(new double[] {10, 30}, 5);
    assertEquals(8 / 3.0, mean);
    assertArrayEquals(
        new float[] {0.5625f, 0.5625f, 0.28125f},
        ScaleCurve.measured(TWO_TILES).factors(1.5, mean));
  }

  @Test
  void noGradientIsNoStep() {
    ScaleCurve flat = ScaleCurve.measured(List.of(new double[] {0, 0}));
    assertArrayEquals(new double[] {1, 1}, flat.ratios());
    assertArrayEquals(new float[] {0, 0}, flat.factors(1.5, 0));
    assertEquals(0, ScaleCurve.factor(1.5, 0));
    assertEquals(Float.MAX_VALUE, ScaleCurve.factor(1.5, 1e-44));
    assertArrayEquals(new float[] {1, 0}, new ScaleCurve(new double[] {1, 0}).factors(2, 2));
  }

  @Test
  void spreadTellsTilesApart() {
    // own curves: 1, 1.5, 3 and 1, 5/6, 5/3; common: 1, 1, 2
    assertArrayEquals(
        new double[] {5 / 6.0, 1.5}, ScaleCurve.measured(TWO_TILES).spread(TWO_TILES), 1e-15);
    assertArrayEquals(
        new double[] {1, 1}, new ScaleCurve(new double[] {1}).spread(List.of(new double[] {0})));
  }

  @Test
  void curvesAreFiniteAndOfOneLength() {
    assertThrows(
        IllegalArgumentException.class, () -> new ScaleCurve(new double[] {1, Double.NaN}));
    List<double[]> uneven = List.of(new double[] {1, 2}, new double[] {1});
    assertThrows(IllegalArgumentException.class, () -> ScaleCurve.measured(uneven));
  }

  @Test
  void theSecondOctaveTakesTheRootOfTheFirst() {
    ScaleCurve bare = ScaleCurve.measured(List.of(new double[] {2, 8, 18}));
    assertArrayEquals(new double[] {1, 2, 3}, bare.afterBarePicture().ratios(), 1e-12);
  }
}
