package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.reverie.tiling.KeyedRandom;

/** Crops, mirrors and colours. */
final class DistortionTest {
  private static final int SIZE = 16;
  private static final float[] NO_LIGHT = new float[9];

  @Test
  void aPartIsTakenAsItIs() {
    // 0 1 2 3
    // 4 5 6 7   the 2 x 2 px at (1, 0), mirrored: 2 1 / 6 5
    TrainingPicture picture = new TrainingPicture(4, 2, planes(0, 1, 2, 3, 4, 5, 6, 7));
    assertArrayEquals(
        new float[] {1, 2, 5, 6}, Arrays.copyOf(picture.part(1, 0, 2, 2, 2, false), 4), 1e-6f);
    assertArrayEquals(
        new float[] {2, 1, 6, 5}, Arrays.copyOf(picture.part(1, 0, 2, 2, 2, true), 4), 1e-6f);
  }

  @Test
  void theKeyDecides() {
    Distortion distortion = new Distortion(SIZE, true, NO_LIGHT, 0);
    assertArrayEquals(distortion.apply(ramp(), random(3)), distortion.apply(ramp(), random(3)));
    assertFalse(
        Arrays.equals(distortion.apply(ramp(), random(3)), distortion.apply(ramp(), random(4))));
  }

  @Test
  void withoutPhotometryOnlyPlacesChange() {
    Distortion distortion = new Distortion(SIZE, false, NO_LIGHT, 0);
    TrainingPicture flat = flat(200, 90, 30);
    for (int i = 0; i < 20; i++) {
      float[] out = distortion.apply(flat, random(i));
      assertEquals(200, out[0], 1e-3);
      assertEquals(90, out[SIZE * SIZE], 1e-3);
      assertEquals(30, out[2 * SIZE * SIZE], 1e-3);
    }
  }

  @Test
  void photometryChangesEveryColourDifferently() {
    Distortion distortion = new Distortion(SIZE, true, NO_LIGHT, 0);
    float least = 255;
    float most = 0;
    for (int i = 0; i < 50; i++) {
      float red = distortion.apply(flat(120, 100, 80), random(i))[0];
      least = Math.min(least, red);
      most = Math.max(most, red);
      assertTrue(red >= 0 && red <= 255, red + " is no colour");
    }
    // Brightness alone spreads 60 to 180.
    assertTrue(least < 80 && most > 160, least + " to " + most);
  }

  @Test
  void lightingMovesAlongItsAxis() {
    // The only axis is red: green and blue stay where photometry alone puts them.
    float[] red = {40, 0, 0, 0, 0, 0, 0, 0, 0};
    float[] lit = new Distortion(SIZE, true, red, 0).apply(flat(120, 100, 80), random(5));
    float[] unlit = new Distortion(SIZE, true, NO_LIGHT, 0).apply(flat(120, 100, 80), random(5));
    assertTrue(Math.abs(lit[0] - unlit[0]) > 0.01);
    assertEquals(unlit[SIZE * SIZE], lit[SIZE * SIZE], 1e-4);
  }

  @Test
  void grainSpreadsEvenlyAboutEachValue() {
    // The deviation is drawn between 0 and 40 for each showing: 23 on average of squares.
    Distortion distortion = new Distortion(SIZE, false, NO_LIGHT, 40);
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (int i = 0; i < 200; i++) {
      float[] out = distortion.apply(flat(200, 200, 200), random(i));
      for (float value : out) {
        sum += value - 200;
        squares += (value - 200) * (value - 200);
        count++;
      }
    }
    assertEquals(0, sum / count, 0.5);
    assertEquals(40 / Math.sqrt(3), Math.sqrt(squares / count), 2);
    assertArrayEquals(distortion.apply(ramp(), random(3)), distortion.apply(ramp(), random(3)));
  }

  private static KeyedRandom random(long key) {
    return KeyedRandom.of(1, KeyedRandom.Purpose.TRAINING, key);
  }

  private static TrainingPicture ramp() {
    byte[] planes = new byte[3 * 30 * 20];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = (byte) (i % 30 * 8);
    }
    return new TrainingPicture(30, 20, planes);
  }

  private static TrainingPicture flat(int red, int green, int blue) {
    byte[] planes = new byte[3 * 100];
    Arrays.fill(planes, 0, 100, (byte) red);
    Arrays.fill(planes, 100, 200, (byte) green);
    Arrays.fill(planes, 200, 300, (byte) blue);
    return new TrainingPicture(10, 10, planes);
  }

  private static byte[] planes(int... red) {
    byte[] planes = new byte[3 * red.length];
    for (int i = 0; i < red.length; i++) {
      planes[i] = (byte) red[i];
    }
    return planes;
  }
}
