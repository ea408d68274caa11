package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a training waits for executors, on a clock of its own. */
final class WorkersTest {
  private static final long PATIENCE_MILLIS = 30_000;

  private final TreeMap<Long, Integer> registering = new TreeMap<>();
  private final TrainingRecorder notes = new TrainingRecorder();
  private long now = 1000;

  /** At 0, 2 and 9 s. */
  @Test
  void thoseThatWereAskedForAreWaitedFor() {
    register(0, 2).register(2000, 4).register(9000, 6).register(9200, 8);
    assertEquals(6, await(OptionalInt.of(6)));
    assertTrue(9000 <= now && now < 9500, now + " ms");
    assertEquals(List.of("waits for executors: 2 of 6 workers are there"), notes.lines());
  }

  @Test
  void nobodyWaitsForThoseThatAreThere() {
    register(0, 6);
    assertEquals(6, await(OptionalInt.of(6)));
    assertEquals(6, await(OptionalInt.of(4)));
    assertEquals(1000, now);
    assertEquals(List.of(), notes.lines());
  }

  /** Of fewer it is said elsewhere that they do not do. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"6, -, 6", "6, 6, 6", "2, 6, 2", "6, 4, 4"})
  void noMoreAreTakenThanACheckpointHas(int there, Integer kept, int expected) {
    OptionalInt of = kept == null ? OptionalInt.empty() : OptionalInt.of(kept);
    assertEquals(expected, Workers.taken(there, of, notes));
    assertEquals(
        expected < there
            ? List.of("the training that is kept there has 4 workers, so that 2 of 6 are left idle")
            : List.of(),
        notes.lines());
  }

  @Test
  void patienceHasAnEnd() {
    register(0, 2).register(40_000, 6);
    assertEquals(2, await(OptionalInt.of(6)));
    assertEquals(1000 + PATIENCE_MILLIS, now);
    assertEquals(
        "2 of 6 workers are there after 30 s; a longer spark.scheduler.maxRegisteredResourcesWaitingTime waits for more",
        notes.lines().get(1));
  }

  /** A standalone cluster gives all it has, and nobody knows how many these are. */
  @Test
  void whereNothingSaysHowManyThereWillBeTheLastIsWaitedFor() {
    register(7000, 1).register(8500, 3).register(11_000, 4).register(29_000, 9);
    assertEquals(4, await(OptionalInt.empty()));
    assertTrue(16_000 <= now && now < 16_500, now + " ms");
  }

  /** A cluster that is busy gives its executors later than patience lasts. */
  @Test
  void theFirstAreWaitedForHoweverLongItTakes() {
    register(90_000, 1).register(93_000, 4).register(200_000, 9);
    assertEquals(4, await(OptionalInt.empty()));
    assertEquals(List.of(), notes.lines());
    register(now + 90_000, 2).register(now + 93_000, 5);
    registering.put(now, 0);
    assertEquals(5, await(OptionalInt.of(6)));
    assertEquals(
        List.of(
            "waits for executors: 0 of 6 workers are there",
            "5 of 6 workers are there after 98 s; a longer spark.scheduler.maxRegisteredResourcesWaitingTime waits for more"),
        notes.lines());
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "yarn,              spark.executor.instances=3 spark.executor.cores=4, 12",
        "k8s://https://k,   spark.executor.instances=3,                        3",
        "yarn,              spark.executor.cores=4,                            -",
        "yarn, spark.executor.instances=3 spark.dynamicAllocation.enabled=true, -",
        "spark://host:7077, spark.cores.max=7,                                 7",
        "spark://host:7077, spark.cores.max=7 spark.executor.cores=2,          6",
        "spark://host:7077, spark.executor.instances=3,                        -",
      })
  void whatSparkWasToldSaysHowMany(String master, String settings, Integer workers) {
    SparkConf conf = new SparkConf(false).setMaster(master);
    for (String setting : settings.split(" ")) {
      conf.set(setting.split("=")[0], setting.split("=")[1]);
    }
    OptionalInt expected = workers == null ? OptionalInt.empty() : OptionalInt.of(workers);
    assertEquals(expected, Workers.asked(conf));
  }

  private WorkersTest register(long millis, int there) {
    registering.put(millis, there);
    return this;
  }

  private int await(OptionalInt wanted) {
    return new Workers(this::there, () -> now, span -> now += span, PATIENCE_MILLIS)
        .await(wanted, notes);
  }

  private int there() {
    return registering.isEmpty() || now < registering.firstKey()
        ? 0
        : registering.floorEntry(now).getValue();
  }
}
