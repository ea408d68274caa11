package org.reverie.tiling.start;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.Formula;
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
  @ValueSource(
      strings = {
        "noise",
        "gradient:linear",
        "gradient:chromatic",
        "gradient:radial",
        "gradient:linear:#102040,#c05030@0.4,#ffe9c0",
        "gradient:chromatic:#ff0000,#00ff00,#0000ff",
        "gradient:radial:#ffffff@0.5,#000000",
        "color:#12aB80"
      })
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

  /** A recipe tells a start by {@link Formula}: one that it did not know would lose its name. */
  @Test
  void everyStartIsAFormulaAndTheOtherWayRound() {
    List<String> names =
        List.of(
            "noise", "gradient:linear", "gradient:chromatic", "gradient:radial", "color:#808080");
    assertEquals(
        Set.of(Start.class.getPermittedSubclasses()),
        names.stream().map(name -> start(name).getClass()).collect(Collectors.toSet()));
    assertEquals(
        Set.of(Formula.values()),
        names.stream().map(name -> Formula.of(name).orElseThrow()).collect(Collectors.toSet()));
    assertTrue(Start.parse("noise.png", 0).isEmpty());
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
    assertEquals(127.5, mean, 0.1);
    assertEquals(8 / Math.sqrt(12), Math.sqrt(square - mean * mean), 0.06);
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
    CanvasSource canvas = new LinearGradient(List.of()).canvas(new Size(200, 200));
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
    float[] planes = new ChromaticGradient(List.of()).canvas(size).read(size.bounds());
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

  /** Of 201 x 1 pixels, pixel i lies at i / 200 of the way between the outer centres. */
  @Test
  void stopsAreMetAndTheirColoursBlended() throws IOException {
    Size size = new Size(201, 201);
    CanvasSource linear =
        start("gradient:linear:#102040,#c05030@0.25,#ffe9c0@0.75,#ffe9c0,#000000@1").canvas(size);
    assertColour(0x102040, linear, 0, 0, 3);
    assertColour(0xc05030, linear, 50, 50, 1.5);
    assertColour(0xffe9c0, linear, 150, 150, 1.5);
    assertColour(0x000000, linear, 200, 200, 3);
    CanvasSource radial = start("gradient:radial:#ff0000@0.5,#0000ff@0.5").canvas(size);
    assertColour(0xff0000, radial, 100, 100, 1e-3);
    assertColour(0xff0000, radial, 100, 40, 1e-3);
    assertColour(0x0000ff, radial, 1, 3, 1e-3);
    // Halfway between black and white, OKLab's lightness is 0.5, which is the grey 99.
    CanvasSource greys = start("gradient:radial:#000000,#ffffff").canvas(new Size(401, 1));
    assertColour(0x000000, greys, 200, 0, 1e-3);
    assertColour(0x636363, greys, 300, 0, 1);
  }

  private static void assertColour(int expected, CanvasSource canvas, long x, long y, double within)
      throws IOException {
    float[] colour = canvas.read(new Rectangle(x, y, 1, 1));
    String found = Arrays.toString(colour);
    assertEquals(expected >> 16, colour[0], within, found);
    assertEquals(expected >> 8 & 255, colour[1], within, found);
    assertEquals(expected & 255, colour[2], within, found);
  }

  @Test
  void aCircleOfStopsHasNoStep() throws IOException {
    Size size = new Size(400, 300);
    float[] planes =
        start("gradient:chromatic:#d04020,#20a060,#3050d0").canvas(size).read(size.bounds());
    boolean[] near = new boolean[3];
    int[] colours = {0xd04020, 0x20a060, 0x3050d0};
    for (int i = 0; i < 400 * 300; i++) {
      int distance = 0;
      for (int channel = 0; channel < 3; channel++) {
        int at = channel * 400 * 300 + i;
        assertTrue(i % 400 == 0 || Math.abs(planes[at] - planes[at - 1]) < 6, "a step at " + i);
      }
      for (int k = 0; k < 3; k++) {
        distance = 0;
        for (int channel = 0; channel < 3; channel++) {
          int wanted = colours[k] >> 16 - 8 * channel & 255;
          distance += (int) Math.abs(planes[channel * 400 * 300 + i] - wanted);
        }
        near[k] |= distance < 6;
      }
    }
    assertEquals(3, count(near), Arrays.toString(near));
  }

  @Test
  void gradientsLookTheSameAtEverySize() throws IOException {
    float[] small =
        new ChromaticGradient(List.of()).canvas(new Size(3, 3)).read(new Rectangle(1, 1, 1, 1));
    float[] large =
        new ChromaticGradient(List.of())
            .canvas(new Size(3_000_000_001L, 3))
            .read(new Rectangle(1_500_000_000L, 1, 1, 1));
    assertArrayEquals(small, large, 1e-3f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gradient:rainbow",
        "gradient:linear:#102040",
        "gradient:linear:",
        "gradient:radial:#102040,red",
        "gradient:radial:#102040@1.5,#ffffff",
        "gradient:radial:#102040@0.5,#ffffff@0.2",
        "color:red",
        "color:#12345",
        "color:#1234567",
        "color:"
      })
  void misspeltStartsAreTheUsersMistake(String name) {
    UserException thrown = assertThrows(UserException.class, () -> Start.parse(name, 7));
    assertEquals(name, thrown.problems().get(0).where());
    assertEquals("unknown-formula", thrown.problems().get(0).code(), "as a job is told");
  }

  @ParameterizedTest
  @ValueSource(strings = {"noise.png", "gradients/a.jpg", "photo.tif", ""})
  void otherNamesAreFiles(String name) {
    assertTrue(Start.parse(name, 7).isEmpty());
  }
}
