package org.reverie.driver.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.BatchJob;
import org.reverie.conf.JobKey;
import org.reverie.conf.JobLayer;
import org.reverie.conf.Problem;
import org.reverie.conf.TimeOfDay;
import org.reverie.conf.UserException;
import org.reverie.driver.FragileEngine;
import org.reverie.driver.Prints;
import org.reverie.driver.ProfiledPicture;
import org.reverie.driver.ProgressView;
import org.reverie.driver.TinyRenders;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.store.Store;

/** Batches of tiny renders, through the whole pipeline. */
class BatchTest {
  private static final String TAGS = "<b>&\"'</b><script>alert(1)</script>";

  @TempDir Path folder;
  private final List<String> events = new ArrayList<>();
  private String defaults;

  @BeforeEach
  void brain() {
    TinyRenders renders = new TinyRenders(folder);
    defaults =
        """
        defaults:
          brain: {path: %s, random-weights: 3}
          dream: {layers: [conv2], octaves: 2, iterations: 3, seed: 9}
          run: {engine: reference, master: in-process}
          print.dpi: 299.5
        works:
        """
            .formatted(renders.folder().resolve("tiny.prototxt"));
  }

  @Test
  void whatFailsDoesNotStopTheOthersAndIsCarriedOnOnceItIsMended() throws IOException {
    byte[] whole = photograph();
    Path photograph = folder.resolve("sky.png");
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, whole.length / 2, whole.length / 2 + 100, (byte) 7);
    Files.write(photograph, damaged);
    Path file =
        batch(
            work("first", "noise", ""),
            work(TAGS, photograph.toString(), "  priority: 3\n"),
            work("last", "color:#808080", ""));

    assertEquals(BatchOutcome.REFUSED, open(file).run());
    assertEquals(List.of(TAGS + " refused", "first done", "last done"), events);
    JsonNode report = json();
    assertEquals("finished", report.path("state").asText());
    assertEquals("refused", report.at("/works/0/state").asText());
    assertTrue(report.at("/works/0/detail").asText().contains("sky.png"), report::toString);
    assertEquals("done", report.at("/works/1/state").asText());
    assertEquals(40, report.at("/works/1/print/width").asInt());
    Document page = page();
    assertEquals("2 of 3 prints are done", page.selectFirst("h1").text());
    assertEquals("refused", page.selectFirst("#work-1 .pill").text());
    assertTrue(page.selectFirst("#work-1 .why").text().contains("sky.png"));
    assertTrue(page.selectFirst(".notice a").text().equals(TAGS), page::text);
    assertTrue(
        page.selectFirst("#work-2 dl").text().contains("at 299.5 dpi (40 × 30 px)"), page::text);
    BufferedImage thumbnail = thumbnail(page.selectFirst("#work-2 img"));
    assertEquals(40, thumbnail.getWidth());
    assertEquals(30, thumbnail.getHeight());

    Path print = folder.resolve("first.tif");
    Files.setLastModifiedTime(print, FileTime.fromMillis(1_000_000_000_000L));
    Files.write(photograph, whole);
    // As an earlier version left it, which did not know this key.
    File beside = folder.resolve("first.tif.json").toFile();
    JsonNode earlier = new ObjectMapper().readTree(beside);
    assertNotNull(((ObjectNode) earlier.at("/job/dream")).remove("border"));
    new ObjectMapper().writeValue(beside, earlier);
    events.clear();
    assertEquals(BatchOutcome.DONE, open(file).run());
    assertEquals(List.of(TAGS + " done", "first done", "last done"), events);
    assertEquals(
        1_000_000_000_000L, Files.getLastModifiedTime(print).toMillis(), "it was made again");
    page = page();
    assertEquals("All 3 prints are done", page.selectFirst("h1").text());
    assertEquals(3, page.select("article img").size(), "thumbnails of the first run are kept");
    assertTrue(page.selectFirst("#work-2 dl").text().contains("finished by an earlier run"));
  }

  @Test
  void whereTheDeviceIsLostTheOthersWaitForAnotherProcess() throws IOException {
    Path file =
        batch(
            work("first", "noise", ""),
            work("second", "noise", "  run.engine: fragile\n"),
            work("third", "noise", "  run.engine: fragile\n"));
    FragileEngine.lose();
    try {
      assertEquals(BatchOutcome.STOPPED, open(file).run());
    } finally {
      FragileEngine.heal();
    }
    assertEquals(List.of("first done", "second stopped"), events.subList(0, 2));
    assertTrue(events.get(2).contains("lost its device"), events.toString());
    assertEquals(3, events.size());
    String detail = json().at("/works/1/detail").asText();
    assertTrue(detail.contains(": the device is lost to this process"), detail);
    assertEquals("waiting", json().at("/works/2/state").asText());
    assertEquals(BatchOutcome.DONE, open(file).run());
  }

  @Test
  void thumbnailsShowThePrintsColours() throws IOException {
    Path print = folder.resolve("print.png");
    ProfiledPicture.write(
        print, 960, 2, ProfiledPicture.swapped(), (x, y) -> x < 480 ? 0x20c040 : 0xff8000);
    try (Picture picture =
        Prints.open(new org.apache.hadoop.fs.Path(print.toUri()), new Configuration())) {
      BufferedImage small = Thumbnail.small(picture);
      assertEquals(480, small.getWidth());
      for (int shift = 0; shift <= 16; shift += 8) {
        assertEquals(0xc02040 >> shift & 255, small.getRGB(100, 0) >> shift & 255, 1);
        assertEquals(0x80ff00 >> shift & 255, small.getRGB(400, 0) >> shift & 255, 1);
      }
    }
  }

  /** The page must look the same to a browser whatever a job is called. */
  @Test
  void noTextOfAJobBreaksThePage() throws IOException {
    Path file = batch(work("plain", "noise", ""));
    open(file).run();
    String plain = structure(page());
    Path odd =
        batch(
            "- name: '"
                + TAGS.replace("'", "''")
                + "'\n  input.source: noise\n  print:"
                + " {width: 40px, height: 30px, out: '"
                + folder.resolve("a <i>&amp;.tif")
                + "'}\n");
    open(odd).run();
    Document page = page();
    assertEquals(plain, structure(page));
    assertEquals(TAGS, page.selectFirst("h2").text());
    assertTrue(page.selectFirst("dl").text().contains("a <i>&amp;.tif"), page::text);
    assertFalse(Files.readString(folder.resolve("night-report/report.html")).contains("<b>"));
  }

  @Test
  void itStopsInTimeAndIsCarriedOnToTheSameBytes() throws IOException {
    List<String> works = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      works.add(
          work(
              "w" + i,
              "noise",
              "  tiles: {tile: 16, halo: 4, overlap: 4}\n  dream.seed: " + i + "\n"));
    }
    Path file = batch(works.toArray(String[]::new));
    open(file).run();
    List<byte[]> undisturbed = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      undisturbed.add(Files.readAllBytes(folder.resolve("w" + i + ".tif")));
      Files.delete(folder.resolve("w" + i + ".tif"));
    }
    int stops = 0;
    BatchOutcome outcome = BatchOutcome.STOPPED;
    for (int patience = 300; outcome == BatchOutcome.STOPPED; patience += 150) {
      events.clear();
      LocalTime end = LocalTime.now().plus(Duration.ofMillis(patience));
      outcome = open(file, Optional.of(new TimeOfDay(end, Optional.empty()))).run();
      if (outcome == BatchOutcome.STOPPED) {
        stops++;
        assertEquals("stopped", json().path("state").asText());
        assertTrue(page().selectFirst(".lead").text().contains("stopped at"));
      }
      assertTrue(stops < 60, "it gets nowhere");
    }
    assertTrue(stops >= 1, "it was never stopped");
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(undisturbed.get(i), Files.readAllBytes(folder.resolve("w" + i + ".tif")));
    }
  }

  @Test
  void aMistakeInAnyWorkIsToldBeforeOneStarts() throws IOException {
    Path file =
        batch(
            work("good", "noise", ""),
            work("gone", folder.resolve("gone.jpg").toString(), ""),
            work("blind", "noise", "  dream.layers: [conv9]\n"));
    UserException thrown = assertThrows(UserException.class, () -> open(file));
    assertEquals(2, thrown.problems().size(), thrown::getMessage);
    assertTrue(thrown.getMessage().contains("work \"gone\""), thrown::getMessage);
    assertTrue(thrown.getMessage().contains("conv9"), thrown::getMessage);
    assertFalse(Files.exists(folder.resolve("night-report")));
    assertFalse(Files.exists(folder.resolve("good.tif")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "input.source: %s",
        "dream: {objective: guide, guide: %s}",
        "input.source: %s\n  dream.iterations: 0"
      })
  void aWorkThatReadsAnothersPrintIsToldToComeLater(String reading) throws IOException {
    Path print = folder.resolve("one.tif");
    String second =
        "- name: two\n  print: {width: 40px, height: 30px, out: %s}\n  %s\n"
            .formatted(
                folder.resolve("two.tif"),
                (reading.startsWith("dream") ? "input.source: noise\n  " : "")
                    + reading.formatted(folder + "/./one.tif"));
    Path file = batch(work("one", "noise", ""), second);
    UserException thrown = assertThrows(UserException.class, () -> open(file));
    Problem missing = thrown.problems().get(thrown.problems().size() - 1);
    assertEquals("input-missing", missing.code(), thrown::getMessage);
    assertTrue(
        missing.message().contains("made by work \"one\" of this batch. Put this work into"),
        thrown::getMessage);
    assertFalse(Files.exists(print));
    if (!reading.contains("iterations")) {
      open(batch(work("one", "noise", ""))).run();
      assertEquals(BatchOutcome.DONE, open(batch(work("one", "noise", ""), second)).run());
    }
  }

  @Test
  void twoBatchesAtOnceDoNotShareAReport() throws IOException {
    Path file = batch(work("one", "noise", ""));
    Path other = folder.resolve("other.yaml");
    Files.writeString(other, defaults + work("two", "noise", ""));
    List<UserException> refused = new ArrayList<>();
    Batch.Options there =
        new Batch.Options(
            JobLayer.ofFlags(null, Map.of()),
            Optional.empty(),
            Optional.of(folder.resolve("night-report").toString()));
    BatchView begins =
        new Events() {
          @Override
          public ProgressView begin(BatchJob.Work work, int number, int count) {
            Batch second = Batch.open(other.toString(), there, new Events());
            refused.add(assertThrows(UserException.class, second::run));
            return super.begin(work, number, count);
          }
        };
    assertEquals(BatchOutcome.DONE, Batch.open(file.toString(), there, begins).run());
    assertEquals("report-in-use", refused.get(0).problems().get(0).code());
    String told = refused.get(0).getMessage();
    assertTrue(told.contains("process " + ProcessHandle.current().pid()), told);
    assertTrue(told.contains("give another --report"), told);
    assertFalse(Files.exists(folder.resolve("two.tif")));
    assertEquals("one", json().at("/works/0/name").asText());
    assertEquals("finished", json().path("state").asText());
    assertEquals(BatchOutcome.DONE, Batch.open(other.toString(), there, new Events()).run());
    assertFalse(Files.exists(folder.resolve("night-report/.reverie")));
  }

  @Test
  void theReportOfAKilledBatchIsTakenOver() throws Exception {
    Path report = folder.resolve("night-report");
    Process killed =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledBatch.class.getName(),
                report.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(killed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(9, killed.waitFor(), said);
    assertTrue(Files.exists(report.resolve(".reverie/report/lease.json")), said);
    assertEquals(BatchOutcome.DONE, open(batch(work("one", "noise", ""))).run());
    assertTrue(events.get(0).endsWith("is dead; going on"), events::toString);
    assertFalse(Files.exists(report.resolve(".reverie")));
  }

  @Test
  void aDryRunTellsOfWorkDirectoriesThatHoldSomethingElse() throws IOException {
    open(batch(work("a", "noise", ""))).run();
    JsonNode plan = new ObjectMapper().readTree(folder.resolve("a.tif.json").toFile()).path("plan");
    Files.delete(folder.resolve("a.tif"));
    Configuration configuration = new Configuration();
    org.apache.hadoop.fs.Path root =
        new org.apache.hadoop.fs.Path(folder.resolve(".reverie/work/a.tif").toUri());
    new Store(root.getFileSystem(configuration), root)
        .writePlan(new ObjectMapper().writeValueAsBytes(plan));
    Path file = batch(work("a", "noise", "  dream.jitter: 3\n"), work("b", "noise", ""));
    JobLayer dry = JobLayer.ofFlags(null, Map.of(JobKey.DRY_RUN, List.of("true")));
    Batch.Options options = new Batch.Options(dry, Optional.empty(), Optional.empty());
    events.clear();
    assertEquals(BatchOutcome.REFUSED, Batch.open(file.toString(), options, new Events()).run());
    assertEquals(List.of("a refused", "b done"), events);
    assertFalse(Files.exists(folder.resolve("b.tif")));
  }

  @Test
  void aReportThatCannotBeWrittenStopsNoRender() throws IOException {
    Path file = batch(work("good", "noise", ""));
    Path inTheWay = Files.createDirectories(folder.resolve("night-report/.report.html.part"));
    Batch batch = open(file);
    assertEquals(BatchOutcome.DONE, batch.run());
    assertEquals(
        1, events.stream().filter(e -> e.startsWith("the report cannot be written")).count());
    assertFalse(batch.isReported());
    assertTrue(Files.exists(folder.resolve("good.tif")));
    Files.delete(inTheWay);
    Batch again = open(file);
    assertEquals(BatchOutcome.DONE, again.run());
    assertTrue(again.isReported());
  }

  @Test
  void mistakesInTheFileHideNoneInWhatItNames() throws IOException {
    Files.writeString(folder.resolve("empty.png"), "");
    Path file =
        batch(
            work("A", folder.resolve("gone.jpg").toString(), "  dream.layers: [conv9]\n"),
            work("A", folder.resolve("empty.png").toString(), "  priority: high\n"),
            work("C", "noise", "  dream: {objective: guide, guide: gone-too.png}\n"));
    UserException thrown = assertThrows(UserException.class, () -> open(file));
    assertEquals(
        List.of(
            "wrong-type",
            "duplicate-work",
            "duplicate-work",
            "input-missing",
            "unknown-layer",
            "picture-format",
            "input-missing"),
        thrown.problems().stream().map(Problem::code).toList(),
        thrown::getMessage);
  }

  @Test
  void aMistakeElsewhereDoesNotHideThatTwoWorksWriteOneFile() throws IOException {
    String place =
        "  print.out: %s\n  run.work-dir: %s\n".formatted(folder.resolve("a.tif"), folder);
    String work =
        "- name: %s\n  input.source: noise\n  print.width: 40px\n  dream.iterations: %s\n";
    Path file = batch(work.formatted("A", "2") + place, work.formatted("B", "0") + place);
    UserException thrown = assertThrows(UserException.class, () -> open(file));
    assertEquals(
        List.of("out-of-range", "duplicate-work", "duplicate-work"),
        thrown.problems().stream().map(Problem::code).toList(),
        thrown::getMessage);
    assertTrue(thrown.getMessage().contains("is that of work \"A\" too"), thrown::getMessage);
  }

  @Test
  void aMistakeInTheTextOfAWorkHidesNoneOfItsFiles() throws IOException {
    Path file =
        batch(
            work("A", "noise", "  run: {fresh: true, master: 'local[3]'}\n"),
            work(
                "B",
                folder.resolve("gone.jpg").toString(),
                "  dream.iterations: 0\n  run: {fresh: true, master: in-process}\n"));
    UserException thrown = assertThrows(UserException.class, () -> open(file));
    assertEquals(
        List.of("fresh-batch", "fresh-batch", "two-masters", "out-of-range", "input-missing"),
        thrown.problems().stream().map(Problem::code).toList(),
        thrown::getMessage);
    assertTrue(
        thrown.getMessage().contains("work \"B\", " + folder + "/gone.jpg"), thrown::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"./b.tif", "x/../b.tif", "link/b.tif", "b.tif.seams.png", "to-b.tif"})
  void twoWorksWriteNoFileInCommon(String out) throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), folder);
    Files.createSymbolicLink(folder.resolve("to-b.tif"), Path.of("b.tif"));
    Path file =
        batch(
            work("b", "noise", ""),
            "- name: other\n  input.source: noise\n  print: {width: 40px, out: %s}\n"
                .formatted(folder + "/" + out));
    UserException thrown = assertThrows(UserException.class, () -> open(file));
    assertEquals(1, thrown.problems().size(), thrown::getMessage);
    assertTrue(thrown.getMessage().contains(" is that of work \"b\" too"), thrown::getMessage);
  }

  @Test
  void aWorkIsNotItsOwnSource() throws IOException {
    Path file = batch(work("a", "noise", ""));
    open(file).run();
    Path own = batch(work("a", folder.resolve("a.tif").toString(), ""));
    UserException thrown = assertThrows(UserException.class, () -> open(own));
    assertTrue(thrown.getMessage().contains("is the input as well"), thrown::getMessage);
  }

  @Test
  void aReportTakesThePlaceOfReportsOnly() throws IOException {
    Path file = batch(work("good", "noise", ""));
    Path report = Files.createDirectories(folder.resolve("there")).resolve("report.html");
    Files.writeString(report, "<html>mine</html>");
    Files.writeString(folder.resolve("plain"), "a file");
    for (String[] place :
        new String[][] {
          {"there", "output-not-ours"}, {"plain", "report-is-file"}, {"plain/in", "report-is-file"}
        }) {
      Batch.Options options =
          new Batch.Options(
              JobLayer.ofFlags(null, Map.of()),
              Optional.empty(),
              Optional.of(folder.resolve(place[0]).toString()));
      UserException thrown =
          assertThrows(
              UserException.class, () -> Batch.open(file.toString(), options, new Events()));
      assertEquals(place[1], thrown.problems().get(0).code(), thrown::getMessage);
    }
    assertEquals("<html>mine</html>", Files.readString(report));
    assertFalse(Files.exists(folder.resolve("good.tif")));
    Path own = Files.createDirectories(folder.resolve("night-report"));
    Files.writeString(own.resolve("report.html"), "mine");
    Files.writeString(own.resolve("report.json"), "mine");
    UserException both = assertThrows(UserException.class, () -> open(file));
    assertEquals(2, both.problems().size(), both::getMessage);
    Files.writeString(own.resolve("report.html"), "");
    Files.writeString(own.resolve("report.json"), "");
    open(file);
  }

  @Test
  void aFolderIsNoBatchFile() {
    UserException thrown = assertThrows(UserException.class, () -> open(folder));
    assertEquals("batch-file-is-folder", thrown.problems().get(0).code());
  }

  private Path batch(String... works) throws IOException {
    Path file = folder.resolve("night.yaml");
    StringBuilder text = new StringBuilder(defaults);
    for (String work : works) {
      text.append(work.indent(2));
    }
    return Files.writeString(file, text);
  }

  private String work(String name, String source, String more) {
    String out = name.matches("\\w+") ? name : "odd";
    return "- name: '%s'\n  input.source: '%s'\n  print: {out: %s, width: 40px, height: 30px}\n%s"
        .formatted(name.replace("'", "''"), source, folder.resolve(out + ".tif"), more);
  }

  private Batch open(Path file) {
    return open(file, Optional.empty());
  }

  private Batch open(Path file, Optional<TimeOfDay> stopAt) {
    JobLayer noFlags = JobLayer.ofFlags(null, Map.of());
    return Batch.open(
        file.toString(), new Batch.Options(noFlags, stopAt, Optional.empty()), new Events());
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("night-report/report.json").toFile());
  }

  private Document page() throws IOException {
    return Jsoup.parse(Files.readString(folder.resolve("night-report/report.html")));
  }

  /** The elements without their text. */
  private static String structure(Document page) {
    return page.getAllElements().stream().map(Element::tagName).toList().toString();
  }

  private static BufferedImage thumbnail(Element image) throws IOException {
    String uri = image.attr("src");
    assertTrue(uri.startsWith("data:image/jpeg;base64,"));
    byte[] jpeg = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    return ImageIO.read(new ByteArrayInputStream(jpeg));
  }

  /** Of noise, so that the middle of the file is pixels. */
  private static byte[] photograph() throws IOException {
    BufferedImage image = new BufferedImage(200, 150, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(5);
    for (int i = 0; i < 200 * 150; i++) {
      image.setRGB(i % 200, i / 200, random.nextInt());
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }

  /** A process that claims a report and is gone. */
  static final class KilledBatch {
    private KilledBatch() {}

    public static void main(String[] arguments) throws IOException {
      org.apache.hadoop.fs.Path folder =
          new org.apache.hadoop.fs.Path(Path.of(arguments[0]).toUri());
      new ReportFolder(folder, new Configuration()).claim(said -> {});
      Runtime.getRuntime().halt(9);
    }
  }

  private class Events implements BatchView {
    @Override
    public ProgressView begin(BatchJob.Work work, int number, int count) {
      return ProgressView.silent();
    }

    @Override
    public void end(BatchJob.Work work, WorkState state, String detail, Throwable cause) {
      events.add(work.name() + " " + state.word());
    }

    @Override
    public void note(String text) {
      events.add(text);
    }
  }
}
