package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;

/** A render that is broken off again and again, and carried on by the same command. */
class ResumeTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiles: {tile: 500}",
        "tiles: {tile: 32, halo: exact, sync: 1}",
        "tiles: {tile: 32, halo: 8, overlap: 8, sync: octave}",
        "tiles: {tile: 32, halo: 8, overlap: 8, sync: 2}",
        "{dream: {border: wrap, resampling: notebook}, tiles: {tile: 32, halo: exact}}",
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
    RenderJob other = job("print", settings + "\ndream: {step: 2.5, seed: 4}");
    UserException refused =
        assertThrows(UserException.class, () -> Render.run(other, new Recorder()));
    assertTrue(
        refused.getMessage().contains("dream.step was 1.5 and is 2.5"), refused.getMessage());
    assertTrue(refused.getMessage().contains("dream.seed"), refused.getMessage());
    RenderJob fresh = job("print", settings + "\ndream: {step: 2.5, seed: 4}\nrun: {fresh: true}");
    assertEquals(RenderOutcome.DONE, Render.run(fresh, new Recorder()));
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
    Files.writeString(brain, RenderTest.DEFINITION);
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

  private static final class BrokenOffException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Breaks the render off after so many steps of progress. */
  private static final class Impatient implements ProgressView {
    private int left;

    Impatient(int left) {
      this.left = left;
    }

    @Override
    public void plan(String text) {}

    @Override
    public void progress(double megapixelsDone, double megapixelsTotal, String what, int retries) {
      if (left-- == 0) {
        throw new BrokenOffException();
      }
    }

    @Override
    public void note(String text) {}

    @Override
    public void done(String print, Duration took, String lastLine) {}
  }
}
