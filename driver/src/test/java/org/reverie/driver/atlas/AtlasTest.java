package org.reverie.driver.atlas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobKey;
import org.reverie.conf.UserException;
import org.reverie.driver.Prints;
import org.reverie.driver.ProfiledPicture;
import org.reverie.executor.print.StandardProfile;

/** Small atlases of a brain with one block, by the engine that is obviously right. */
class AtlasTest {
  private static final String DEFINITION =
      """
      name: "tiny"
      input: "data"
      input_dim: 1 input_dim: 3 input_dim: 32 input_dim: 32
      layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
        convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
      layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
      layer { name: "left" type: "Convolution" bottom: "conv" top: "left"
        convolution_param { num_output: 3 kernel_size: 1 } }
      layer { name: "right" type: "Convolution" bottom: "conv" top: "right"
        convolution_param { num_output: 2 kernel_size: 3 pad: 1 stride: 1 } }
      layer { name: "join" type: "Concat" bottom: "left" bottom: "right" top: "join" }
      layer { name: "high" type: "Convolution" bottom: "join" top: "high"
        convolution_param { num_output: 4 kernel_size: 20 stride: 1 } }
      """;

  @TempDir Path folder;
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void writeBrain() throws IOException {
    Files.writeString(folder.resolve("tiny.prototxt"), DEFINITION);
    BufferedImage picture = new BufferedImage(40, 20, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 800; i++) {
      picture.setRGB(i % 40, i / 40, i * 7919 & 0xffffff);
    }
    ImageIO.write(picture, "png", folder.resolve("my picture.png").toFile());
  }

  private final AtlasView view =
      new AtlasView() {
        @Override
        public void note(String text) {
          told.add(text);
        }

        @Override
        public void progress(String text) {
          told.add(text);
        }
      };

  private AtlasRequest request(
      String out, List<String> layers, String channels, List<String> starts, Integer... octaves) {
    Map<JobKey<?>, List<String>> settings = new LinkedHashMap<>();
    settings.put(JobKey.BRAIN, List.of(folder.resolve("tiny.prototxt").toString()));
    settings.put(JobKey.RANDOM_WEIGHTS, List.of("3"));
    settings.put(JobKey.ITERATIONS, List.of("2"));
    settings.put(JobKey.ENGINE, List.of("reference"));
    return new AtlasRequest(
        layers, channels, starts, List.of(octaves), 24, settings, folder.resolve(out).toString());
  }

  @Test
  void aSheetAndAPageShowEveryCell() throws IOException {
    String picture = folder.resolve("my picture.png").toString();
    List<String> starts = List.of("noise", "gradient:radial:#ffe9c0,#102040", picture);
    Atlas.draw(request("a.png", List.of("conv", "join"), null, starts, 1, 2), view);
    assertEquals(12, cells("a.cells").size(), cells("a.cells")::toString);
    BufferedImage sheet = ImageIO.read(folder.resolve("a.png").toFile());
    for (Path cell : cells("a.cells")) {
      assertTrue(shows(sheet, ImageIO.read(cell.toFile())), cell + " is not on the sheet");
    }
    String page = Files.readString(folder.resolve("a.html"));
    assertEquals(12, page.split("data:image/jpeg;base64,", -1).length - 1);
    assertTrue(page.contains("join from my picture.png, 2 octaves"));
    assertFalse(page.contains("://"), "the page asks for nothing");
    assertFalse(page.contains(folder.toString()), "the page tells no path");
    JsonNode recipe =
        new ObjectMapper()
            .readTree(Prints.recipe(folder.resolve("a.png").toString()).orElseThrow());
    assertEquals("[\"conv\",\"join\"]", recipe.path("atlas").path("layers").toString());
    assertEquals(2, recipe.path("settings").path("dream").path("iterations").asInt());
    assertFalse(recipe.toString().contains(folder.toString()), recipe::toString);
    String ofCell = Prints.recipe(cells("a.cells").get(0).toString()).orElseThrow();
    assertTrue(ofCell.contains("\"layers\":[\"conv\"]"), ofCell);
  }

  /** Of names in other letters only underscores were left, the same for all of a length. */
  @Test
  void filesOfAnyLayersAreCalledApart() {
    assertEquals("inception_3a_output", Atlas.slug("inception_3a/output"));
    List<String> layers =
        List.of("слой/1", "слой/2", "层一", "层二", "a".repeat(300), "a".repeat(301), "é", "e");
    List<String> slugs = layers.stream().map(Atlas::slug).toList();
    assertEquals(layers.size(), slugs.stream().distinct().count(), slugs::toString);
    assertTrue(slugs.get(0).startsWith("sloy_1-"), slugs::toString);
    assertTrue(
        slugs.stream().allMatch(slug -> slug.matches("[A-Za-z0-9_.-]{1,130}")), slugs::toString);
  }

  @Test
  void channelsThatStandForClassesAreCalledByThem() throws IOException {
    Path brain = Files.createDirectory(folder.resolve("brain"));
    Files.copy(folder.resolve("tiny.prototxt"), brain.resolve("deploy.prototxt"));
    Files.writeString(brain.resolve("brain.yaml"), "classes: [agate, arch, 'лист & <fern>', '']");
    AtlasRequest plain = request("a.png", List.of("high"), "1-3", List.of("noise"), 1);
    Map<JobKey<?>, List<String>> settings = new LinkedHashMap<>(plain.settings());
    settings.put(JobKey.BRAIN, List.of(brain.toString()));
    Atlas.draw(
        new AtlasRequest(
            plain.layers(), "1-3", plain.starts(), plain.octaves(), 24, settings, plain.out()),
        view);
    String page = Files.readString(folder.resolve("a.html"));
    for (String label : List.of("1 arch", "2 лист &amp; &lt;fern>", "3")) {
      assertTrue(page.contains("<small>" + label + "</small>"), label);
    }
    assertTrue(cells("a.cells").get(0).toString().contains("high-0001-start0"));
  }

  @Test
  void theSameAtlasHasTheSameBytesAndNoCellIsRenderedTwice() throws IOException {
    AtlasRequest request = request("a.png", List.of(), null, List.of("noise"), 1, 2);
    Atlas.draw(request, view);
    final byte[] sheet = Files.readAllBytes(folder.resolve("a.png"));
    final byte[] page = Files.readAllBytes(folder.resolve("a.html"));
    // What blocks there are: the concat alone.
    assertEquals(2, cells("a.cells").size(), cells("a.cells")::toString);
    FileTime old = FileTime.fromMillis(1_000_000);
    Path kept = cells("a.cells").get(0);
    Files.setLastModifiedTime(kept, old);
    Files.delete(cells("a.cells").get(1));
    Files.delete(folder.resolve("a.png"));
    Atlas.draw(request, view);
    assertEquals(old, Files.getLastModifiedTime(kept));
    assertArrayEquals(sheet, Files.readAllBytes(folder.resolve("a.png")));
    assertArrayEquals(page, Files.readAllBytes(folder.resolve("a.html")));
    Atlas.draw(request("b.png", List.of(), null, List.of("noise"), 1, 2), view);
    assertArrayEquals(sheet, Files.readAllBytes(folder.resolve("b.png")));
  }

  @Test
  void channelsAreDreamtOneByOne() throws IOException {
    Atlas.draw(request("c.png", List.of("join"), "0,3-4", List.of("noise"), 1), view);
    List<Path> cells = cells("c.cells");
    assertEquals(3, cells.size(), cells::toString);
    assertTrue(cells.get(2).getFileName().toString().contains("0004"), cells::toString);
    assertFalse(
        java.util.Arrays.equals(
            Files.readAllBytes(cells.get(0)), Files.readAllBytes(cells.get(1))));
    assertTrue(told.stream().anyMatch(line -> line.contains("join:3 from noise")), told::toString);
    Atlas.draw(request("d.png", List.of("join"), "all", List.of("noise"), 1), view);
    assertEquals(5, cells("d.cells").size());
  }

  /** A sheet is one picture: prints with other profiles look on it as they do alone. */
  @Test
  void cellsOfOtherProfilesLookTheSame() throws IOException {
    IntBinaryOperator drawing = (x, y) -> 0xe02040 - 0x040000 * x + 0x0800 * y;
    Path plain = folder.resolve("plain.png");
    Path swapped = folder.resolve("swapped.png");
    ProfiledPicture.write(plain, 24, 24, StandardProfile.srgb(), drawing);
    ProfiledPicture.write(
        swapped,
        24,
        24,
        ProfiledPicture.swapped(),
        (x, y) -> ProfiledPicture.swapped(drawing.applyAsInt(x, y)));
    List<Diagram.Cell> cells =
        Stream.of(plain, swapped)
            .map(file -> new org.apache.hadoop.fs.Path(file.toUri()))
            .map(file -> new Diagram.Cell("", "", file, ""))
            .toList();
    Diagram.Section section =
        new Diagram.Section("", List.of(), List.of(new Diagram.Row("", cells)));
    BufferedImage sheet = sheet(section, 24);
    int first = 24;
    int second = first + 24 + 8;
    int top = sheet.getHeight() - 24 - 8 - 24;
    assertTrue(isAt(sheet, ImageIO.read(plain.toFile()), first, top));
    for (int y = top; y < top + 24; y++) {
      for (int x = 0; x < 24; x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          int expected = sheet.getRGB(first + x, y) >> shift & 255;
          assertEquals(expected, sheet.getRGB(second + x, y) >> shift & 255, 1);
        }
      }
    }
  }

  /** 24 px at the fifth octave are 6 px at the first, below a kernel of 20. */
  @Test
  void aLayerThatSeesMoreThanThereIsLeavesItsCellEmpty() throws IOException {
    List<String> layers = List.of("join", "high");
    Atlas.draw(request("e.png", layers, null, List.of("noise"), 1, 5), view);
    assertEquals(3, cells("e.cells").size());
    String page = Files.readString(folder.resolve("e.html"));
    assertEquals(3, page.split("data:image/jpeg;base64,", -1).length - 1);
    assertTrue(page.contains("too small for this layer"));
  }

  /**
   * As large as they fit; over narrow cells from bottom to top; what is longer loses its middle.
   */
  @ParameterizedTest
  @CsvSource({
    "192, 2, false, harbour.jpg, harbour.jpg",
    "96, 1, false, harbour.jpg, harbour.jpg",
    "96, 1, false, harbour-at-night-in-winter.jpg, harbour..ter.jpg",
    "94, 2, true, harbour-at-night-in-winter.jpg, 'harbour-at-night-in-winter.jpg, 3 octaves'",
    "48, 2, true, harbour.jpg, 'harbour.jpg, 3 octaves'",
    "16, 2, true, harbour.jpg, 'harbour.jpg, 3 octaves'",
  })
  void headsCanBeReadOverCellsOfAnySize(
      int cellPixels, int scale, boolean upwards, String head, String drawn) throws IOException {
    List<List<String>> heads = List.of(List.of("noise", "1 octave"), List.of(head, "3 octaves"));
    Diagram.Cell cell = new Diagram.Cell("2047", "", null, "too small for this layer");
    BufferedImage sheet =
        sheet(
            new Diagram.Section("", heads, List.of(new Diagram.Row("", List.of(cell, cell)))),
            cellPixels);
    assertTrue(shows(sheet, lettering(drawn, scale, upwards, 0xfff6f3ee)), head);
    // What a cell lacks stands in it, or above all where it does not fit.
    boolean inside = cellPixels >= 192;
    assertTrue(
        shows(
            sheet,
            lettering(
                (inside ? "" : "- ") + "too small for this layer",
                inside ? 1 : 2,
                false,
                inside ? 0xffe1dbd0 : 0xfff6f3ee)));
    BufferedImage caption = lettering("2047", 1, false, 0xfff6f3ee);
    int distance = Math.max(cellPixels, caption.getWidth()) + 8;
    int below = sheet.getHeight() - 24 - 8 - 7;
    assertTrue(isAt(sheet, caption, 24, below));
    assertTrue(isAt(sheet, caption, 24 + distance, below));
  }

  /** What is laid out is what is drawn: a name of other letters may be longer in these. */
  @Test
  void namesOfOtherAlphabetsAreWrittenInLettersThatAreDrawn() throws IOException {
    BufferedImage own = sheet(named("Щека", "Éventail", "ß"), 96);
    BufferedImage latin = sheet(named("Shcheka", "Eventail", "ss"), 96);
    assertEquals(latin.getWidth(), own.getWidth());
    assertEquals(latin.getHeight(), own.getHeight());
    for (int y = 0; y < latin.getHeight(); y++) {
      for (int x = 0; x < latin.getWidth(); x++) {
        assertEquals(latin.getRGB(x, y), own.getRGB(x, y), x + ", " + y);
      }
    }
  }

  private static Diagram.Section named(String title, String head, String label) {
    Diagram.Cell cell = new Diagram.Cell(label, "", null, label);
    return new Diagram.Section(
        title, List.of(List.of(head)), List.of(new Diagram.Row(label, List.of(cell))));
  }

  private BufferedImage sheet(Diagram.Section section, int cellPixels) throws IOException {
    Path out = folder.resolve("sheet.png");
    Sheet.write(
        new Diagram("t", List.of(), List.of(section), cellPixels),
        new org.apache.hadoop.fs.Path(out.toUri()),
        "{}",
        new Configuration());
    return ImageIO.read(out.toFile());
  }

  private static BufferedImage lettering(String text, int scale, boolean upwards, int paper) {
    int along = Lettering.width(text, scale);
    int across = Lettering.height(scale);
    BufferedImage image =
        new BufferedImage(
            upwards ? across : along, upwards ? along : across, BufferedImage.TYPE_INT_ARGB);
    for (int x = 0; x < along; x++) {
      for (int y = 0; y < across; y++) {
        int colour = Lettering.ink(text, scale, x, y) ? 0xff23201c : paper;
        image.setRGB(upwards ? y : x, upwards ? along - 1 - x : y, colour);
      }
    }
    return image;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.png | nowhere |       | noise          | 1 | unknown-layer",
        "a.png | join    | 5     | noise          | 1 | unknown-channel",
        "a.png | join    | 2-1   | noise          | 1 | bad-channels",
        "a.png | join    | some  | noise          | 1 | bad-channels",
        "a.png |         | all   | noise          | 1 | bad-channels",
        "a.jpg | join    |       | noise          | 1 | unknown-format",
        "a.png | join    |       | gradient:none  | 1 | unknown-formula",
        "a.png | join    |       | missing.png    | 1 | input-missing",
        "a.png | join:9  |       | noise          | 1 | unknown-channel",
      })
  void mistakesAreToldBeforeAnythingIsRendered(
      String out, String layer, String channels, String start, int octaves, String code)
      throws IOException {
    AtlasRequest request =
        request(out, layer == null ? List.of() : List.of(layer), channels, List.of(start), octaves);
    UserException thrown = assertThrows(UserException.class, () -> Atlas.draw(request, view));
    assertEquals(code, thrown.problems().get(0).code(), thrown.getMessage());
    assertEquals(List.of(), cells("a.cells"));
  }

  @Test
  void allUnknownLayersAreTold() {
    AtlasRequest request = request("a.png", List.of("nowhere", "join", "gone"), null, List.of(), 1);
    UserException thrown = assertThrows(UserException.class, () -> Atlas.draw(request, view));
    assertEquals(2, thrown.problems().size(), thrown::getMessage);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.png",
        "a.html",
        "a.cells/000-join-start0-octaves1.png",
        "a.cells/000-join-start0-octaves1.png.json",
        "a.cells/000-join-start0-octaves1.png.progress.jsonl",
        "a.cells/000-join-start0-octaves1.png.seams.png"
      })
  void whatReverieDidNotMakeIsKept(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.copy(folder.resolve("my picture.png"), file);
    AtlasRequest request = request("a.png", List.of("join"), null, List.of("noise"), 1);
    assertRefused("output-not-ours", request);
    assertRefused(
        "output-is-input",
        request("a.png", List.of("join"), null, List.of("noise", file.toString()), 1));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("my picture.png")), Files.readAllBytes(file));
    assertEquals(List.of(), told, "nothing was dreamt");
  }

  /** An empty page is what a run of an earlier version left that was killed as it wrote it. */
  @Test
  void withAnEmptyFileNothingIsLost() throws IOException {
    for (String name :
        List.of("a.png", "a.html", "a.cells/000-join-start0-octaves1.png", "a.cells/any.png")) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
    Atlas.draw(request("a.png", List.of("join"), null, List.of("noise"), 1), view);
    assertTrue(Files.readString(folder.resolve("a.html")).contains("join from noise"));
  }

  @Test
  void foreignFilesAreToldAtOnce() throws IOException {
    Integer[] octaves = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
    for (int octave : octaves) {
      Path cell = folder.resolve("a.cells/000-conv-start0-octaves%d.png".formatted(octave));
      Files.createDirectories(cell.getParent());
      Files.writeString(cell, "mine");
    }
    Files.writeString(folder.resolve("a.png"), "mine");
    Files.writeString(folder.resolve("a.html"), "mine");
    UserException refused =
        assertThrows(
            UserException.class,
            () ->
                Atlas.draw(
                    request("a.png", List.of("conv"), null, List.of("noise"), octaves), view));
    assertEquals(2 + 10 + 1, refused.problems().size(), refused::getMessage);
    assertTrue(refused.getMessage().contains("and 3 more files like these"), refused::getMessage);
  }

  @Test
  void whatCameWhileCellsWereDreamtIsKept() throws IOException {
    Path page = folder.resolve("a.html");
    AtlasView late =
        new AtlasView() {
          @Override
          public void note(String text) {}

          @Override
          public void progress(String text) {
            if (text.equals("drawing the sheet and the page")) {
              try {
                Files.writeString(page, "mine");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            }
          }
        };
    AtlasRequest request = request("a.png", List.of("join"), null, List.of("noise"), 1);
    UserException thrown = assertThrows(UserException.class, () -> Atlas.draw(request, late));
    assertEquals("output-not-ours", thrown.problems().get(0).code(), thrown.getMessage());
    assertEquals("mine", Files.readString(page));
    assertFalse(Files.exists(folder.resolve("a.png")));
  }

  private void assertRefused(String code, AtlasRequest request) {
    UserException thrown = assertThrows(UserException.class, () -> Atlas.draw(request, view));
    assertEquals(code, thrown.problems().get(0).code(), thrown.getMessage());
  }

  private List<Path> cells(String name) throws IOException {
    Path cells = folder.resolve(name);
    if (!Files.isDirectory(cells)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(cells)) {
      return files.filter(file -> file.toString().endsWith(".png")).sorted().toList();
    }
  }

  /** Whether a picture is somewhere on another, pixel for pixel. */
  private static boolean shows(BufferedImage sheet, BufferedImage cell) {
    for (int y = 0; y + cell.getHeight() <= sheet.getHeight(); y++) {
      for (int x = 0; x + cell.getWidth() <= sheet.getWidth(); x++) {
        if (isAt(sheet, cell, x, y)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isAt(BufferedImage sheet, BufferedImage cell, int left, int top) {
    for (int y = 0; y < cell.getHeight(); y++) {
      for (int x = 0; x < cell.getWidth(); x++) {
        if (sheet.getRGB(left + x, top + y) != cell.getRGB(x, y)) {
          return false;
        }
      }
    }
    return true;
  }
}
