package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.driver.Impatient.BrokenOffException;

/** What goes wrong inside of a render: on a device, on a disk, in a file. */
class InnerFaultsTest {
  private static final String EXACT = "tiles: {tile: 32, halo: exact, sync: 1}";
  private static final String ROUNDS = "tiles: {tile: 32, halo: 8, overlap: 8, sync: 2}";
  private static final String FRAGILE = "run: {engine: fragile}";

  @TempDir Path folder;
  private TinyRenders renders;

  @BeforeEach
  void prepare() {
    renders = new TinyRenders(folder);
  }

  @AfterEach
  void heal() {
    FragileEngine.heal();
    SmallDisk.FREE_BYTES.set(Long.MAX_VALUE);
    SmallDisk.READ_ONLY.set(false);
    System.clearProperty("spark.hadoop.fs.small.impl");
  }

  @ParameterizedTest
  @ValueSource(strings = {EXACT, "tiles: {tile: 500, halo: exact}"})
  void aTileThatTheDeviceCannotHoldIsSeenInPieces(String tiles) throws IOException {
    float[] whole = renders.render("whole", tiles, FRAGILE);
    RenderJob job = renders.job("pieces", tiles, FRAGILE);
    // Found out by the largest windows of the second octave only.
    FragileEngine.mostPixels = tiles.equals(EXACT) ? 2200 : 5000;
    Recorder recorder = new Recorder();
    assertEquals(RenderOutcome.DONE, Render.run(job, recorder));
    assertTrue(
        recorder.notes.stream().anyMatch(note -> note.contains("trying it in 4 pieces")),
        recorder.notes.toString());
    List<String> split = new ArrayList<>();
    report("pieces").path("run").path("split-tiles").forEach(tile -> split.add(tile.asText()));
    assertFalse(split.isEmpty());
    assertEquals(0, report("whole").path("run").path("split-tiles").size());
    FragileEngine.heal();
    float[] pieces = renders.render("again", tiles, FRAGILE);
    assertArrayEquals(whole, pieces);
    assertEquals(0, worst(whole, read("pieces")), 1, "the halo is exact: only rounding differs");
  }

  @Test
  void aTileThatNoPieceOfFitsStopsTheRenderAndKeepsTheRest() throws IOException {
    float[] whole = renders.render("whole", ROUNDS, FRAGILE);
    RenderJob job = renders.job("stopped", ROUNDS, FRAGILE);
    FragileEngine.mostPixels = 30;
    StageFailedException stopped =
        assertThrows(StageFailedException.class, () -> Render.run(job, new Recorder()));
    assertTrue(stopped.getMessage().contains("no memory for"), stopped.getMessage());
    assertTrue(stopped.getMessage().contains("octave 0 round 0"), stopped.getMessage());
    JsonNode status = status("stopped");
    assertEquals("stopped", status.path("state").asText());
    // Two tasks run side by side, and whichever fails first stops the stage.
    assertTrue(status.path("detail").asText().matches(".*, task [01]: .*"), status.toString());
    FragileEngine.heal();
    assertArrayEquals(whole, renders.render(job));
  }

  @Test
  void aTileWithoutNumbersIsTriedAgain() throws IOException {
    float[] whole = renders.render("whole", EXACT, FRAGILE);
    FragileEngine.poisoned = Optional.of(new long[] {0, 0});
    FragileEngine.poisonings = 2;
    assertArrayEquals(whole, renders.render("tried-again", EXACT, FRAGILE));
    assertEquals(0, FragileEngine.poisonings);
    assertEquals(0, report("tried-again").path("run").path("split-tiles").size());
  }

  @Test
  void aTileThatNeverGivesNumbersStopsTheRenderByName() throws IOException {
    float[] whole = renders.render("whole", EXACT, FRAGILE);
    RenderJob job = renders.job("poisoned", EXACT, FRAGILE);
    FragileEngine.poisoned = Optional.of(new long[] {0, 0});
    FragileEngine.poisonings = Integer.MAX_VALUE;
    StageFailedException stopped =
        assertThrows(StageFailedException.class, () -> Render.run(job, new Recorder()));
    assertTrue(stopped.getMessage().contains("tile 0 at"), stopped.getMessage());
    assertTrue(stopped.getMessage().contains("is not finite"), stopped.getMessage());
    FragileEngine.heal();
    assertArrayEquals(whole, renders.render(job));
    assertTrue(reused("poisoned") > 0, "what was done before was done again");
  }

  @Test
  void aFullDiskStopsTheRenderAndKeepsTheRest() throws IOException {
    System.setProperty("spark.hadoop.fs.small.impl", SmallDisk.class.getName());
    float[] undisturbed = renders.render("whole", ROUNDS);
    String place = "run: {work-dir: '" + SmallDisk.SCHEME + "://" + folder.resolve("work") + "'}";
    RenderJob job = renders.job("full", ROUNDS, place);
    int stops = 0;
    for (long free = 0; !Files.exists(renders.print("full")); free += 60_000) {
      SmallDisk.FREE_BYTES.set(free);
      try {
        Render.run(job, new Recorder());
      } catch (StageFailedException e) {
        stops++;
        String work = SmallDisk.SCHEME + ":" + folder.resolve("work");
        String told = Pattern.quote(work) + "/\\S+ cannot be written: No space left on device\\. ";
        String remedy = "Make room on the disk of " + Pattern.quote(work) + "\\S*; the same .*";
        assertTrue(e.getMessage().matches("(.*, task \\d+: )?" + told + remedy), e.getMessage());
      }
    }
    assertTrue(stops >= 3, stops + " stops");
    assertArrayEquals(undisturbed, read("full"));
  }

  /** The lease of a print lies beside it, whatever disk the work directory is on. */
  @ParameterizedTest
  @ValueSource(ints = {0, 50_000})
  void theFullDiskOfThePrintIsNamedAndNotTheWorkDirectory(int free) throws IOException {
    System.setProperty("spark.hadoop.fs.small.impl", SmallDisk.class.getName());
    Path print = folder.resolve("there/full.tif");
    Files.createDirectories(print.getParent());
    RenderJob job =
        renders.job(
            "full",
            "print.out: '" + SmallDisk.SCHEME + "://" + print + "'",
            "run.work-dir: '" + folder.resolve("work") + "'",
            "print: {width: 200px, height: 150px}\ndream.iterations: 1");
    SmallDisk.FREE_BYTES.set(free);
    StageFailedException stopped =
        assertThrows(StageFailedException.class, () -> Render.run(job, new Recorder()));
    String there = SmallDisk.SCHEME + ":" + folder.resolve("there");
    assertTrue(stopped.getMessage().startsWith(there), stopped.getMessage());
    assertTrue(
        stopped.getMessage().contains("Make room on the disk of " + there), stopped.getMessage());
    assertEquals(free > 0, stopped.getMessage().contains("full.tif cannot"), stopped.getMessage());
    SmallDisk.FREE_BYTES.set(Long.MAX_VALUE);
    assertEquals(RenderOutcome.DONE, Render.run(job, new Recorder()));
  }

  @Test
  void aPrintThatIsThereNeedsNoDiskThatCanBeWritten() throws IOException {
    System.setProperty("spark.hadoop.fs.small.impl", SmallDisk.class.getName());
    String out =
        "print: {width: 40px, height: 30px, out: 'small://%s'}".formatted(folder.resolve("a.tif"));
    String[] jobs = {
      "",
      "run.dry-run: true",
      "dream.seed: 4",
      "run.fresh: true",
      "print: {out: 'small://%s/b.tif'}"
    };
    RenderJob first = renders.job("a", out);
    assertEquals(RenderOutcome.DONE, Render.run(first, new Recorder()));
    SmallDisk.READ_ONLY.set(true);
    for (String more : jobs) {
      RenderJob job = renders.job("a", out, more.formatted(folder));
      if (more.isEmpty() || more.contains("dry-run")) {
        Recorder recorder = new Recorder();
        Render.run(job, recorder);
        assertTrue(
            recorder.notes.toString().contains("is there already"), recorder.notes::toString);
      } else {
        UserException refused =
            assertThrows(UserException.class, () -> Render.run(job, new Recorder()), more);
        assertTrue(refused.getMessage().contains("takes no files"), refused::getMessage);
        assertTrue(refused.getMessage().contains("Read-only file system"), refused::getMessage);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        EXACT,
        ROUNDS,
        "tiles: {tile: 500}",
        "{dream: {border: wrap, resampling: notebook}, tiles: {tile: 32, halo: exact}}",
      })
  void damagedFilesAreMadeAnew(String tiles) throws IOException {
    Path input = folder.resolve("input.tif");
    renders.render("input");
    String source = "input: {source: '" + input + "'}";
    float[] undisturbed = renders.render("whole", tiles, source);
    RenderJob job = renders.job("damaged", tiles, source);
    Random random = new Random(7);
    Map<String, Integer> damaged = new TreeMap<>();
    for (int patience = 5; !Files.exists(renders.print("damaged")); patience += 1 + patience / 3) {
      try {
        Render.run(job, new Impatient(patience));
      } catch (BrokenOffException e) {
        damage(folder.resolve(".reverie/work/damaged.tif"), random)
            .forEach((kind, count) -> damaged.merge(kind, count, Integer::sum));
      }
    }
    System.out.println(tiles + ": damaged " + damaged);
    assertTrue(damaged.containsKey("input") && damaged.containsKey("base"), damaged.toString());
    assertTrue(damaged.containsKey("state") && damaged.containsKey("manifest"), damaged.toString());
    assertArrayEquals(undisturbed, read("damaged"));
  }

  /** Damages one file of every kind. */
  private static Map<String, Integer> damage(Path work, Random random) throws IOException {
    Map<String, List<Path>> kinds = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(work)) {
      for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
        Path inside = work.relativize(file);
        if (inside.getNameCount() > 1) {
          String kind = inside.getName(0).toString();
          if (file.toString().endsWith(".sums")) {
            kind += " sums";
          }
          kinds.computeIfAbsent(kind, key -> new ArrayList<>()).add(file);
        }
      }
    }
    Map<String, Integer> damaged = new TreeMap<>();
    for (Map.Entry<String, List<Path>> kind : kinds.entrySet()) {
      Path file = kind.getValue().get(random.nextInt(kind.getValue().size()));
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] ^= 0x10;
        Files.write(file, bytes);
        damaged.put(kind.getKey(), 1);
      }
    }
    return damaged;
  }

  private JsonNode report(String name) throws IOException {
    return renders.report(name);
  }

  private int reused(String name) throws IOException {
    int[] reused = {0};
    report(name)
        .path("run")
        .path("stages")
        .forEach(stage -> reused[0] += stage.path("reused").asInt());
    return reused[0];
  }

  private JsonNode status(String name) throws IOException {
    Path work = folder.resolve(".reverie/work/" + name + ".tif");
    return new ObjectMapper().readTree(work.resolve("status.json").toFile());
  }

  private float[] read(String name) throws IOException {
    var print = javax.imageio.ImageIO.read(renders.print(name).toFile());
    return print.getRaster().getPixels(0, 0, print.getWidth(), print.getHeight(), (float[]) null);
  }

  private static float worst(float[] a, float[] b) {
    assertEquals(a.length, b.length);
    float worst = 0;
    for (int i = 0; i < a.length; i++) {
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
    }
    return worst;
  }
}
