package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Renders on a cluster of two workers: where tasks run, and what is killed, leaves no trace. */
@ExtendWith(OnCluster.class)
class ClusterTest {
  private static LocalCluster cluster;
  private static Storage file;
  private static Undisturbed undisturbed;

  @BeforeAll
  static void prepare() {
    file = Storage.file("renders");
    cluster = OnCluster.cluster();
    undisturbed = OnCluster.undisturbed();
  }

  @ParameterizedTest
  @CsvSource({"DRIVER, 1", "EXECUTOR, 2", "BOTH, 3"})
  void killedOnFile(Kill.Victim victim, long seed) {
    System.out.println(new Kill(cluster, file, undisturbed, victim, seed).run());
  }

  @Test
  void killedOnHdfsWithADataNodeRestarted() {
    try (Storage hdfs = Storage.hdfs()) {
      System.out.println(new Kill(cluster, hdfs, undisturbed, Kill.Victim.BOTH, 4).run());
    }
  }

  @Test
  void killedOnS3() {
    try (Storage s3 = Storage.s3()) {
      System.out.println(new Kill(cluster, s3, undisturbed, Kill.Victim.DRIVER, 5).run());
      assertRefused(s3.options(), "s3a://nowhere/", "The specified bucket does not exist");
    }
  }

  /** With S3A's own patience this takes a quarter of an hour. */
  @Test
  void aServerOfS3ThatIsNotThereIsToldOf() {
    assertRefused(
        List.of(
            "--conf", "spark.hadoop.fs.s3a.endpoint=http://127.0.0.1:1",
            "--conf", "spark.hadoop.fs.s3a.access.key=made-up",
            "--conf", "spark.hadoop.fs.s3a.secret.key=made-up"),
        "s3a://silent/",
        "a server of files is not there or does not answer");
  }

  private static void assertRefused(List<String> settings, String root, String words) {
    List<String> options = new ArrayList<>(List.of("--master", "local[1]"));
    options.addAll(settings);
    List<String> command = List.of("render", root + "in.png", "--out", root + "out.tif");
    Process process = cluster.submit(options, command, Kill.path("refused.log"));
    assertEquals(2, LocalCluster.wait(process, 120), () -> Kill.log("refused.log"));
    assertTrue(Kill.log("refused.log").contains(words), () -> Kill.log("refused.log"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void asManyExecutorsMakeTheSameBytes(int executors) {
    List<String> options = new ArrayList<>(List.of("--master", cluster.master()));
    options.addAll(Kill.executors(executors));
    String name = "executors-" + executors;
    Process process =
        cluster.submit(options, Renders.command(file, name), Kill.path(name + ".log"));
    assertTrue(
        Moments.await(120, () -> cluster.executors().size() == executors || !process.isAlive()),
        "executors do not start");
    assertEquals(0, LocalCluster.wait(process, 240), () -> Kill.log(name + ".log"));
    assertArrayEquals(undisturbed.print(), Renders.print(file, name));
  }
}
