package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reverie.deploy.engine.ScriptedEngine;
import org.reverie.executor.engine.EngineProvider;

/** Devices that Spark hands out, and executors whose device is broken or slow. */
@ExtendWith(OnCluster.class)
class DeviceTest {
  private static LocalCluster cluster;
  private static Storage file;
  private static Path engine;

  @BeforeAll
  static void prepare() throws IOException {
    cluster = OnCluster.cluster();
    file = Storage.file("devices");
    engine = Folders.TARGET.resolve("scripted-engine.jar");
    Path classes = Folders.TARGET.resolve("test-classes");
    try (OutputStream out = Files.newOutputStream(engine);
        JarOutputStream jar = new JarOutputStream(out);
        Stream<Path> tree = Files.walk(classes.resolve("org/reverie/deploy/engine"))) {
      for (Path path : tree.filter(Files::isRegularFile).toList()) {
        jar.putNextEntry(new JarEntry(classes.relativize(path).toString()));
        jar.write(Files.readAllBytes(path));
      }
      jar.putNextEntry(new JarEntry("META-INF/services/" + EngineProvider.class.getName()));
      jar.write(ScriptedEngine.class.getName().getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyGpuHasOneEngineAndEveryTaskTheGpuThatSparkGaveIt() throws IOException {
    Path folder =
        render(
            "gpus",
            "",
            "--conf spark.executor.resource.gpu.amount=2 --conf spark.task.resource.gpu.amount=1"
                + " --executor-cores 2 --conf spark.cores.max=4");
    Map<String, Set<String>> opened = new TreeMap<>();
    Set<String> open = new TreeSet<>();
    for (String line : Files.readAllLines(folder.resolve("engines"))) {
      String[] words = line.split(" ");
      String place = words[0] + " " + words[1];
      if (words[2].equals("opened")) {
        assertTrue(open.add(place), "two engines on a GPU: " + line);
        opened.computeIfAbsent(words[0], key -> new TreeSet<>()).add(words[1]);
      } else {
        open.remove(place);
      }
    }
    assertEquals(Set.of(Set.of("0", "1"), Set.of("2", "3")), new HashSet<>(opened.values()));
    Set<String> used = new TreeSet<>(Files.readAllLines(folder.resolve("used")));
    opened.forEach(
        (process, devices) ->
            devices.forEach(device -> assertTrue(used.contains(process + " " + device))));
    assertEquals(4, used.size(), used.toString());
  }

  /** The driver of a cluster of GPUs has none: tiles are as large as an executor's GPU allows. */
  @Test
  void aDriverWithoutADevicePlansWithThatOfAnExecutor() throws IOException {
    render(
        "planned",
        "-Dscripted.memory=2500000",
        "--conf spark.executor.resource.gpu.amount=1 --conf spark.task.resource.gpu.amount=1"
            + " --executor-cores 1 --conf spark.cores.max=2"
            + " --driver-java-options -Dscripted.absent=nothing");
    int tile = report("planned").path("plan").path("tilePixels").asInt();
    assertTrue(tile >= 16 && tile < 64, "tiles of " + tile + " px");
    String log = Kill.log("planned.log");
    assertTrue(log.contains("do not fit into 2 MiB"), log);
  }

  @Test
  void anEngineThatRunsNowhereIsTold() throws IOException {
    Process process =
        submit(
            "nowhere",
            "-Dscripted.absent=broken-driver",
            "--executor-cores 1 --conf spark.cores.max=1"
                + " --driver-java-options -Dscripted.absent=no-device-here");
    assertEquals(2, LocalCluster.wait(process, 300), () -> Kill.log("nowhere.log"));
    String log = Kill.log("nowhere.log");
    assertTrue(log.contains("scripted cannot run: broken-driver"), log);
  }

  @Test
  void aCheckAnswersForEveryDeviceOfTheCluster() {
    List<String> options = new ArrayList<>(List.of("--master", cluster.master()));
    options.addAll(List.of("--executor-memory", "512m", "--driver-memory", "512m"));
    options.addAll(List.of("--conf", "spark.executor.resource.gpu.amount=2"));
    options.addAll(List.of("--conf", "spark.task.resource.gpu.amount=1"));
    Process process =
        cluster.check(options, List.of("--devices", "4", "--size", "64"), Kill.path("check.log"));
    assertEquals(0, LocalCluster.wait(process, 200), () -> Kill.log("check.log"));
    List<String> rows =
        Kill.log("check.log").lines().filter(line -> line.contains(" onednn ")).toList();
    Set<String> devices = new TreeSet<>();
    for (String row : rows) {
      String[] columns = row.split(" {2,}");
      devices.add(columns[2]);
      assertEquals("float32", columns[4], row);
      assertTrue(Double.parseDouble(columns[5].strip()) > 0, row);
    }
    assertEquals(Set.of("0", "1", "2", "3"), devices, () -> Kill.log("check.log"));
    assertEquals(4, rows.size());
    assertTrue(Kill.log("check.log").contains("4 devices, "));
  }

  @Test
  void aTileThatKillsItsExecutorsIsFoundAndSeenInPieces() throws IOException {
    render(
        "crash",
        "-Dscripted.crash=224",
        "--executor-cores 1 --conf spark.cores.max=2 --conf spark.task.maxFailures=2");
    JsonNode run = report("crash").path("run");
    List<String> split = new ArrayList<>();
    run.path("split-tiles").forEach(tile -> split.add(tile.asText()));
    assertEquals(List.of("octave 1 round 0 tile 0"), split);
    String log = Kill.log("crash.log");
    assertTrue(log.contains("alone") && log.contains("trying it in 4 pieces"), log);
  }

  /** A task that fails there a second time would end the render. */
  @Test
  void anExecutorThatLosesItsDeviceIsReplaced() throws IOException {
    Path folder =
        render(
            "lost",
            "-Dscripted.lost=224",
            "--executor-cores 1 --conf spark.cores.max=1 --conf spark.task.maxFailures=2");
    String loser = Files.readString(folder.resolve("lost"));
    List<String> openers =
        Files.readAllLines(folder.resolve("engines")).stream()
            .filter(line -> line.endsWith(" opened"))
            .map(line -> line.split(" ")[0])
            .distinct()
            .toList();
    assertEquals(2, openers.size(), openers.toString());
    assertEquals(loser, openers.get(0));
    assertEquals(0, report("lost").path("run").path("split-tiles").size());
  }

  @Test
  void aSlowExecutorHoldsTheOctaveNoLongerThanItsOwnTile() throws IOException {
    cluster.forget();
    Path folder =
        render("slow", "-Dscripted.slow=2000", "--executor-cores 1 --conf spark.cores.max=2");
    assertFalse(Files.readString(folder.resolve("slow")).isEmpty());
    List<Long> tiles = new ArrayList<>();
    cluster
        .storedByExecutor()
        .forEach(
            (executor, stored) ->
                tiles.add(
                    stored.stream()
                        .filter(line -> line.contains("octave 1 round 0 dream"))
                        .count()));
    tiles.removeIf(count -> count == 0);
    long all = tiles.stream().mapToLong(Long::longValue).sum();
    assertTrue(all >= 6, tiles.toString());
    // The tile it has when the others are done, and perhaps one it had before.
    long slow = tiles.size() == 1 ? 0 : tiles.stream().mapToLong(Long::longValue).min().orElse(0);
    assertTrue(slow <= 2, tiles.toString());
  }

  private static Path render(String name, String scripted, String options) throws IOException {
    Process process = submit(name, scripted, options);
    assertEquals(0, LocalCluster.wait(process, 500), () -> Kill.log(name + ".log"));
    return Folders.TARGET.resolve("scripted-" + name);
  }

  private static Process submit(String name, String scripted, String options) {
    Path folder = Folders.anew("scripted-" + name);
    List<String> all = new ArrayList<>(List.of("--master", cluster.master()));
    all.addAll(List.of("--jars", engine.toString(), "--executor-memory", "512m"));
    all.addAll(List.of("--driver-memory", "512m"));
    String java = "-Dscripted.folder=" + folder + " " + scripted;
    all.addAll(List.of("--conf", "spark.executor.extraJavaOptions=" + java));
    all.addAll(Arrays.asList(options.split(" ")));
    return cluster.submit(
        all,
        Renders.command(file, name, "--engine", ScriptedEngine.NAME),
        Kill.path(name + ".log"));
  }

  private static JsonNode report(String name) {
    FileSystem fileSystem = file.fileSystem();
    try (var in = fileSystem.open(new org.apache.hadoop.fs.Path(file.uri(name + ".tif.json")))) {
      return new ObjectMapper().readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
