package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;

/** A print takes no file's place but that of an earlier print, and says so. */
class OverwritingTest {
  private static final String QUICK = "dream: {octaves: 1, iterations: 1}\n";

  @TempDir Path folder;
  private TinyRenders renders;
  private Path picture;

  @BeforeEach
  void picture() throws IOException {
    renders = new TinyRenders(folder);
    picture = folder.resolve("sky.tif");
    BufferedImage image = new BufferedImage(24, 16, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 5, 0x204060);
    ImageIO.write(image, "tif", picture.toFile());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "input.source: ",
        "{input.source: noise, dream.objective: guide, dream.guide: ",
        "{input.source: noise, dream.objective: guide, dream.guide: '#ff0000=noise',"
            + " dream.guide-mask: "
      })
  void whatAJobReadsIsKept(String key) throws IOException {
    String end = key.startsWith("{") ? "}" : "";
    for (Path named : otherNames(picture)) {
      for (Path read : List.of(picture, named)) {
        byte[] before = Files.readAllBytes(picture);
        assertRefused(
            "output-is-input", job(read.equals(picture) ? named : picture, key + read + end));
        assertArrayEquals(before, Files.readAllBytes(picture));
      }
    }
  }

  /** The same file by a link, by a hard link, and by a folder's link. */
  private List<Path> otherNames(Path file) throws IOException {
    Path link = folder.resolve("link.tif");
    Path hard = folder.resolve("hard.tif");
    Path other = folder.resolve("other");
    for (Path old : List.of(link, hard, other)) {
      Files.deleteIfExists(old);
    }
    Files.createSymbolicLink(link, file);
    Files.createLink(hard, file);
    Files.createSymbolicLink(other, folder);
    return List.of(file, link, hard, other.resolve(file.getFileName()));
  }

  @Test
  void whatGoesBesideAPrintReplacesNoInputEither() throws IOException {
    Path out = folder.resolve("print.tif");
    for (String beside : List.of(".json", ".progress.jsonl", ".seams.png")) {
      Path source = folder.resolve("print.tif" + beside);
      Files.copy(picture, source);
      UserException refused = assertRefused("output-is-input", job(out, "input.source: " + source));
      assertTrue(refused.getMessage().contains(source.getFileName() + ", which goes beside it"));
      Files.delete(source);
    }
  }

  /** By a link to a link, in another folder, and whether the print is there or not. */
  @Test
  void aPrintGoesWhereALinkLeads() throws IOException {
    Path shelf = Files.createDirectories(folder.resolve("shelf"));
    Path target = shelf.resolve("target.tif");
    Path link = folder.resolve("print.tif");
    Files.createSymbolicLink(link, Path.of("shelf/link.tif"));
    Files.createSymbolicLink(shelf.resolve("link.tif"), Path.of("target.tif"));
    renders.render("print", QUICK);
    final byte[] first = Files.readAllBytes(target);
    assertTrue(notes(renders.job("print", QUICK)).contains("is there already"));
    renders.render("print", QUICK, "dream: {seed: 3}");
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.isSymbolicLink(shelf.resolve("link.tif")));
    assertFalse(Arrays.equals(first, Files.readAllBytes(target)));
    assertEquals(
        List.of(shelf, shelf.resolve("link.tif"), target),
        files().stream().filter(file -> file.startsWith(shelf)).toList());
    assertTrue(Files.exists(folder.resolve("print.tif.json")));
    Files.copy(picture, target, StandardCopyOption.REPLACE_EXISTING);
    assertRefused("output-not-ours", renders.job("print", QUICK));
  }

  @Test
  void linksInACircleAreNoPlaceForAPrint() throws IOException {
    Path link = folder.resolve("print.tif");
    Files.createSymbolicLink(link, Path.of("other.tif"));
    Files.createSymbolicLink(folder.resolve("other.tif"), link);
    UserException refused = assertRefused("output-not-writable", renders.job("print", QUICK));
    assertTrue(
        refused
            .getMessage()
            .endsWith(
                "print.tif: this link leads in a circle. Remove it, or let it" + " lead to a file"),
        refused::getMessage);
  }

  @Test
  void aBrainIsKept() throws IOException {
    Path out = folder.resolve("print.tif");
    Files.createSymbolicLink(out, folder.resolve("tiny.prototxt"));
    assertRefused("output-is-input", job(out, ""));
  }

  /** Each once, however often the job names it. */
  @Test
  void allThatAJobReadsAndAPrintWouldReplaceIsTold() throws IOException {
    Path out = folder.resolve("print.tif");
    Files.createSymbolicLink(out, picture);
    Files.copy(picture, folder.resolve("print.tif.seams.png"));
    RenderJob job =
        job(
            out,
            "{input.source: %s, dream: {objective: guide, guide-mask: %s, guide: ['#ff0000=%s', '#00ff00=%s']}}"
                .formatted(picture, out + ".seams.png", picture, out));
    UserException refused = assertThrows(UserException.class, () -> Render.check(job));
    assertEquals(
        List.of(
            "this file is the input as well",
            "this file is a guide as well",
            "print.tif.seams.png, which goes beside it, is the guide mask"),
        refused.problems().stream().map(Problem::what).toList());
  }

  @Test
  void theFileOfAJobIsKept() throws IOException {
    Path file = folder.resolve("print.tif.json");
    Files.writeString(file, "dream: {octaves: 1}\n");
    RenderJob job = job(folder.resolve("print.tif"), "");
    UserException refused =
        assertThrows(
            UserException.class,
            () -> Overwriting.keepJobFile(job, file.toString(), Origin.of(file.toString())));
    assertTrue(refused.getMessage().contains("is the job file"), refused::getMessage);
    Overwriting.keepJobFile(job, folder.resolve("job.yaml").toString(), Optional.empty());
  }

  @Test
  void whatReverieDidNotMakeIsKept() throws IOException {
    byte[] before = Files.readAllBytes(picture);
    assertRefused("output-not-ours", job(picture, ""));
    assertRefused("output-not-ours", job(picture, "run: {fresh: true}"));
    assertRefused("output-not-ours", job(picture, "run: {dry-run: true}"));
    assertArrayEquals(before, Files.readAllBytes(picture));
    Path notes = Files.writeString(folder.resolve("print.tif.json"), "{\"taken\": \"in May\"}");
    assertRefused("output-not-ours", job(folder.resolve("print.tif"), ""));
    assertEquals("{\"taken\": \"in May\"}", Files.readString(notes));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ".json           | {\"plan\": \"a walk\"}",
        ".progress.jsonl | {\"time\":\"2024-05-01T10:00:00Z\",\"level\":\"INFO\"}",
        ".progress.jsonl | 40 %",
        ".seams.png      | ",
      })
  void whatLiesInThePlaceOfACompanionIsKept(String name, String text) throws IOException {
    Path file = folder.resolve("print.tif" + name);
    byte[] foreign =
        text == null ? Files.readAllBytes(picture) : text.getBytes(StandardCharsets.UTF_8);
    Files.write(file, foreign);
    RenderJob job = renders.job("print", QUICK);
    UserException refused = assertRefused("output-not-ours", job);
    assertEquals(file.toString(), refused.problems().get(0).where());
    assertRefused("output-not-ours", renders.job("print", QUICK, "run: {dry-run: true}"));
    Files.delete(file);
    renders.render(job);
    Files.write(file, foreign);
    assertRefused("output-not-ours", job);
    assertRefused("output-not-ours", renders.job("print", QUICK, "dream: {seed: 3}"));
    assertArrayEquals(foreign, Files.readAllBytes(file));
  }

  @Test
  void foreignFilesAreToldAtOnce() throws IOException {
    for (String name : List.of("", ".json", ".progress.jsonl", ".seams.png")) {
      Files.copy(picture, folder.resolve("print.tif" + name));
    }
    UserException refused =
        assertThrows(UserException.class, () -> Render.check(renders.job("print", QUICK)));
    assertEquals(4, refused.problems().size(), refused::getMessage);
  }

  @Test
  void withAnEmptyFileNothingIsLost() throws IOException {
    for (String name : List.of("", ".json", ".progress.jsonl", ".seams.png")) {
      Files.createFile(folder.resolve("print.tif" + name));
    }
    renders.render("print", QUICK);
    Files.write(renders.print("print"), new byte[0]);
    renders.render("print", QUICK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".json", ".progress.jsonl", ".seams.png"})
  void whatCameDuringARenderIsKeptWithWhatWasDreamt(String name) throws IOException {
    Path file = folder.resolve("print.tif" + name);
    byte[] foreign = Files.readAllBytes(picture);
    Recorder puts =
        new Recorder() {
          @Override
          public void progress(double done, double total, String what, int retries) {
            try {
              // As a download does: under another name first.
              Path part = Files.write(folder.resolve("part"), foreign);
              Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    RenderJob job = renders.job("print", QUICK);
    UserException refused = assertThrows(UserException.class, () -> Render.run(job, puts));
    assertEquals("output-not-ours", refused.problems().get(0).code(), refused::getMessage);
    assertEquals(file.toString(), refused.problems().get(0).where());
    assertTrue(refused.getMessage().contains("what was dreamt is kept in"), refused::getMessage);
    assertArrayEquals(foreign, Files.readAllBytes(file));
    assertEquals(name.isEmpty(), Files.exists(renders.print("print")));
    Files.delete(file);
    assertTrue(notes(job).contains("carrying on"));
    final byte[] print = Files.readAllBytes(renders.print("print"));
    renders.render("other", QUICK);
    assertArrayEquals(Files.readAllBytes(renders.print("other")), print);
  }

  /** The progress log is begun long before the print. */
  @Test
  void whatCameWhileARenderWasPlannedIsKept() throws IOException {
    Path file = folder.resolve("print.tif.progress.jsonl");
    Recorder puts =
        new Recorder() {
          @Override
          public void plan(String text) {
            try {
              Files.writeString(file, "mine");
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    RenderJob job = renders.job("print", QUICK);
    UserException refused = assertThrows(UserException.class, () -> Render.run(job, puts));
    assertEquals("output-not-ours", refused.problems().get(0).code(), refused::getMessage);
    assertEquals("mine", Files.readString(file));
  }

  /** Whole, and as a run leaves them that is killed while it writes. */
  @ParameterizedTest
  @ValueSource(strings = {".json", ".progress.jsonl", ".seams.png"})
  void companionsOfOursAreReplaced(String name) throws IOException {
    String tiles = "tiles: {tile: 32, halo: exact, overlap: 8, sync: octave}";
    renders.render("print", QUICK, tiles);
    Path file = folder.resolve("print.tif" + name);
    byte[] whole = Files.readAllBytes(file);
    int[] lengths =
        name.endsWith(".png") ? new int[] {0, 7, 38, 60, 900} : new int[] {0, 7, 20, 60};
    for (int length : lengths) {
      Files.write(file, Arrays.copyOf(whole, length));
      Files.delete(renders.print("print"));
      renders.render("print", QUICK, tiles);
      assertTrue(Files.size(file) > 60, name);
    }
    renders.render("print", QUICK, tiles, "dream: {seed: 3}");
  }

  /** Whatever the report beside it says of the print that was there. */
  @Test
  void whatTookThePlaceOfAPrintIsKept() throws IOException {
    renders.render("print", QUICK);
    Files.copy(picture, renders.print("print"), StandardCopyOption.REPLACE_EXISTING);
    assertRefused("output-not-ours", renders.job("print", QUICK));
    Files.delete(folder.resolve("print.tif.json"));
    assertRefused("output-not-ours", renders.job("print", QUICK));
  }

  @Test
  void aPrintThatSomebodyChangedIsKept() throws IOException {
    renders.render("print", QUICK);
    byte[] print = Files.readAllBytes(renders.print("print"));
    byte[] longer = Arrays.copyOf(print, print.length + 1);
    Files.write(renders.print("print"), longer);
    assertRefused("output-changed", renders.job("print", QUICK));
    assertRefused("output-changed", renders.job("print", QUICK + "\nrun: {fresh: true}"));
    assertArrayEquals(longer, Files.readAllBytes(renders.print("print")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{preview: true}       | preview of 12 x 8 px",
        "{crop: '20,10,40,30'} | crop of 40 x 30 px",
      })
  void aLookDoesNotReplaceAWholePrint(String look, String told) throws IOException {
    RenderJob whole = renders.job("print", QUICK);
    renders.render(whole);
    byte[] before = Files.readAllBytes(renders.print("print"));
    RenderJob job = renders.job("print", QUICK, "print: " + look);
    UserException refused = assertRefused("output-is-whole-print", job);
    assertTrue(refused.getMessage().contains("a whole print of 97 x 61 px"), refused::getMessage);
    assertTrue(refused.getMessage().contains(told), refused::getMessage);
    assertThrows(UserException.class, () -> Render.check(job), "a batch tells it up front");
    assertArrayEquals(before, Files.readAllBytes(renders.print("print")));
    // The other way round, and where the look has more pixels, nothing is lost.
    Files.delete(renders.print("print"));
    renders.render(job);
    assertTrue(notes(whole).contains("replaces the print of gradient:chromatic made on 2"));
    assertTrue(
        notes(renders.job("print", QUICK, "print: {width: 2000px, height: 1000px, preview: true}"))
            .contains(", 97 x 61 px"));
  }

  @Test
  void otherSettingsReplaceAPrintAndSaySoBeforeTheyStart() throws IOException {
    RenderJob first = renders.job("print", QUICK);
    assertFalse(notes(first).contains("replaces"));
    assertFalse(notes(first).contains("replaces"), "it is there already");
    byte[] before = Files.readAllBytes(renders.print("print"));
    boolean[] said = new boolean[1];
    Recorder recorder =
        new Recorder() {
          @Override
          public void note(String text) {
            said[0] |= text.startsWith("replaces the print of gradient:chromatic made on ");
          }

          @Override
          public void progress(double done, double total, String what, int retries) {
            assertTrue(said[0]);
            try {
              assertArrayEquals(before, Files.readAllBytes(renders.print("print")));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    Render.run(renders.job("print", QUICK, "dream: {seed: 3}"), recorder);
    assertTrue(said[0]);
  }

  private static String notes(RenderJob job) {
    Recorder recorder = new Recorder();
    Render.run(job, recorder);
    return String.join("\n", recorder.notes);
  }

  private RenderJob job(Path out, String yaml) {
    return renders.job("print", QUICK, yaml, "print: {out: " + out + "}");
  }

  /** Refuses a job, and leaves the folder as it was. */
  private UserException assertRefused(String code, RenderJob job) throws IOException {
    List<Path> before = files();
    UserException refused =
        assertThrows(UserException.class, () -> Render.run(job, new Recorder()));
    assertEquals(
        List.of(code),
        refused.problems().stream().map(Problem::code).toList(),
        refused::getMessage);
    assertEquals(before, files());
    return refused;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}
