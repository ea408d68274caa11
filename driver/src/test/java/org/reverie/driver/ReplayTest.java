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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.Recipe;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.BuiltInBrain;

/** What is written beside a print, and in it, makes the same print again, byte for byte. */
class ReplayTest {
  private static final String TILES = "tiles: {tile: 32, overlap: 8, sync: %s}";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"octave", "2", "1"})
  void aReportMakesThePrintAgain(String sync) throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("first", TILES.formatted(sync));
    JobLayer report = JobLayer.ofFile(folder.resolve("first.tif.json"));
    JobLayer elsewhere = JobLayer.ofYaml("flags", "print.out: " + renders.print("again"));
    renders.render(JobReader.read(List.of(report, elsewhere)));
    assertSameBytes(renders, "first", "again");
  }

  @Test
  void thePrintItselfMakesThePrintAgain() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("first", TILES.formatted("octave"));
    String recipe = Prints.recipe(renders.print("first").toString()).orElseThrow();
    assertFalse(recipe.contains(folder.toString()), "a print tells no paths");
    String places =
        "print.out: %s\nbrain.path: %s\nrun.master: in-process\n"
            .formatted(renders.print("again"), folder.resolve("tiny.prototxt"));
    RenderJob job =
        JobReader.read(
            List.of(JobLayer.ofYaml("first.tif", recipe), JobLayer.ofYaml("flags", places)));
    renders.render(job);
    assertSameBytes(renders, "first", "again");
  }

  @Test
  void aJobOfAPrintSaysIfItsInputIsAnother() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    List<String> sources = new ArrayList<>();
    for (int rgb : new int[] {0x204060, 0x806040}) {
      BufferedImage picture = new BufferedImage(24, 16, BufferedImage.TYPE_INT_RGB);
      picture.setRGB(3, 5, rgb);
      Path source = folder.resolve(rgb + ".png");
      ImageIO.write(picture, "png", source.toFile());
      sources.add(source.toString());
    }
    RenderJob job =
        renders.job("first", TILES.formatted("octave"), "input.source: " + sources.get(0));
    renders.render(job);
    String print = renders.print("first").toString();
    for (String file : List.of(print, print + ".json")) {
      assertEquals(List.of(), notes(file, job));
      for (String source : List.of(sources.get(1), "noise")) {
        List<String> notes = notes(file, with(job, "input.source: " + source));
        assertEquals(1, notes.size(), notes::toString);
        assertTrue(notes.get(0).contains("another"), notes::toString);
        assertTrue(notes.get(0).contains(source), notes::toString);
      }
    }
    Path jobFile = Files.writeString(folder.resolve("job.yaml"), "dream: {seed: 1}\n");
    assertEquals(Optional.empty(), Origin.of(jobFile.toString()));
    assertEquals(Optional.empty(), Origin.of("missing.tif"));
  }

  @Test
  void aJobOfAPrintSaysIfItsBrainIsAnother() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    RenderJob job = renders.job("first", TILES.formatted("octave"));
    renders.render(job);
    String hash = renders.report("first").at("/plan/brain/hash").asText().substring(0, 12);
    String print = renders.print("first").toString();
    assertEquals(List.of(), notes(print, job));
    // A mean that is asked for makes no other brain.
    assertEquals(List.of(), notes(print, with(job, "brain.mean: [1, 2, 3]")));
    List<String> notes = notes(print, with(job, "brain.random-weights: 4"));
    assertEquals(1, notes.size(), notes::toString);
    assertTrue(notes.get(0).contains("another brain"), notes::toString);
    assertTrue(notes.get(0).contains("tiny, whose hash begins with " + hash), notes::toString);
  }

  @Test
  void aJobOfAPrintNeedsItsBrain() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("first", TILES.formatted("octave"));
    String print = renders.print("first").toString();
    String hash = renders.report("first").at("/plan/brain/hash").asText().substring(0, 12);
    String recipe = Prints.recipe(print).orElseThrow().replace("\"random-weights\":3,", "");
    RenderJob nameless =
        JobReader.read(
            List.of(
                JobLayer.ofYaml("recipe", recipe.replace("\"random-weights\":3", "")),
                JobLayer.ofYaml(
                    "flags",
                    "{input.source: noise, run.master: in-process, print.out: %s}"
                        .formatted(renders.print("again")))));
    UserException refused = assertThrows(UserException.class, () -> notes(print, nameless));
    assertEquals("--brain", refused.problems().get(0).where());
    assertTrue(
        refused.getMessage().contains("tiny, whose hash begins with " + hash),
        refused.getMessage());
  }

  @Test
  void theBuiltInBrainNeedsNoName() throws IOException {
    RenderJob job = new TinyRenders(folder).job("print");
    Brain brain = BuiltInBrain.read().brain();
    RenderJob.Brain unnamed = new RenderJob.Brain(null, null, List.of(1.0, 2.0, 3.0));
    RenderJob builtIn =
        new RenderJob(job.input(), job.print(), unnamed, job.dream(), job.tiles(), job.run());
    Path report = folder.resolve("print.tif.json");
    Files.writeString(
        report,
        "{\"plan\": {\"inputHash\": \"\", \"brain\": {\"hash\": \"%s\", \"mean\": %s}}}"
            .formatted(brain.hash(), Arrays.toString(brain.mean())));
    Origin origin = Origin.of(report.toString()).orElseThrow();
    origin.requireBrain(builtIn, brain);
    origin.requireBrain(builtIn, LoadedBrain.of(brain).withMean(new float[] {1, 2, 3}).brain());
  }

  @Test
  void aJobOfAPrintSaysIfItsGuidesAreOthers() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    List<String> masks = new ArrayList<>();
    for (int split : new int[] {10, 50}) {
      BufferedImage mask = new BufferedImage(97, 61, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < 61; y++) {
        for (int x = 0; x < 97; x++) {
          mask.setRGB(x, y, x < split ? 0xff0000 : 0x0000ff);
        }
      }
      Path file = folder.resolve("mask" + split + ".png");
      ImageIO.write(mask, "png", file.toFile());
      masks.add(file.toString());
    }
    String guides = "dream.guide: ['#ff0000=%s', '#0000ff=noise']";
    RenderJob job =
        renders.job(
            "first",
            TILES.formatted("octave"),
            "dream: {objective: guide, guide-size: 32, guide-mask: %s}".formatted(masks.get(0)),
            guides.formatted("gradient:linear"));
    renders.render(job);
    String print = renders.print("first").toString();
    assertEquals(List.of(), notes(print, job));
    assertEquals(
        List.of(print + " was drawn to other guides than this job's, or in another order"),
        notes(print, with(job, guides.formatted("gradient:radial"))));
    assertEquals(
        List.of(print + " was made with another guide mask, or with its guides in another order"),
        notes(print, with(job, "dream.guide-mask: " + masks.get(1))));
    String unmasked =
        Recipe.jobFile(with(job, "dream.seed: 1")).replaceAll("  guide-mask: .*\n", "");
    assertTrue(
        notes(
                print,
                JobReader.read(
                    List.of(
                        JobLayer.ofYaml("job", unmasked),
                        JobLayer.ofYaml("flags", "dream.guide: noise"))))
            .contains(print + " was made with a guide mask, and this job names none"));
    // Seen at another size the same guide is another, which the job asked for.
    assertEquals(List.of(), notes(print, with(job, "dream.guide-size: 40")));
  }

  /** What a render of a job that a print gave says of what is another, without rendering. */
  private static List<String> notes(String file, RenderJob job) {
    Recorder recorder = new Recorder();
    RenderJob planned = with(job, "run.dry-run: true");
    assertEquals(RenderOutcome.PLANNED, Render.run(planned, Origin.of(file), recorder));
    return recorder.notes.stream()
        .filter(note -> note.startsWith(file) && !note.contains("is there already"))
        .toList();
  }

  private static RenderJob with(RenderJob job, String change) {
    return JobReader.read(
        List.of(JobLayer.ofYaml("job", Recipe.jobFile(job)), JobLayer.ofYaml("flags", change)));
  }

  @Test
  void anotherSeedIsAnotherPrint() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("first", TILES.formatted("octave"));
    renders.render("other", TILES.formatted("octave"), "dream.seed: 10");
    assertFalse(
        Arrays.equals(
            Files.readAllBytes(renders.print("first")),
            Files.readAllBytes(renders.print("other"))));
  }

  private static void assertSameBytes(TinyRenders renders, String one, String other)
      throws IOException {
    assertArrayEquals(
        Files.readAllBytes(renders.print(one)), Files.readAllBytes(renders.print(other)));
  }
}
