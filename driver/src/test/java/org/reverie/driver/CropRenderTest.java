package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.RenderJob;

/**
 * A crop against the same part of its print, of a picture that is calm on one side and not on the
 * other:
 *
 * <pre>
 *   420 x 280 px, octaves of 1, 0.51, 0.26, 0.13, 0.07 and 0.03 of the pixels
 *   +----------------+---------------+
 *   |                |x.xx..x.xxx.x.x|   what is dreamt of the larger ones lies
 *   |   [calm]       |..x [busy] .xx.|   around the crop alone
 *   |                |xx..xx.x..x.xx.|
 *   +----------------+---------------+
 * </pre>
 */
class CropRenderTest {
  private static final String CALM = "80,120,60,40";
  private static final String BUSY = "290,120,60,40";

  @TempDir Path folder;
  private TinyRenders renders;
  private String plan;

  @BeforeEach
  void drawPicture() throws IOException {
    renders = new TinyRenders(folder);
    BufferedImage picture = new BufferedImage(420, 280, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 280; y++) {
      for (int x = 0; x < 420; x++) {
        int noise = x < 210 ? 0 : (x / 3 * 7919 + y / 3 * 104729) % 97;
        picture.setRGB(x, y, (90 + x / 14 + noise) << 16 | (80 + y / 7 + noise) << 8 | 120 - noise);
      }
    }
    ImageIO.write(picture, "png", folder.resolve("in.png").toFile());
  }

  private RenderJob job(String name, String... yaml) {
    String[] all = new String[yaml.length + 1];
    all[0] =
        """
        input: {source: %s}
        print: {width: 420px, height: 280px}
        dream: {octaves: 6, iterations: 5}
        tiles: {halo: 8, overlap: 8}
        """
            .formatted(folder.resolve("in.png"));
    System.arraycopy(yaml, 0, all, 1, yaml.length);
    return renders.job(name, all);
  }

  private float[] render(String name, String... yaml) throws IOException {
    Recorder recorder = new Recorder();
    assertEquals(RenderOutcome.DONE, Render.run(job(name, yaml), recorder));
    assertEquals(recorder.total, recorder.done, 1e-6 * recorder.total);
    plan = recorder.plan;
    BufferedImage print = ImageIO.read(folder.resolve(name + ".tif").toFile());
    return print.getRaster().getPixels(0, 0, print.getWidth(), print.getHeight(), (float[]) null);
  }

  private static float[] part(float[] whole, String crop) {
    String[] numbers = crop.split(",");
    int left = Integer.parseInt(numbers[0]);
    int top = Integer.parseInt(numbers[1]);
    int width = Integer.parseInt(numbers[2]);
    int height = Integer.parseInt(numbers[3]);
    float[] part = new float[3 * width * height];
    for (int y = 0; y < height; y++) {
      System.arraycopy(whole, 3 * ((y + top) * 420 + left), part, 3 * y * width, 3 * width);
    }
    return part;
  }

  private static double meanDifference(float[] a, float[] b) {
    assertEquals(a.length, b.length);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  /** What a crop's own mean would make of its step is in no print. */
  @Test
  void cropsLookAsInThePrint() throws IOException {
    float[] print = render("print");
    float[] bare = render("bare", "dream.step: 0.0001");
    JsonNode whole = renders.report("print").path("scales");
    for (String crop : new String[] {CALM, BUSY}) {
      float[] part = render("crop", "print.crop: '" + crop + "'", "run.fresh: true");
      float[] expected = part(print, crop);
      double dreamt = meanDifference(expected, part(bare, crop));
      double off = meanDifference(expected, part);
      assertTrue(off < 0.2 * dreamt, crop + ": " + off + " of " + dreamt);
      JsonNode scales = renders.report("crop").path("scales");
      assertTrue(plan.contains("420 x 280 px, 68 x 48 px of it in 1 tile, 5 iter"), plan);
      boolean cropped = false;
      for (int k = 0; k < 6; k++) {
        double applied = scales.get(k).path("applied").get(0).asDouble();
        double measured = scales.get(k).path("measured").get(0).asDouble();
        double ofPrint = whole.get(k).path("applied").get(0).asDouble();
        boolean isWhole = scales.get(k).path("mode").asText().equals("WHOLE");
        // The first cropped octave asks all of its tiles; later ones take its share.
        double tolerance = isWhole ? 0 : cropped ? 0.2 : 1e-3;
        assertEquals(ofPrint, applied, tolerance * ofPrint, crop + " octave " + k);
        if (!isWhole) {
          double own = Math.abs(measured / ofPrint - 1);
          assertTrue(own > Math.abs(applied / ofPrint - 1), crop + " octave " + k + ": " + own);
        }
        cropped |= !isWhole;
      }
      assertTrue(cropped);
    }
  }

  /** Their small octaves differ as those of prints in one and in many windows do. */
  @Test
  void partsOfManyTilesAreNearlyThoseOfOne() throws IOException {
    String crop = "print.crop: '" + BUSY + "'";
    float[] one = render("one", crop, "tiles.sync: octave");
    float[] many = render("many", crop, "tiles: {tile: 24, sync: octave}");
    assertTrue(meanDifference(one, many) < 4, meanDifference(one, many) + " grey levels");
    float[] exact = render("exact", crop, "tiles: {tile: 24, sync: 1, halo: exact}");
    assertTrue(meanDifference(one, exact) < 4, meanDifference(one, exact) + " grey levels");
  }

  @Test
  void aCropOfMostOfAPrintIsItsPart() throws IOException {
    String crop = "20,10,390,250";
    float[] print = render("print", "print.dither: none");
    float[] part = render("crop", "print.dither: none", "print.crop: '" + crop + "'");
    float[] whole = new float[3 * 390 * 250];
    for (int y = 0; y < 250; y++) {
      System.arraycopy(print, 3 * ((y + 10) * 420 + 20), whole, 3 * y * 390, 3 * 390);
    }
    assertArrayEquals(whole, part);
  }

  @Test
  void oneIterationIsCroppedToo() throws IOException {
    float[] print = render("print", "dream.iterations: 1", "print.dither: none");
    String crop = "print.crop: '" + CALM + "'";
    float[] part = render("crop", "dream.iterations: 1", "print.dither: none", crop);
    assertTrue(meanDifference(part(print, CALM), part) < 0.2);
    assertEquals("EXACT", renders.report("crop").path("scales").get(5).path("mode").asText());
  }
}
