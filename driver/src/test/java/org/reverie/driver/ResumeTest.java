package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.driver.Impatient.BrokenOffException;
import org.reverie.executor.store.Store;

/** A render that is broken off again and again, and carried on by the same command. */
class ResumeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiles: {tile: 500}",
        "tiles: {tile: 32, halo: exact, sync: 1}",
        "tiles: {tile: 32, halo: 8, overlap: 8, sync: octave}",
        "tiles: {tile: 32, halo: 8, overlap: 8, sync: 2}",
        "{dream: {border: wrap, resampling: notebook}, tiles: {tile: 32, halo: exact}}",
        "{print: {width: 300px, height: 200px, crop: '150,100,40,16'}, dream.octaves: 5,"
            + " tiles: {tile: 32, halo: 8, overlap: 8}}",
      })
  void aBrokenRenderEndsInTheSameBytes(String settings) throws IOException {
    Render.run(job("undisturbed", settings), new Recorder());
    RenderJob broken = job("broken", settings);
    Path print = folder.resolve("broken.tif");
    int broke = 0;
    for (int patience = 3; !Files.exists(print); patience += 1 + patience / 3) {
      int limit = patience;
      try {
        Render.run(broken, new Impatient(limit));
      } catch (BrokenOffException e) {
        broke++;
        assertTrue(Files.isDirectory(folder.resolve(".reverie/work/broken.tif")));
      }
    }
    assertTrue(broke >= 3, "broken off " + broke + " times");
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("undisturbed.tif")), Files.readAllBytes(print));
    assertFalse(Files.exists(folder.resolve(".reverie/work")));
  }

  @Test
  void otherSettingsAreRefusedAndFreshStartsOver() throws IOException {
    String settings = "tiles: {tile: 32, halo: 8, overlap: 8}";
    assertThrows(
        BrokenOffException.class, () -> Render.run(job("print", settings), new Impatient(20)));
    for (String run : List.of("", "\nrun: {dry-run: true}")) {
      RenderJob other = job("print", settings + "\ndream: {step: 2.5, seed: 4}" + run);
      UserException refused =
          assertThrows(UserException.class, () -> Render.run(other, new Recorder()));
      assertTrue(
          refused.getMessage().contains("dream.step was 1.5 and is 2.5"), refused.getMessage());
      assertTrue(refused.getMessage().contains("dream.seed"), refused.getMessage());
    }
    RenderJob fresh = job("print", settings + "\ndream: {step: 2.5, seed: 4}\nrun: {fresh: true}");
    assertEquals(RenderOutcome.DONE, Render.run(fresh, new Recorder()));
  }

  /**
   *
   *
   * <pre>
   *   begun as one print  ->  broken off, as another  ->  ended as a third: that print's own bytes
   * </pre>
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dither: none            | depth: 16               | depth: 8, dither: noise",
        "depth: 16               | depth: 8, dither: none  | depth: float",
        "dpi: 150, depth: float  | dpi: 72                 | dpi: 301.5, dither: none",
      })
  void whatIsDreamtIsPrintedAsItIsAskedForLast(String first, String second, String last)
      throws IOException {
    String tiles = "tiles: {tile: 32, halo: 8, overlap: 8}\nprint: {%s}";
    RenderJob undisturbed = job("undisturbed", tiles.formatted(last));
    Render.run(undisturbed, new Recorder());
    for (String begun : List.of(first, second)) {
      RenderJob broken = job("print", tiles.formatted(begun));
      assertThrows(BrokenOffException.class, () -> Render.run(broken, new Impatient(20)));
    }
    RenderJob dry = job("print", tiles.formatted(last) + "\nrun: {dry-run: true}");
    Recorder resumed = new Recorder();
    for (RenderJob job : List.of(dry, job("print", tiles.formatted(last)))) {
      resumed.notes.clear();
      Render.run(job, resumed);
      String notes = resumed.notes.toString();
      assertTrue(notes.contains("carrying on what "), notes);
      assertTrue(notes.contains("holds, and printing it as is asked now: print.d"), notes);
    }
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("undisturbed.tif")),
        Files.readAllBytes(folder.resolve("print.tif")));
  }

  /** Half the pixels an inch are half the pixels of a length on paper. */
  @Test
  void anotherResolutionOfALengthOnPaperIsAnotherDream() throws IOException {
    String print = "print: {width: 0.3in, height: auto, bleed: 1mm, dither: %s, dpi: %d}";
    RenderJob begun = job("print", print.formatted("noise", 300));
    assertThrows(BrokenOffException.class, () -> Render.run(begun, new Impatient(6)));
    assertRefused(
        "holds another render: print.dpi was 300 and is 150.", print.formatted("none", 150));
  }

  /** The format decides how deep samples are that nobody gives a depth. */
  @Test
  void whatWasBegunForADeepFormatEndsInAnotherOne() throws IOException {
    BufferedImage picture = new BufferedImage(24, 16, BufferedImage.TYPE_USHORT_GRAY);
    picture.getRaster().setSample(3, 5, 0, 40_000);
    Path source = folder.resolve("deep.png");
    ImageIO.write(picture, "png", source.toFile());
    String settings =
        "input.source: %s\nrun.work-dir: %s\nprint.out: %s"
            .formatted(source, folder.resolve("work"), folder);
    RenderJob begun = job("print", settings + "/deep.tif");
    assertThrows(BrokenOffException.class, () -> Render.run(begun, new Impatient(6)));
    Render.run(job("print", settings + "/flat.jpg"), new Recorder());
    assertEquals(
        8, ImageIO.read(folder.resolve("flat.jpg").toFile()).getSampleModel().getSampleSize(0));
  }

  @Test
  void aDryRunSaysWhatTheRenderWould() throws IOException {
    String settings = "tiles: {tile: 32, halo: 8, overlap: 8}";
    RenderJob dry = job("print", settings + "\nrun: {dry-run: true}");
    assertEquals(List.of(), planned(dry));
    assertFalse(Files.exists(folder.resolve(".reverie")));
    assertThrows(
        BrokenOffException.class, () -> Render.run(job("print", settings), new Impatient(20)));
    assertTrue(planned(dry).get(0).startsWith("carrying on what "), planned(dry)::toString);
    assertEquals(
        List.of(), planned(job("print", settings + "\nrun: {dry-run: true, fresh: true}")));
    Render.run(job("print", settings), new Recorder());
    assertTrue(planned(dry).get(0).contains("print.tif is there already"), planned(dry)::toString);
    RenderJob other = job("print", settings + "\ndream: {seed: 4}\nrun: {dry-run: true}");
    assertTrue(
        planned(other).get(0).startsWith("replaces the print of "), planned(other)::toString);
  }

  private static List<String> planned(RenderJob job) {
    Recorder recorder = new Recorder();
    assertEquals(RenderOutcome.PLANNED, Render.run(job, recorder));
    return recorder.notes.stream()
        .filter(note -> note.contains("print.tif") || note.startsWith("replaces"))
        .toList();
  }

  /** As an earlier version left it, which did not know the keys border, halo and dpi. */
  @Test
  void aRenderOfAnEarlierVersionIsCarriedOnAndLeftAloneOnceDone() throws IOException {
    String settings = "tiles: {tile: 32, overlap: 8}";
    RenderJob job = job("print", settings);
    assertThrows(BrokenOffException.class, () -> Render.run(job, new Impatient(20)));
    Store store = store("print");
    JsonNode plan = JSON.readTree(store.readPlan().orElseThrow());
    forgetLaterKeys(plan.path("recipe"));
    store.writePlan(JSON.writeValueAsBytes(plan));
    Recorder resumed = new Recorder();
    Render.run(job, resumed);
    assertTrue(resumed.notes.toString().contains("carrying on"), resumed.notes::toString);
    File file = folder.resolve("print.tif.json").toFile();
    JsonNode report = JSON.readTree(file);
    forgetLaterKeys(report.path("job"));
    JSON.writeValue(file, report);
    Recorder again = new Recorder();
    Render.run(job, again);
    assertTrue(again.notes.toString().contains("is there already"), again.notes::toString);
  }

  @Test
  void aPlanOfAnotherVersionIsRefused() throws IOException {
    RenderJob job = job("print", "");
    assertThrows(BrokenOffException.class, () -> Render.run(job, new Impatient(6)));
    Store store = store("print");
    String plan = new String(store.readPlan().orElseThrow(), StandardCharsets.UTF_8);
    for (String other :
        List.of(
            plan.replaceFirst("\\{", "{\"later\":1,"),
            plan.replace("\"version\":1", "\"version\":0"))) {
      store.reset();
      store.writePlan(other.getBytes(StandardCharsets.UTF_8));
      UserException refused =
          assertThrows(UserException.class, () -> Render.run(job, new Recorder()));
      assertEquals("other-render", refused.problems().get(0).code());
      assertTrue(refused.getMessage().contains("version"), refused.getMessage());
    }
  }

  private Store store(String name) throws IOException {
    return new Store(
        FileSystem.getLocal(new Configuration()),
        new org.apache.hadoop.fs.Path(folder.resolve(".reverie/work/" + name + ".tif").toUri()));
  }

  private static void forgetLaterKeys(JsonNode sections) {
    for (String key : List.of("/dream/border", "/tiles/halo", "/print/dpi")) {
      JsonPointer pointer = JsonPointer.compile(key);
      ObjectNode section = (ObjectNode) sections.at(pointer.head());
      assertNotNull(section.remove(pointer.last().getMatchingProperty()), key);
    }
  }

  @Test
  void anotherInputIsRefused() throws IOException {
    assertThrows(BrokenOffException.class, () -> Render.run(job("print", ""), new Impatient(6)));
    RenderJob other = job("print", "input: {source: \"gradient:linear\"}");
    UserException refused =
        assertThrows(UserException.class, () -> Render.run(other, new Recorder()));
    assertTrue(
        refused.getMessage().contains("input was noise and is gradient:linear"),
        refused.getMessage());
  }

  @Test
  void anotherPictureIsCalledSo() throws IOException {
    List<String> sources = new ArrayList<>();
    for (int rgb : new int[] {0x204060, 0x806040}) {
      BufferedImage picture = new BufferedImage(24, 16, BufferedImage.TYPE_INT_RGB);
      picture.setRGB(3, 5, rgb);
      Path source = folder.resolve(rgb + ".png");
      ImageIO.write(picture, "png", source.toFile());
      sources.add("input.source: " + source);
    }
    assertThrows(
        BrokenOffException.class, () -> Render.run(job("print", sources.get(0)), new Impatient(6)));
    assertRefused("holds another render: the input is another picture.", sources.get(1));
    assertRefused("holds another render: input was a picture and is noise.", "");
    assertRefused(
        "holds another render: brain.random-weights was 3 and is 4; the brain tiny is not the same"
            + " any more.",
        sources.get(0) + "\nbrain.random-weights: 4");
    assertRefused(
        "print.crop was not given and is [0, 0, 9, 9]",
        sources.get(0) + "\nprint.crop: [0, 0, 9, 9]");
  }

  private void assertRefused(String expected, String settings) throws IOException {
    RenderJob other = job("print", settings);
    UserException refused =
        assertThrows(UserException.class, () -> Render.run(other, new Recorder()));
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "print, '', '', print-in-use",
    "print, '', work, print-in-use",
    "print, work, '', print-in-use",
    "print, work, other, print-in-use",
    "another, work, work, work-dir-in-use",
  })
  void aSecondRunInTheSamePlaceIsRefusedAndHarmsNothing(
      String second, String firstWork, String secondWork, String code) throws IOException {
    Render.run(job("undisturbed", ""), new Recorder());
    RenderJob job = job("print", workDirectory(firstWork));
    RenderJob other = job(second, workDirectory(secondWork));
    AtomicReference<UserException> refused = new AtomicReference<>();
    Render.run(
        job,
        new Recorder() {
          @Override
          public void progress(double done, double total, String what, int retries) {
            if (refused.get() == null) {
              refused.set(
                  assertThrows(UserException.class, () -> Render.run(other, new Recorder())));
            }
          }
        });
    assertEquals(code, refused.get().problems().get(0).code());
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("undisturbed.tif")),
        Files.readAllBytes(folder.resolve("print.tif")));
    assertFalse(Files.exists(folder.resolve(".reverie")));
    assertFalse(Files.exists(folder.resolve("other")));
  }

  private String workDirectory(String name) {
    return name.isEmpty() ? "" : "run: {work-dir: " + folder.resolve(name) + "}";
  }

  /** The header is whole, so that only the first rows tell that the picture is not. */
  @ParameterizedTest
  @ValueSource(strings = {"", "run: {work-dir: %s/works/one}"})
  void anInputThatBreaksOffLeavesNothing(String work) throws IOException {
    BufferedImage image = new BufferedImage(200, 150, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(5);
    for (int i = 0; i < 200 * 150; i++) {
      image.setRGB(i % 200, i / 200, random.nextInt());
    }
    Path whole = folder.resolve("whole.png");
    ImageIO.write(image, "png", whole.toFile());
    byte[] bytes = Files.readAllBytes(whole);
    Path half = Files.write(folder.resolve("half.png"), Arrays.copyOf(bytes, bytes.length / 2));
    Path out = folder.resolve("deep/er/x.tif");
    RenderJob job =
        job(
            "x",
            "input.source: %s\nprint.out: %s\n%s".formatted(half, out, work.formatted(folder)));
    UserException refused =
        assertThrows(UserException.class, () -> Render.run(job, new Recorder()));
    assertEquals("picture-truncated", refused.problems().get(0).code(), refused::getMessage);
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(
          List.of("half.png", "tiny.prototxt", "whole.png"),
          left.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void otherChannelsAreRefused() throws IOException {
    String tiles = "tiles: {tile: 32, halo: 8, overlap: 8}\n";
    RenderJob begun = job("print", tiles + "dream: {layers: ['conv2:1']}");
    assertThrows(BrokenOffException.class, () -> Render.run(begun, new Impatient(20)));
    RenderJob other = job("print", tiles + "dream: {layers: ['conv2:1+2*0.5']}");
    UserException refused =
        assertThrows(UserException.class, () -> Render.run(other, new Recorder()));
    assertTrue(
        refused.getMessage().contains("dream.layers was [conv2:1] and is [conv2:1+2*0.5]"),
        refused.getMessage());
  }

  private RenderJob job(String name, String settings) throws IOException {
    Path brain = folder.resolve("tiny.prototxt");
    Files.writeString(brain, TinyRenders.DEFINITION);
    String base =
        """
        input: {source: noise}
        print: {out: %s, width: 90px, height: 70px}
        brain: {path: %s, random-weights: 3}
        dream: {layers: [conv2], octaves: 2, iterations: 4, jitter: 5, seed: 9}
        run: {engine: reference, master: in-process}
        """
            .formatted(folder.resolve(name + ".tif"), brain);
    return JobReader.read(
        List.of(JobLayer.ofYaml("base", base), JobLayer.ofYaml("test", settings)));
  }
}
