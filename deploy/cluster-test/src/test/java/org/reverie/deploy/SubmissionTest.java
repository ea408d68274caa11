package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
