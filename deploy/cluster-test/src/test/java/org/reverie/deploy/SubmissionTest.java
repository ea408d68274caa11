package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code ./reverie --master spark://..}: Spark's own submission, in process. */
@ExtendWith(OnCluster.class)
class SubmissionTest {
  private static LocalCluster cluster;
  private static Storage file;

  @BeforeAll
  static void prepare() {
    cluster = OnCluster.cluster();
    file = Storage.file("submissions");
  }

  @Test
  void clientAndClusterModeRenderFromAndToHdfs() {
    try (Storage hdfs = Storage.hdfs()) {
      byte[] client = render(hdfs, "client", "");
      byte[] elsewhere = render(hdfs, "elsewhere", "--deploy-mode cluster --driver-memory 512m");
      assertArrayEquals(client, elsewhere);
    }
    String said = Kill.log("elsewhere.log");
    assertTrue(said.contains("print    224 x 160 px"), said);
    assertTrue(said.contains("Wrote hdfs://"), said);
  }

  /** It was never the driver that the signal went to. */
  @Test
  void aDriverElsewhereOutlivesItsSubmitter() throws IOException {
    List<String> command = new ArrayList<>(Renders.command(file, "left"));
    command.addAll(List.of("--master", cluster.master()));
    Process process =
        cluster.reverie(
            Map.of("REVERIE_SPARK_OPTIONS", "--deploy-mode cluster --driver-memory 512m"),
            command,
            Kill.path("left.log"));
    Path folder = Path.of(URI.create(file.uri("")));
    Path print = folder.resolve("left.tif");
    assertTrue(
        Moments.await(
            300,
            () -> Files.exists(folder.resolve("left.tif.progress.jsonl")) || !process.isAlive()));
    Process terminate = new ProcessBuilder("kill", "-TERM", "" + process.pid()).start();
    assertEquals(0, LocalCluster.wait(terminate, 10));
    assertEquals(3, LocalCluster.wait(process, 60), () -> Kill.log("left.log"));
    String said = Kill.log("left.log");
    assertTrue(said.contains("where the cluster has begun it, it goes on there"), said);
    assertFalse(said.contains("ended without a word"), said);
    assertTrue(Moments.await(300, () -> Files.exists(print)));
    assertTrue(Moments.await(60, () -> handedBack(folder).isEmpty()), "nobody takes it");
  }

  private static List<Path> handedBack(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(path -> path.getFileName().toString().contains(".status-")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theStatusOfADriverElsewhereComesBack() {
    List<String> command = new ArrayList<>(Renders.command(file, "refused"));
    command.addAll(List.of("--master", cluster.master(), "--layer", "nosuch/layer"));
    Process process =
        cluster.reverie(
            Map.of("REVERIE_SPARK_OPTIONS", "--deploy-mode cluster --driver-memory 512m"),
            command,
            Kill.path("refused.log"));
    assertEquals(2, LocalCluster.wait(process, 300), () -> Kill.log("refused.log"));
    assertTrue(Kill.log("refused.log").contains("nosuch/layer"), () -> Kill.log("refused.log"));
  }

  @Test
  void aBatchRendersInClientAndInClusterMode() throws IOException {
    Path folder = Folders.anew("batches");
    Process client =
        cluster.submit(
            options(),
            List.of("batch", batch(folder, "client").toString()),
            Kill.path("batch-client.log"));
    assertEquals(0, LocalCluster.wait(client, 300), () -> Kill.log("batch-client.log"));
    // Spark's chatter would lie over the plan.
    assertFalse(
        Kill.log("batch-client.log").contains(" INFO "), () -> Kill.log("batch-client.log"));
    Process elsewhere =
        cluster.reverie(
            Map.of("REVERIE_SPARK_OPTIONS", "--deploy-mode cluster --driver-memory 512m"),
            List.of("batch", batch(folder, "cluster").toString(), "--master", cluster.master()),
            Kill.path("batch-cluster.log"));
    assertEquals(0, LocalCluster.wait(elsewhere, 300), () -> Kill.log("batch-cluster.log"));
    for (String work : List.of("calm", "wild")) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("client-" + work + ".png")),
          Files.readAllBytes(folder.resolve("cluster-" + work + ".png")));
    }
    for (String name : List.of("client", "cluster")) {
      JsonNode report =
          new ObjectMapper().readTree(folder.resolve(name + "-report/report.json").toFile());
      assertEquals("finished", report.path("state").asText());
      assertEquals(List.of("done", "done"), report.path("works").findValuesAsText("state"));
    }
  }

  /** One work is refused where it is dreamt; the other is made, and the status tells. */
  @Test
  void theStatusOfABatchElsewhereComesBack() throws IOException {
    Path folder = Folders.anew("broken-batches");
    Path file = batch(folder, "broken");
    Files.writeString(
        file,
        Files.readString(file).replace("iterations: 3}", "iterations: 3}\n    tiles.tile: 4"));
    Process process =
        cluster.reverie(
            Map.of("REVERIE_SPARK_OPTIONS", "--deploy-mode cluster --driver-memory 512m"),
            List.of("batch", file.toString(), "--master", cluster.master()),
            Kill.path("batch-broken.log"));
    assertEquals(2, LocalCluster.wait(process, 300), () -> Kill.log("batch-broken.log"));
    assertTrue(Kill.log("batch-broken.log").contains("less than the layer's stride"));
    assertTrue(Files.exists(folder.resolve("broken-calm.png")));
  }

  private static List<String> options() {
    List<String> options = new ArrayList<>(List.of("--master", cluster.master()));
    options.addAll(Kill.executors(2));
    return options;
  }

  private static Path batch(Path folder, String name) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        defaults:
          input.source: gradient:chromatic
          run.threads: 1
        works:
          - name: Calm
            print: {out: %1$s-calm.png, width: 64px, height: 48px}
            dream: {octaves: 1, iterations: 1}
          - name: Wild
            print: {out: %1$s-wild.png, width: 64px, height: 48px}
            dream: {octaves: 1, iterations: 3}
        """
            .formatted(folder.resolve(name)));
  }

  @Test
  void anInterruptedRenderSaysThatItIsStopped() throws IOException {
    cluster.forget();
    List<String> command = new ArrayList<>(Renders.command(file, "interrupted"));
    command.addAll(List.of("--master", cluster.master()));
    Process process = cluster.reverie(Map.of(), command, Kill.path("interrupted.log"));
    assertTrue(Moments.await(300, () -> cluster.stored().size() >= 5 || !process.isAlive()));
    // Not SIGINT, which a build in the background of a script hands on to its children as ignored.
    Process interrupt = new ProcessBuilder("kill", "-TERM", "" + process.pid()).start();
    assertEquals(0, LocalCluster.wait(interrupt, 10));
    assertEquals(3, LocalCluster.wait(process, 60), () -> Kill.log("interrupted.log"));
    assertTrue(Kill.log("interrupted.log").contains("To resume: "));
    assertEquals("stopped", new WorkState(file, "interrupted").status().path("state").asText());
  }

  @Test
  void aCheckThatGetsNoExecutorEnds() throws IOException {
    Process process = checkWithoutExecutor("", "none.log");
    assertEquals(2, LocalCluster.wait(process, 300), () -> Kill.log("none.log"));
    String said = Kill.log("none.log");
    assertTrue(said.contains("reverie: --master: " + cluster.master() + " gave no executor"), said);
    assertFalse(said.contains("is waited for"), said);
    assertFalse(said.contains("cancelled"), said);
  }

  /** It waits until it is stopped. */
  @Test
  void aCheckThatWaitsLongerSaysSoAndKeepsNothing() throws IOException {
    Process process =
        checkWithoutExecutor(
            " --conf spark.scheduler.maxRegisteredResourcesWaitingTime=1h", "waiting.log");
    assertTrue(
        Moments.await(
            300, () -> Kill.log("waiting.log").contains("is waited for") || !process.isAlive()));
    Process terminate = new ProcessBuilder("kill", "-TERM", "" + process.pid()).start();
    assertEquals(0, LocalCluster.wait(terminate, 10), () -> Kill.log("waiting.log"));
    assertEquals(3, LocalCluster.wait(process, 60), () -> Kill.log("waiting.log"));
    String said = Kill.log("waiting.log");
    assertTrue(said.contains("Nothing is kept"), said);
    assertFalse(said.contains("cancelled"), said);
  }

  /** A check that asks for more GPUs than any machine has. */
  private static Process checkWithoutExecutor(String options, String log) {
    String gpus =
        "--conf spark.executor.resource.gpu.amount=99 --conf spark.task.resource.gpu.amount=1";
    return cluster.reverie(
        Map.of("REVERIE_SPARK_OPTIONS", gpus + options),
        List.of("check", "--size", "64", "--master", cluster.master()),
        Kill.path(log));
  }

  private static byte[] render(Storage storage, String name, String options) {
    List<String> command = new ArrayList<>(Renders.command(storage, name));
    command.addAll(List.of("--master", cluster.master()));
    String all = String.join(" ", storage.options()) + " " + options;
    Process process =
        cluster.reverie(Map.of("REVERIE_SPARK_OPTIONS", all), command, Kill.path(name + ".log"));
    assertEquals(0, LocalCluster.wait(process, 400), () -> Kill.log(name + ".log"));
    return Renders.print(storage, name);
  }
}
