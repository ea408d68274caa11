package org.reverie.driver.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.driver.Prints;
import org.reverie.executor.picture.Picture;

/**
 * A mural of one colour through the whole pipeline: 60,000 x 40,000 px with {@code
 * -Dreverie.full=true}, else 3,000 x 2,000 px, in a heap of 1 GB.
 */
class SimulationTest {
  private static final boolean FULL = Boolean.getBoolean("reverie.full");
  private static final int WIDTH = FULL ? 60_000 : 3_000;
  private static final int HEIGHT = FULL ? 40_000 : 2_000;
  private static final int TILE = FULL ? 1024 : 256;

  @TempDir Path folder;

  @Test
  void aMuralNeedsLittleMemoryAndLittleTimePerTile() throws Exception {
    Map<String, Double> measured = run();
    Path print = folder.resolve("mural.tif");
    Files.writeString(
        Path.of("target/simulation.txt"),
        Files.readString(folder.resolve("out.txt")) + "print-bytes " + Files.size(print) + "\n");
    assertTrue(measured.get("heap-megabytes") < 1000, measured::toString);
    assertTrue(measured.get("tile-overhead-ms") < 20, measured::toString);
    double tiles = Math.ceil((double) WIDTH / TILE) * Math.ceil((double) HEIGHT / TILE);
    assertTrue(measured.get("tiles") >= tiles, measured::toString);
    try (Picture picture =
        Prints.open(new org.apache.hadoop.fs.Path(print.toUri()), new Configuration())) {
      assertEquals((long) WIDTH * HEIGHT, picture.size().pixels());
      float[] row = new float[3 * WIDTH];
      picture.readRows(0, 1, row);
      assertEquals(0x28, row[0]);
      assertEquals(0x50, row[2 * WIDTH - 1]);
      assertEquals(0x78, row[3 * WIDTH - 1]);
    }
    tiffinfo(print);
  }

  /** Another program's opinion, where it is installed. */
  private void tiffinfo(Path print) throws Exception {
    Path out = folder.resolve("tiffinfo.txt");
    Process process;
    try {
      process =
          new ProcessBuilder("tiffinfo", print.toString())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
    } catch (IOException e) {
      return;
    }
    assertEquals(0, process.waitFor());
    String text = Files.readString(out);
    assertTrue(text.contains("Image Width: " + WIDTH + " Image Length: " + HEIGHT), text);
  }

  private Map<String, Double> run() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx1000m",
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("java.class.path"),
            SimulatedRender.class.getName(),
            Integer.toString(WIDTH),
            Integer.toString(HEIGHT),
            Integer.toString(TILE),
            FULL ? "2" : "1",
            "2",
            folder.toString()));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertTrue(process.waitFor(FULL ? 40 : 3, TimeUnit.MINUTES), () -> "it takes too long");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), Files.readString(err));
    Map<String, Double> measured = new HashMap<>();
    for (String line : Files.readAllLines(out)) {
      String[] words = line.split(" ");
      if (words.length == 2 && words[1].matches("[0-9.]+")) {
        measured.put(words[0], Double.parseDouble(words[1]));
      }
    }
    return measured;
  }
}
