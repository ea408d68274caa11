package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.print.StandardProfile;

/**
 * The whole pipeline on small pictures, with the engine that is obviously right:
 *
 * <pre>
 *   97 x 61 px, stride 2, receptive field 12, cores of 32:
 *   +--------+----+--------+-------+
 *   |        |    |        |       |
 *   +--------+----+--------+-------+   one window or many, the print is the same
 *   |        |    |        |       |   in exact mode
 *   +--------+----+--------+-------+
 * </pre>
 */
class RenderTest {
  @TempDir Path folder;

  @BeforeEach
  void writeBrain() throws IOException {
    Files.writeString(folder.resolve("tiny.prototxt"), TinyRenders.DEFINITION);
  }

  @Test
  void tiledExactIsUntiled() throws IOException {
    float[] untiled = render("untiled", "tiles: {tile: 500}");
    float[] tiled = render("tiled", "tiles: {tile: 32, halo: exact, sync: 1}");
    assertEquals(0, meanDifference(untiled, tiled), 1e-4);
    JsonNode report = report("tiled");
    assertTrue(report.path("plan").path("octaves").get(1).path("mode").asText().equals("EXACT"));
  }

  @Test
  void tiledExactIsUntiledOnATorus() throws IOException {
    String wrap = "dream: {border: wrap}\n";
    float[] untiled = render("untiled", wrap + "tiles: {tile: 500}");
    float[] tiled = render("tiled", wrap + "tiles: {tile: 32, halo: exact}");
    assertEquals(0, meanDifference(untiled, tiled), 1e-4);
  }

  @Test
  void roundsAreNearlyUntiledWithAnExactHalo() throws IOException {
    float[] untiled = render("untiled", "tiles: {tile: 500}");
    float[] rounds = render("rounds", "tiles: {tile: 32, halo: exact, overlap: 8, sync: octave}");
    float[] meeting = render("meeting", "tiles: {tile: 32, halo: exact, overlap: 8, sync: 2}");
    // The common curve replaces each iteration's own mean, and nothing else.
    assertEquals(0, meanDifference(untiled, rounds), 3);
    assertEquals(0, meanDifference(untiled, meeting), 3);
    assertTrue(meanDifference(untiled, rounds) > 0);
  }

  @Test
  void channelsAreAnObjectiveOfTheirOwn() throws IOException {
    float[] layer = render("layer", "tiles: {tile: 500}");
    float[] channel = render("channel", "tiles: {tile: 500}\ndream: {layers: ['conv2:3']}");
    float[] all = render("all", "tiles: {tile: 500}\ndream: {layers: ['conv2:0+1+2+3+4+5+6+7']}");
    assertArrayEquals(layer, all);
    assertTrue(meanDifference(layer, channel) > 1);
    String exact = "tiles: {tile: 32, halo: exact, sync: 1}\n";
    float[] tiled = render("tiled", exact + "dream: {layers: ['conv2:3']}");
    assertEquals(0, meanDifference(channel, tiled), 1e-4);
    JsonNode target = report("tiled").path("plan").path("brain").path("targets").get(0);
    assertEquals(3, target.path("channels").get(0).path("index").asInt());
    assertEquals(
        "[\"conv2:3\"]", report("tiled").path("job").path("dream").path("layers").toString());
  }

  /** Left is drawn to one gradient, right to another; the mask's border lies inside tiles. */
  private String regions(String left, String right) throws IOException {
    BufferedImage mask = new BufferedImage(49, 31, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 49 * 31; i++) {
      mask.setRGB(i % 49, i / 49, i % 49 + i / 49 < 38 ? 0xff0000 : 0x0000ff);
    }
    ImageIO.write(mask, "png", folder.resolve("mask.png").toFile());
    return """
    dream:
      objective: guide
      guide-mask: %s
      guide: ["#ff0000=%s", "#0000FF=%s"]
      guide-size: 16
      iterations: 2
    """
        .formatted(folder.resolve("mask.png"), left, right);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mirror", "wrap"})
  void guidesByRegionAreTheSameInTiles(String border) throws IOException {
    String guided = regions("color:#ff8000", "color:#0040ff") + "  border: " + border;
    float[] untiled = render("untiled", guided + "\ntiles: {tile: 500}");
    float[] tiled = render("tiled", guided + "\ntiles: {tile: 32, halo: exact, sync: 1}");
    assertEquals(0, meanDifference(untiled, tiled), 1e-4);
    JsonNode facts = report("tiled").path("plan").path("brain");
    assertEquals(64, facts.path("maskHash").asText().length());
    // Each side is the one that its guide alone makes, away from the other.
    float[] left = render("left", alone("color:#ff8000", border));
    float[] right = render("right", alone("color:#0040ff", border));
    assertTrue(difference(untiled, left, 20, 30) < difference(untiled, right, 20, 30));
    assertTrue(difference(untiled, right, 75, 30) < difference(untiled, left, 75, 30));
  }

  private static String alone(String guide, String border) {
    return "dream: {objective: guide, guide: '%s', guide-size: 16, iterations: 2, border: %s}"
        .formatted(guide, border);
  }

  /** The mean difference in 13 x 13 pixels around a place. */
  private static double difference(float[] a, float[] b, int x, int y) {
    double sum = 0;
    for (int row = y - 6; row <= y + 6; row++) {
      for (int i = 3 * (row * 97 + x - 6); i < 3 * (row * 97 + x + 7); i++) {
        sum += Math.abs(a[i] - b[i]);
      }
    }
    return sum / (3 * 169);
  }

  /** What looks the same guides the same, whichever of the two has a profile. */
  @Test
  void guidesAreComparedInTheColoursOfTheInput() throws IOException {
    IntBinaryOperator flowers = (x, y) -> 0xe03010 + 8 * x + 0x600 * y;
    IntBinaryOperator swapped = (x, y) -> ProfiledPicture.swapped(flowers.applyAsInt(x, y));
    write("plain", 16, StandardProfile.srgb(), flowers);
    write("swapped", 16, ProfiledPicture.swapped(), swapped);
    write("input", 40, ProfiledPicture.swapped(), (x, y) -> 0x204060 + 0x040301 * x);
    String job = "input: {source: '%s'}\n" + alone("%s", "mirror");
    for (String input : List.of("gradient:linear", folder.resolve("input.png").toString())) {
      float[] first = render("first", job.formatted(input, folder.resolve("plain.png")));
      float[] second = render("second", job.formatted(input, folder.resolve("swapped.png")));
      assertEquals(0, meanDifference(first, second), 0.2, input);
    }
    String flat = "input: {source: '%s'}\n".formatted(folder.resolve("input.png"));
    write("orange", 16, StandardProfile.srgb(), (x, y) -> 0xff8000);
    float[] picture = render("picture", flat + alone(folder + "/orange.png", "mirror"));
    float[] formula = render("formula", flat + alone("color:#ff8000", "mirror"));
    assertEquals(0, meanDifference(picture, formula), 0.2);
  }

  private void write(String name, int edge, byte[] profile, IntBinaryOperator colours)
      throws IOException {
    ProfiledPicture.write(folder.resolve(name + ".png"), edge, edge, profile, colours);
  }

  /** As they look, or else by their values, as programs write them that show these. */
  @Test
  void coloursOfAMaskAreFoundWhateverItsProfile() throws IOException {
    IntBinaryOperator halves = (x, y) -> x < 30 ? 0xff8000 : 0x2060c0;
    Map<String, byte[]> masks = new LinkedHashMap<>();
    List<String> hashes = new ArrayList<>();
    masks.put("plain", StandardProfile.srgb());
    masks.put("swapped", ProfiledPicture.swapped());
    masks.put("values", ProfiledPicture.linear());
    for (Map.Entry<String, byte[]> mask : masks.entrySet()) {
      boolean asSeen = mask.getKey().equals("swapped");
      ProfiledPicture.write(
          folder.resolve("mask.png"),
          97,
          61,
          mask.getValue(),
          (x, y) ->
              asSeen ? ProfiledPicture.swapped(halves.applyAsInt(x, y)) : halves.applyAsInt(x, y));
      String guides =
          "dream: {objective: guide, guide-mask: '%s', guide-size: 16, iterations: 1, guide:"
              + " ['#ff8000=gradient:radial', '#2060c0=noise']}";
      render(mask.getKey(), guides.formatted(folder.resolve("mask.png")));
      hashes.add(report(mask.getKey()).at("/plan/brain/maskHash").asText());
    }
    assertEquals(64, hashes.get(0).length());
    assertEquals(List.of(hashes.get(0), hashes.get(0), hashes.get(0)), hashes);
  }

  @Test
  void anotherMaskIsAnotherRender() throws IOException {
    String guided = regions("gradient:radial", "gradient:linear");
    render("first", guided);
    BufferedImage mask = ImageIO.read(folder.resolve("mask.png").toFile());
    mask.setRGB(40, 20, 0xff0000);
    ImageIO.write(mask, "png", folder.resolve("mask.png").toFile());
    Recorder recorder = new Recorder();
    Render.run(job("first", guided), recorder);
    assertFalse(recorder.notes.stream().anyMatch(note -> note.contains("is there already")));
    Recorder again = new Recorder();
    Render.run(job("first", guided), again);
    assertTrue(again.notes.stream().anyMatch(note -> note.contains("is there already")));
  }

  /** As at the foot of a soft edge, or in a JPEG. */
  @Test
  void coloursOfAMaskMayBeSomeLevelsOff() throws IOException {
    String guided = regions("gradient:radial", "gradient:linear");
    render("first", guided);
    BufferedImage mask = ImageIO.read(folder.resolve("mask.png").toFile());
    for (int i = 0; i < 49 * 31; i++) {
      boolean red = (mask.getRGB(i % 49, i / 49) & 0xff0000) != 0;
      mask.setRGB(i % 49, i / 49, red ? 0xf80208 : 0x0108f9);
    }
    ImageIO.write(mask, "png", folder.resolve("mask.png").toFile());
    Recorder recorder = new Recorder();
    Render.run(job("first", guided), recorder);
    assertTrue(recorder.notes.stream().anyMatch(note -> note.contains("is there already")));
    mask.setRGB(40, 20, 0x0119f9);
    for (int x = 0; x < 49; x++) {
      mask.setRGB(x, 30, 0x1900ff);
    }
    ImageIO.write(mask, "png", folder.resolve("mask.png").toFile());
    UserException refused =
        assertThrows(UserException.class, () -> Render.run(job("first", guided), new Recorder()));
    assertTrue(refused.getMessage().contains("#1900ff"), refused.getMessage());
  }

  /** One more channel is another picture: neither a print nor a begun render is carried on. */
  @Test
  void otherChannelsAreAnotherRender() throws IOException {
    render("first", "dream: {layers: ['conv2:3']}");
    Recorder recorder = new Recorder();
    Render.run(job("first", "dream: {layers: ['conv2:3+4']}"), recorder);
    assertFalse(recorder.notes.stream().anyMatch(note -> note.contains("is there already")));
    assertTrue(recorder.plan.contains("conv2:3+4: stride"), recorder.plan);
  }

  @Test
  void theSameJobGivesTheSameBytesAndIsNotRenderedTwice() throws IOException {
    String tiles = "tiles: {tile: 32, halo: 8, overlap: 8}\n";
    render("first", tiles);
    render("second", tiles + "run: {fresh: true}");
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("first.tif")),
        Files.readAllBytes(folder.resolve("second.tif")));
    Recorder recorder = new Recorder();
    Render.run(job("first", tiles), recorder);
    assertTrue(recorder.notes.stream().anyMatch(note -> note.contains("is there already")));
    assertFalse(Files.exists(folder.resolve(".reverie/work/first.tif")));
  }

  /** With noise a hundredth of a grey level is a grey level for a pixel in a hundred. */
  @ParameterizedTest
  @CsvSource({"none, 0", "noise, 0.03"})
  void aStepTooSmallToPrintLeavesThePictureAsItWas(String dither, double mostDiffering)
      throws IOException {
    BufferedImage picture = new BufferedImage(97, 61, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 97 * 61; i++) {
      picture.setRGB(i % 97, i / 97, (i % 97) * 2 << 16 | (i / 97) * 4 << 8 | (i * 7 & 255));
    }
    ImageIO.write(picture, "png", folder.resolve("in.png").toFile());
    float[] print =
        render(
            "same",
            "input: {source: %s}\nprint.dither: %s\ndream: {step: 0.001, octaves: 1}"
                .formatted(folder.resolve("in.png"), dither));
    Raster raster = picture.getRaster();
    float[] expected = raster.getPixels(0, 0, 97, 61, (float[]) null);
    int differing = 0;
    for (int i = 0; i < expected.length; i++) {
      differing += expected[i] == print[i] ? 0 : 1;
      assertEquals(expected[i], print[i], 1);
    }
    double share = (double) differing / expected.length;
    assertTrue(share <= mostDiffering, share + " differ");
    assertEquals(mostDiffering > 0, differing > 0);
  }

  private float[] render(String name, String yaml) throws IOException {
    Recorder recorder = new Recorder();
    assertEquals(RenderOutcome.DONE, Render.run(job(name, yaml), recorder));
    assertTrue(recorder.plan.contains("octaves"), recorder.plan);
    assertEquals(recorder.total, recorder.done, 1e-6 * recorder.total);
    BufferedImage print = ImageIO.read(folder.resolve(name + ".tif").toFile());
    Raster raster = print.getRaster();
    return raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (float[]) null);
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(name + ".tif.json").toFile());
  }

  private RenderJob job(String name, String yaml) {
    String base =
        """
        input: {source: 'gradient:chromatic'}
        print: {out: %s, width: 97px, height: 61px}
        brain: {path: %s, random-weights: 3}
        dream: {layers: [conv2], octaves: 2, iterations: 4, jitter: 5, seed: 9}
        run: {engine: reference, master: in-process}
        """
            .formatted(folder.resolve(name + ".tif"), folder.resolve("tiny.prototxt"));
    return JobReader.read(List.of(JobLayer.ofYaml("base", base), JobLayer.ofYaml("test", yaml)));
  }

  private static double meanDifference(float[] a, float[] b) {
    assertEquals(a.length, b.length);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }
}
