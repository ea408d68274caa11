package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
    String other = sources.get(1);
    RenderJob job =
        renders.job("first", TILES.formatted("octave"), "input.source: " + sources.get(0));
    renders.render(job);
    String print = renders.print("first").toString();
    Path jobFile = Files.writeString(folder.resolve("job.yaml"), "dream: {seed: 1}\n");
    for (String file : List.of(print, print + ".json")) {
      assertEquals(Optional.empty(), Prints.otherInput(file, job));
      for (String source : List.of(other, "noise")) {
        String note = Prints.otherInput(file, with(job, source)).orElseThrow();
        assertTrue(note.contains(source), note);
      }
      assertEquals(Optional.empty(), Prints.otherInput(file, with(job, "missing.png")));
    }
    assertEquals(Optional.empty(), Prints.otherInput(jobFile.toString(), with(job, "noise")));
  }

  private static RenderJob with(RenderJob job, String source) {
    return JobReader.read(
        List.of(
            JobLayer.ofYaml("job", Recipe.jobFile(job)),
            JobLayer.ofYaml("flags", "input.source: " + source)));
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
