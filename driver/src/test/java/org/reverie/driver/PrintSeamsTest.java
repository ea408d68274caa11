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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.UserException;
import org.reverie.executor.work.PlanCodec;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.lattice.Seam;

class PrintSeamsTest {
  private static final String TILES = "tiles: {tile: 32, halo: exact, overlap: 8, sync: octave}";

  @TempDir Path folder;

  @Test
  void thePrintAndItsReportGiveTheSameFigures() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("a", TILES);
    String ofPrint = PrintSeams.measure(renders.print("a").toString());
    String ofReport = PrintSeams.measure(renders.print("a") + ".json");
    assertEquals(ofPrint, ofReport);
    assertTrue(ofPrint.contains("worst seam"), ofPrint);
    String step =
        ofPrint.lines().filter(line -> line.startsWith("step ")).findFirst().orElseThrow();
    double z = renders.report("a").at("/seams/figures/0/z").asDouble();
    assertTrue(step.endsWith(String.format(Locale.ROOT, "%.1f", z)), step);
  }

  @Test
  void theRecipeInThePrintIsEnough() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("a", TILES);
    Files.delete(folder.resolve("a.tif.json"));
    Files.delete(folder.resolve("a.tif.seams.png"));
    assertTrue(PrintSeams.measure(renders.print("a").toString()).contains("coincidences"));
    assertTrue(Files.exists(folder.resolve("a.tif.seams.png")));
  }

  /** ImageIO would keep what it writes among the temporary files, whose disk may be full. */
  @Test
  void aHeatMapNeedsNoTemporaryFile() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    Path gone = Files.createDirectory(folder.resolve("gone"));
    ImageIO.setCacheDirectory(gone.toFile());
    Files.delete(gone);
    try {
      renders.render("a", TILES);
    } finally {
      ImageIO.setCacheDirectory(null);
    }
    assertTrue(Files.exists(folder.resolve("a.tif.seams.png")));
  }

  @Test
  void theHeatMapShowsTheLastLattice() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("a", TILES);
    assertEquals("a.tif.seams.png", renders.report("a").path("seam-picture").asText());
    BufferedImage map = ImageIO.read(folder.resolve("a.tif.seams.png").toFile());
    assertEquals(97, map.getWidth());
    assertEquals(61, map.getHeight());
    Lattice lattice =
        PlanCodec.decode(renders.report("a").path("plan").toString().getBytes("UTF-8"))
            .last()
            .rounds()
            .get(0)
            .lattice();
    for (int y = 0; y < 61; y++) {
      for (int x = 0; x < 97; x++) {
        assertEquals(near(lattice, x, y), (map.getRGB(x, y) & 0xFFFFFF) != 0, x + ", " + y);
      }
    }
  }

  private static boolean near(Lattice lattice, int x, int y) {
    for (Seam seam : lattice.seams()) {
      long across = seam.across() == Axis.X ? x : y;
      long along = seam.across() == Axis.X ? y : x;
      if (Math.abs(across - seam.position()) <= 1
          && along >= seam.from() - 1
          && along <= seam.to()) {
        return true;
      }
    }
    return false;
  }

  @Test
  void theRendersOwnHeatMapIsKept() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("a", TILES);
    Path map = folder.resolve("a.tif.seams.png");
    byte[] before = Files.readAllBytes(map);
    PrintSeams.measure(renders.print("a").toString());
    assertArrayEquals(before, Files.readAllBytes(map));
  }

  /** As a render leaves it that is killed while it writes. */
  @ParameterizedTest
  @ValueSource(ints = {0, 5, 20, 39, 300, 1000})
  void halfAHeatMapIsDrawnAgain(int length) throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("a", TILES);
    Path map = folder.resolve("a.tif.seams.png");
    Files.write(map, Arrays.copyOf(Files.readAllBytes(map), length));
    String text = PrintSeams.measure(renders.print("a").toString());
    assertTrue(text.contains("heat map    " + map + "\n"), text);
    assertEquals(97, ImageIO.read(map.toFile()).getWidth());
  }

  @Test
  void aFileOfSomebodyElseIsKeptAndTold() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("a", TILES);
    Path map = folder.resolve("a.tif.seams.png");
    BufferedImage other = new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(other, "png", map.toFile());
    final byte[] before = Files.readAllBytes(map);
    String text = PrintSeams.measure(renders.print("a").toString());
    assertTrue(text.contains("heat map    not drawn: " + map + " is none made"), text);
    assertArrayEquals(before, Files.readAllBytes(map));
  }

  @Test
  void aReportWithoutItsPrintSaysWhatIsMissing() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("a", TILES);
    Path alone = Files.createDirectory(folder.resolve("alone")).resolve("a.tif.json");
    Files.copy(folder.resolve("a.tif.json"), alone);
    UserException missing =
        assertThrows(UserException.class, () -> PrintSeams.measure(alone.toString()));
    assertTrue(missing.getMessage().contains("a.tif, is not beside it"), missing.getMessage());
  }

  @Test
  void oneTileHasNoSeamAndNoHeatMap() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("whole", "tiles: {tile: 500}");
    assertTrue(PrintSeams.measure(renders.print("whole").toString()).endsWith("one tile, no seam"));
    assertFalse(Files.exists(folder.resolve("whole.tif.seams.png")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none.tif", "none.tif.json", "tiny.prototxt", "x.json", "plain.png"})
  void whatIsNoPrintIsAMistakeThatSaysSo(String name) throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    Files.writeString(folder.resolve("x.json"), "{\"a\": 1}");
    ImageIO.write(
        new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("plain.png").toFile());
    UserException thrown =
        assertThrows(
            UserException.class,
            () -> PrintSeams.measure(renders.folder().resolve(name).toString()));
    assertEquals(1, thrown.problems().size());
  }

  @Test
  void aSmallerCopyIsNotThePrint() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("a", TILES);
    ImageIO.write(
        new BufferedImage(48, 30, BufferedImage.TYPE_INT_RGB), "png", renders.print("a").toFile());
    UserException thrown =
        assertThrows(UserException.class, () -> PrintSeams.measure(renders.print("a").toString()));
    assertEquals(List.of("not-this-print"), thrown.problems().stream().map(p -> p.code()).toList());
  }
}
