package org.reverie.driver;

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
import org.reverie.executor.picture.Picture;

/** Renders of one colour with an engine that costs nothing, each in a heap of 1 GB. */
class SimulationTest {
  private static final boolean FULL = Boolean.getBoolean("reverie.full");

  @TempDir Path folder;

  /**
   * 60,000 x 40,000 px with {@code -Dreverie.full=true}, else 6,000 x 4,000 px: what the driver and
   * the scheduler make of so many tasks, and a print of that size.
   */
  @Test
  void aMuralNeedsLittleMemoryAndLittleTimePerTile() throws Exception {
    int width = FULL ? 60_000 : 6_000;
    int height = FULL ? 40_000 : 4_000;
    Map<String, Double> measured = run(width, height, 1024, 1, 2, "tasks");
    Path print = folder.resolve("mural.tif");
    Files.writeString(
        Path.of("target/simulation.txt"),
        Files.readString(folder.resolve("out.txt")) + "print-bytes " + Files.size(print) + "\n");
    double tiles = Math.ceil(width / 1024.0) * Math.ceil(height / 1024.0);
    assertTrue(measured.get("tiles") >= 1.5 * tiles, measured::toString);
    // A small render is mostly Spark's first job, which loads its classes.
    assertTrue(measured.get("tile-overhead-ms") < (FULL ? 20 : 200), measured::toString);
    assertFlat(print, width, height);
    tiffinfo(print, width, height);
  }

  /** Every pixel through tasks, store and print. */
  @Test
  void allPixelsArriveWhereTheyBelong() throws Exception {
    run(1_500, 1_000, 256, 2, 2, "pixels");
    assertFlat(folder.resolve("mural.tif"), 1_500, 1_000);
  }

  private static void assertFlat(Path print, int width, int height) throws IOException {
    try (Picture picture =
        Prints.open(new org.apache.hadoop.fs.Path(print.toUri()), new Configuration())) {
      assertEquals((long) width * height, picture.size().pixels());
      float[] row = new float[3 * width];
      picture.readRows(0, 1, row);
      assertEquals(0x28, row[0]);
      assertEquals(0x50, row[2 * width - 1]);
      assertEquals(0x78, row[3 * width - 1]);
    }
  }

  /** Another program's opinion, where it is installed. */
  private void tiffinfo(Path print, int width, int height) throws Exception {
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
    assertTrue(text.contains("Image Width: " + width + " Image Length: " + height), text);
  }

  private Map<String, Double> run(
      int width, int height, int tile, int octaves, int iterations, String how) throws Exception {
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
            Integer.toString(width),
            Integer.toString(height),
            Integer.toString(tile),
            Integer.toString(octaves),
            Integer.toString(iterations),
            folder.toString(),
            how));
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
