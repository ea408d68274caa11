package org.reverie.tiling.start;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.UserException;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

class StartTest {
  private static final Size SIZE = new Size(61, 47);

  private static Start start(String name) {
    return Start.parse(name, 7).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"noise", "gradient:linear", "gradient:chromatic", "color:#12aB80"})
  void pixelsDependOnTheirPositionAlone(String name) throws IOException {
    CanvasSource canvas = start(name).canvas(SIZE);
    float[] whole = canvas.read(SIZE.bounds());
    Rectangle part = new Rectangle(13, 40, 9, 7);
    float[] read = canvas.read(part);
    int at = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 40; y < 47; y++) {
        for (int x = 13; x < 22; x++) {
          float value = read[at++];
          assertEquals(whole[(channel * 47 + y) * 61 + x], value);
          assertTrue(value >= 0 && value <= 255);
        }
      }
    }
    assertArrayEquals(whole, start(name).canvas(SIZE).read(SIZE.bounds()));
    assertThrows(IllegalArgumentException.class, () -> canvas.read(new Rectangle(60, 0, 2, 1)));
  }

  @Test
  void noiseIsUniformAndKeyedByTheSeed() throws IOException {
    float[] noise = new Noise(1).canvas(SIZE).read(SIZE.bounds());
    double mean = 0;
    double square = 0;
    for (float value : noise) {
      mean += value / noise.length;
      square += (double) value * value / noise.length;
    }
    assertEquals(127.5, mean, 3);
    assertEquals(255 / Math.sqrt(12), Math.sqrt(square - mean * mean), 2);
    assertNotEquals(noise[0], new Noise(2).canvas(SIZE).read(new Rectangle(0, 0, 1, 1))[0]);
  }

  @Test
  void aFlatColourIsThatColour() throws IOException {
    assertArrayEquals(
        new float[] {0x12, 0xab, 0x80},
        start("color:#12aB80").canvas(SIZE).read(new Rectangle(5, 5, 1, 1)));
  }

  @Test
  void theLinearGradientRisesEvenly() throws IOException {
    CanvasSource canvas = new LinearGradient().canvas(new Size(200, 200));
    double before = -1;
    for (int i = 0; i < 200; i++) {
      float[] colour = canvas.read(new Rectangle(i, i, 1, 1));
      double luma = 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2];
      assertTrue(luma > before, "at " + i);
      before = luma;
    }
  }

  @Test
  void theChromaticGradientShowsEveryHueWithoutAStep() throws IOException {
    Size size = new Size(400, 300);
    float[] planes = new ChromaticGradient().canvas(size).read(size.bounds());
    int plane = 400 * 300;
    boolean[] hues = new boolean[12];
    for (int i = 0; i < plane; i++) {
      double u = planes[i] - (planes[plane + i] + planes[2 * plane + i]) / 2;
      double v = (planes[plane + i] - planes[2 * plane + i]) * Math.sqrt(3) / 2;
      hues[(int) Math.min(11, (Math.atan2(v, u) / Math.PI + 1) * 6)] = true;
      for (int channel = 0; channel < 3 && i % 400 > 0; channel++) {
        int at = channel * plane + i;
        assertTrue(Math.abs(planes[at] - planes[at - 1]) < 6, "a step at " + i);
      }
    }
    assertEquals(12, count(hues), Arrays.toString(hues));
  }

  private static int count(boolean[] flags) {
    int count = 0;
    for (boolean flag : flags) {
      count += flag ? 1 : 0;
    }
    return count;
  }

  @Test
  void gradientsLookTheSameAtEverySize() throws IOException {
    float[] small = new ChromaticGradient().canvas(new Size(3, 3)).read(new Rectangle(1, 1, 1, 1));
    float[] large =
        new ChromaticGradient()
            .canvas(new Size(3_000_000_001L, 3))
            .read(new Rectangle(1_500_000_000L, 1, 1, 1));
    assertArrayEquals(small, large, 1e-3f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gradient:rainbow", "color:red", "color:#12345", "color:#1234567", "color:"})
  void misspeltStartsAreTheUsersMistake(String name) {
    UserException thrown = assertThrows(UserException.class, () -> Start.parse(name, 7));
    assertEquals(name, thrown.problems().get(0).where());
  }

  @ParameterizedTest
  @ValueSource(strings = {"noise.png", "gradients/a.jpg", "photo.tif", ""})
  void otherNamesAreFiles(String name) {
    assertTrue(Start.parse(name, 7).isEmpty());
  }
}
