package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.tiling.Rectangle;

class DitherTest {
  private static final int EDGE = 512;
  private static final int PIXELS = EDGE * EDGE;

  @TempDir Path folder;

  /** A square of one value. */
  private static float[] dithered(float value, long x, long y) {
    float[] planes = new float[3 * PIXELS];
    Arrays.fill(planes, value);
    Dither.add(new Rectangle(x, y, EDGE, EDGE), planes);
    return planes;
  }

  @Test
  void wholeNumbersStay() {
    for (int value = 0; value <= 255; value++) {
      float[] planes = new float[3 * 64 * 64];
      Arrays.fill(planes, value);
      Dither.add(new Rectangle(value, 7, 64, 64), planes);
      for (float sample : planes) {
        assertEquals(value, Quantisation.eight(sample));
      }
    }
  }

  /** Of 262,144 samples, 0.005 is more than five standard deviations. */
  @Test
  void roundingIsRightInTheMean() {
    for (float value : new float[] {0.25f, 100.3f, 200.5f, 254.95f}) {
      float[] planes = dithered(value, 1000, 70_000);
      for (int c = 0; c < 3; c++) {
        double sum = 0;
        for (int i = 0; i < PIXELS; i++) {
          int sample = Quantisation.eight(planes[c * PIXELS + i]);
          assertTrue(Math.abs(sample - value) < 1, value + " became " + sample);
          sum += sample;
        }
        assertEquals(value, sum / PIXELS, 0.005);
      }
    }
  }

  /** No pattern: neighbours in rows, columns and channels have nothing to do with each other. */
  @Test
  void noiseIsWhite() {
    float[] noise = dithered(0, 0, 0);
    for (int distance : new int[] {1, 2, 3, EDGE, EDGE + 1, 8 * EDGE, PIXELS, 2 * PIXELS}) {
      double product = 0;
      int count = 3 * PIXELS - distance;
      for (int i = 0; i < count; i++) {
        product += noise[i] * noise[i + distance];
      }
      // The variance is 1/12, of a product 1/144.
      assertEquals(0, 12 * product / count, 5 / Math.sqrt(count), "at distance " + distance);
    }
  }

  /** What the eye makes of a ramp of one step in 100 pixels: right within a tenth of a step. */
  @Test
  void aSlowRampHasNoBands() {
    float[] planes = new float[3 * PIXELS];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = 20 + i % EDGE / 100f;
    }
    float[] ramp = planes.clone();
    Dither.add(new Rectangle(0, 0, EDGE, EDGE), planes);
    double worst = 0;
    double worstWithout = 0;
    for (int x = 0; x + 16 <= EDGE; x += 16) {
      double sum = 0;
      double without = 0;
      for (int y = 0; y < EDGE; y++) {
        for (int i = y * EDGE + x; i < y * EDGE + x + 16; i++) {
          sum += Quantisation.eight(planes[i]) - ramp[i];
          without += Quantisation.eight(ramp[i]) - ramp[i];
        }
      }
      worst = Math.max(worst, Math.abs(sum / (16 * EDGE)));
      worstWithout = Math.max(worstWithout, Math.abs(without / (16 * EDGE)));
    }
    assertTrue(worst < 0.03, "off by " + worst);
    assertTrue(worstWithout > 0.4, "off by " + worstWithout);
  }

  /** However a format cuts the print. */
  @ParameterizedTest
  @EnumSource(names = {"TIFF", "PNG"})
  void noiseDependsOnThePlaceInThePrintAlone(PrintFormat format) throws IOException {
    int width = 700;
    int height = 600;
    PrintSpecification print =
        PrintSpecification.of(format, width, height, Depth.EIGHT, 300, StandardProfile.srgb(), "")
            .withDither(true);
    assertTrue(print.pieces() > 1);
    Prints.Formula formula = (c, x, y) -> 0.21f * c + x / 97f + y / 89f;
    Path file = folder.resolve("a");
    Prints.write(file, print, formula);
    Raster raster = ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(file))).getRaster();
    float[] planes = new float[3 * width * height];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = formula.at(i / (width * height), i % width, i / width % height);
    }
    Dither.add(new Rectangle(0, 0, width, height), planes);
    for (int i = 0; i < planes.length; i++) {
      int sample = raster.getSample(i % width, i / width % height, i / (width * height));
      assertEquals(Quantisation.eight(planes[i]), sample);
    }
  }

  @Test
  void otherDepthsAreNotDithered() {
    for (Depth depth : Depth.values()) {
      PrintSpecification print =
          PrintSpecification.of(PrintFormat.TIFF, 20, 20, depth, 300, StandardProfile.srgb(), "")
              .withDither(true);
      assertEquals(depth == Depth.EIGHT, print.isDithered());
    }
  }
}
