package org.reverie.driver.training.motif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every class draws something, something else each time, and the same for the same key. */
final class MotifTest {
  private static final int SIZE = 48;

  @Test
  void thereAreEnoughClasses() {
    assertTrue(Motif.values().length >= 32, () -> Motif.values().length + " classes");
  }

  @ParameterizedTest
  @EnumSource(Motif.class)
  void theSameKeyDrawsTheSamePicture(Motif motif) {
    assertArrayEquals(pixels(motif.draw(3, 5, SIZE)), pixels(motif.draw(3, 5, SIZE)));
  }

  @ParameterizedTest
  @EnumSource(Motif.class)
  void everyPictureIsAnother(Motif motif) {
    Set<Integer> seen = new HashSet<>();
    for (int index = 0; index < 6; index++) {
      seen.add(Arrays.hashCode(pixels(motif.draw(3, index, SIZE))));
    }
    seen.add(Arrays.hashCode(pixels(motif.draw(4, 0, SIZE))));
    assertEquals(7, seen.size());
  }

  @ParameterizedTest
  @EnumSource(Motif.class)
  void aPictureIsNoPlainGround(Motif motif) {
    // The mean deviation of lightness is at least 4 grey levels in most of ten pictures.
    int lively = 0;
    for (int index = 0; index < 10; index++) {
      lively += deviation(motif.draw(11, index, SIZE)) > 4 ? 1 : 0;
    }
    assertTrue(lively >= 8, motif + ": " + lively + " of 10");
  }

  @Test
  void smallestSizes() {
    for (Motif motif : Motif.values()) {
      assertEquals(8, motif.draw(0, 0, 8).getWidth());
    }
    assertThrows(IllegalArgumentException.class, () -> Motif.FERN.draw(0, 0, 7));
  }

  @Test
  void foldersArePlainNames() {
    for (Motif motif : Motif.values()) {
      assertFalse(motif.folder().matches(".*[^a-z].*"), motif.folder());
    }
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private static double deviation(BufferedImage image) {
    int[] pixels = pixels(image);
    double mean = Arrays.stream(pixels).map(MotifTest::lightness).average().orElseThrow();
    return Arrays.stream(pixels)
        .mapToDouble(p -> Math.abs(lightness(p) - mean))
        .average()
        .orElseThrow();
  }

  private static int lightness(int pixel) {
    return ((pixel >> 16 & 255) + (pixel >> 8 & 255) + (pixel & 255)) / 3;
  }
}
