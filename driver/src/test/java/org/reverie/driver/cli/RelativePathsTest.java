package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.RenderJob;
import org.reverie.driver.RenderOutcome;

/** Spark's deploy mode cluster, in which a relative path leads where nobody looks. */
final class RelativePathsTest {
  private static final String MODE = "spark.submit.deployMode";
  private static final String IN_POD = "spark.kubernetes.submitInDriver";

  @TempDir Path folder;

  private final TestTerminal terminal = new TestTerminal(false, 80);
  private final List<RenderJob> rendered = new ArrayList<>();

  @AfterEach
  void forget() {
    System.clearProperty(MODE);
    System.clearProperty(IN_POD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "render noise --width 1in --out x.tif | --out: x.tif is relative",
        "render a.jpg --out /p/x.tif | INPUT: a.jpg is relative",
        "render noise --width 1in --out /p/x.tif --brain b | --brain: b is relative",
        "render noise --width 1in --out /p/x.tif --guide g.png --objective guide | --guide: g.png is relative",
        "render noise --width 1in --out /p/x.tif --work-dir ./w | --work-dir: ./w is relative",
        "render --job night.yaml --out /p/x.tif | --job: night.yaml is relative",
        "batch night.yaml | FILE: night.yaml is relative",
        "train --images a --out /b | --images: a is relative",
        "check --brain b | --brain: b is relative",
        "atlas --layer none-such --out a.png | --out: a.png is relative",
        "atlas noise --brain /b | --out: atlas.png is relative",
        "brain b | DIR: b is relative",
        "bench --json b.json | --json: b.json is relative",
        "scale /a.json b.json | REPORT: b.json is relative",
        "seams x.tif | FILE: x.tif is relative",
        "motifs --out m --per-class 1 | --out: m is relative",
      })
  void aDriverElsewhereRefusesThem(String line, String expected) {
    System.setProperty(MODE, "cluster");
    assertEquals(2, run(line.split(" ")), terminal::err);
    assertTrue(terminal.err().contains("reverie: " + expected), terminal::err);
    assertTrue(
        terminal.err().contains("Write its whole path, such as /prints/sky.tif"), terminal::err);
    assertEquals(List.of(), rendered);
  }

  /** Kubernetes' driver is started in client mode, in its pod. */
  @Test
  void soDoesADriverInAPod() {
    System.setProperty(MODE, "client");
    System.setProperty(IN_POD, "true");
    assertEquals(2, run("render", "noise", "--width", "1in", "--out", "x.tif"), terminal::err);
    assertTrue(terminal.err().contains("--out: x.tif is relative"), terminal::err);
    assertEquals(List.of(), rendered);
  }

  @Test
  void thoseOfABatchFileAreRefusedToo() throws IOException {
    Path file = folder.resolve("night.yaml");
    Files.writeString(
        file,
        """
        report: pages
        works:
          - name: Calm
            input.source: noise
            print: {out: calm.png, width: 64px, height: 48px}
        """);
    System.setProperty(MODE, "cluster");
    assertEquals(2, run("batch", file.toString(), "--dry-run"), terminal::err);
    assertTrue(terminal.err().contains("report: pages is relative"), terminal::err);
    assertTrue(
        terminal.err().contains("work \"Calm\", --out: calm.png is relative"), terminal::err);
  }

  @ParameterizedTest
  @CsvSource({
    "cluster, /p/x.tif",
    "cluster, hdfs:/p/x.tif",
    "cluster, file:/p/x.tif",
    "client, x.tif",
    "cluster, /p/x.tif --brain none --work-dir none --guide none --guide-mask none"
  })
  void othersAreTaken(String mode, String out) {
    System.setProperty(MODE, mode);
    String line = "render gradient:linear --width 1in --out " + out;
    assertEquals(0, run(line.split(" ")), terminal::err);
    assertEquals(1, rendered.size());
  }

  /** A program of its own, since options come by its environment. */
  @Test
  void nothingIsSubmittedWithThem() throws Exception {
    Path said = folder.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Reverie.class.getName(),
            "render",
            "a.jpg",
            "--out",
            "x.tif",
            "--master",
            "spark://127.0.0.1:9");
    builder.environment().put("REVERIE_SPARK_OPTIONS", "--deploy-mode cluster");
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    builder.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(said.toFile());
    assertEquals(2, builder.start().waitFor());
    String text = Files.readString(said, StandardCharsets.UTF_8);
    String here = folder.toRealPath().toString();
    assertTrue(text.contains("INPUT: a.jpg is relative"), text);
    assertTrue(text.contains("--out: x.tif is relative"), text);
    assertTrue(text.contains("Write " + here + "/x.tif, or a URI"), text);
    assertFalse(text.contains("only ./reverie"), text);
  }

  private int run(String... arguments) {
    return new Reverie(
            (job, origin, view) -> {
              rendered.add(job);
              return RenderOutcome.DONE;
            },
            (brain, layers) -> "",
            file -> "",
            terminal.terminal(),
            null)
        .run(arguments)
        .code();
  }
}
