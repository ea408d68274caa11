package org.reverie.driver.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.UserException;

class SparkContextsTest {
  @ParameterizedTest
  @CsvSource({
    // in Spark's settings, asked for, what it becomes
    ", , 'local[3,4]'",
    ", local, 'local[1,4]'",
    ", 'local[8]', 'local[8,4]'",
    ", 'local[*]', 'local[*,4]'",
    ", 'local[8,1]', 'local[8,1]'",
    ", spark://h:7077, spark://h:7077",
    "yarn, 'local[8]', yarn",
    "'local[5]', , 'local[5]'",
  })
  void aMasterThatIsGivenStays(String given, String asked, String becomes) {
    SparkConf conf = new SparkConf(false);
    if (given != null) {
      conf.set("spark.master", given);
    }
    SparkContexts.settings(conf, "dream", Optional.ofNullable(asked), 3);
    assertEquals(becomes, conf.get("spark.master"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[0]", "local[]", "lokal"})
  void noPlaceToRunIsTheUsersToMend(String asked) {
    SparkConf conf = new SparkConf(false);
    UserException refused =
        assertThrows(
            UserException.class,
            () -> SparkContexts.settings(conf, "dream", Optional.of(asked), 3));
    assertEquals("unknown-master", refused.problems().get(0).code());
  }

  /** Spark would wait for it, in the end for ever. */
  @Test
  void aMasterThatDoesNotAnswerIsTold() throws IOException {
    String place;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      place = "127.0.0.1:" + socket.getLocalPort();
    }
    for (String master : List.of("spark://" + place, "spark://" + place + "," + place)) {
      SparkConf conf = new SparkConf(false).set("spark.master", master);
      UserException refused =
          assertThrows(UserException.class, () -> SparkContexts.start(conf, note -> {}));
      assertEquals("no-master", refused.problems().get(0).code());
      assertTrue(refused.getMessage().contains("nothing answers at " + place), refused::getMessage);
    }
    SparkConf noPort = new SparkConf(false).set("spark.master", "spark://127.0.0.1");
    UserException refused =
        assertThrows(UserException.class, () -> SparkContexts.start(noPort, note -> {}));
    assertTrue(refused.getMessage().contains("a host and a port"), refused::getMessage);
  }

  /** Whoever waits for a master hears of it, and nobody does whose master answers in time. */
  @Test
  void aMasterThatLetsWaitIsTold() {
    SparkConf conf = new SparkConf(false).set("spark.master", "spark://127.0.0.1,127.0.0.1");
    List<String> said = new ArrayList<>();
    assertThrows(UserException.class, () -> SparkContexts.start(conf, said::add, Runnable::run));
    assertEquals(
        List.of(
            "waiting for Spark's master at spark://127.0.0.1,127.0.0.1 to answer, for at most 80 s"),
        said);
    List<Runnable> late = new ArrayList<>();
    assertThrows(UserException.class, () -> SparkContexts.start(conf, said::add, late::add));
    late.forEach(Runnable::run);
    assertEquals(1, late.size());
    assertEquals(1, said.size(), said::toString);
  }

  @Test
  void aMasterThatSparkDoesNotTakeIsTold() {
    SparkConf conf = new SparkConf(false).set("spark.master", "k8s://x").set("spark.app.name", "x");
    UserException refused =
        assertThrows(UserException.class, () -> SparkContexts.start(conf, note -> {}));
    assertTrue(refused.getMessage().contains("Spark does not start"), refused::getMessage);
  }

  @Test
  void localSparkListensOnLoopbackAndACluserIsLeftAlone() {
    SparkConf local = SparkContexts.settings(new SparkConf(false), "dream", Optional.empty(), 1);
    assertEquals("127.0.0.1", local.get("spark.driver.bindAddress"));
    assertEquals("127.0.0.1", local.get("spark.driver.host"));
    assertEquals("false", local.get("spark.ui.enabled"));
    // Milliseconds of it must fit into an int of Spark's.
    long milliseconds = local.getTimeAsMs("spark.network.timeout");
    assertTrue(milliseconds > 1e9 && milliseconds < Integer.MAX_VALUE, milliseconds + " ms");
    SparkConf cluster =
        SparkContexts.settings(
            new SparkConf(false).set("spark.master", "yarn"), "dream", Optional.empty(), 1);
    assertFalse(cluster.contains("spark.driver.host"));
    assertFalse(cluster.contains("spark.ui.enabled"));
    assertFalse(cluster.contains("spark.network.timeout"));
  }

  @ParameterizedTest
  @CsvSource({"spark://127.0.0.1:7077, 127.0.0.1, false", "spark://h:7077, , "})
  void aClusterOnLoopbackOpensNothingToOtherMachines(String master, String address, String page) {
    SparkConf conf =
        SparkContexts.settings(
            new SparkConf(false).set("spark.master", master), "dream", Optional.empty(), 1);
    assertEquals(address, conf.get("spark.driver.bindAddress", null));
    assertEquals(page, conf.get("spark.ui.enabled", null));
  }

  @Test
  void whatAPersonSetStaysButNotWhatBytesDependOn() {
    SparkConf conf =
        SparkContexts.settings(
            new SparkConf(false)
                .set("spark.ui.enabled", "true")
                .set("spark.app.name", "mine")
                .set("spark.speculation", "true")
                .set("spark.kryo.registrationRequired", "false"),
            "dream",
            Optional.empty(),
            1);
    assertEquals("true", conf.get("spark.ui.enabled"));
    assertEquals("mine", conf.get("spark.app.name"));
    assertEquals("false", conf.get("spark.speculation"));
    assertEquals("true", conf.get("spark.kryo.registrationRequired"));
  }

  @Test
  void slotsOfLocalSpark() {
    assertEquals(LocalSpark.SLOTS, SparkContexts.slots(LocalSpark.context().sc()));
  }

  /** Spark would end the process, under two traces of its own. */
  @Test
  void sparkIsNotStartedWithoutAScratchFolder(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    SparkConf conf =
        new SparkConf(false)
            .setMaster("local[1]")
            .set("spark.local.dir", file.resolve("a") + "," + file.resolve("b"));
    UserException refused =
        assertThrows(UserException.class, () -> SparkContexts.start(conf, text -> {}));
    assertEquals("no-scratch", refused.problems().get(0).code());
    assertTrue(refused.getMessage().contains(file.resolve("b") + " ("), refused::getMessage);
    Path made = folder.resolve("new");
    SparkContexts.requireScratch(List.of(file.toString(), made.toString()));
    try (Stream<Path> left = Files.list(made)) {
      assertEquals(0, left.count());
    }
  }
}
