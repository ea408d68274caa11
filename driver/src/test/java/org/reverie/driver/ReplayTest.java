package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
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
