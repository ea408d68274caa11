package org.reverie.driver.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.SparkConf;
import org.apache.spark.broadcast.Broadcast;
import org.junit.jupiter.api.Test;
import org.reverie.conf.UserException;
import org.reverie.driver.Setups;
import org.reverie.driver.TileRunner;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskBody;

class PatienceTest {
  private static final long SECOND = 1_000_000_000;

  /** Of the task that waits, which runs in this JVM. */
  private static final CountDownLatch END = new CountDownLatch(1);

  /** Seconds, and executors: 0 of them for 30 s in a row is too long, wherever the clock begins. */
  @Test
  void itEndsWhereNoExecutorIsThereForTooLong() {
    Patience patience = new Patience("spark://h:7077", Duration.ofSeconds(30));
    long start = Long.MAX_VALUE - 20 * SECOND;
    patience.look(0, start);
    patience.look(0, start + 29 * SECOND);
    patience.look(1, start + 31 * SECOND);
    patience.look(0, start + 32 * SECOND);
    patience.look(0, start + 61 * SECOND);
    UserException ended =
        assertThrows(UserException.class, () -> patience.look(0, start + 62 * SECOND));
    assertEquals(
        "--master: spark://h:7077 gave no executor for this within 30 s: its machines may be busy"
            + " or gone, or none has the cores, memory or GPUs that are asked for. Start machines"
            + " or free them, ask for what they have, or have them waited for longer by --conf"
            + " spark.scheduler.maxRegisteredResourcesWaitingTime=5min",
        ended.getMessage());
  }

  @Test
  void itIsAsLongAsSparksSettingsSay() {
    SparkConf conf = new SparkConf(false).set("spark.master", "yarn");
    assertFalse(Patience.of(conf).isLong());
    conf.set("spark.scheduler.maxRegisteredResourcesWaitingTime", "5min");
    Patience five = Patience.of(conf);
    assertTrue(five.isLong());
    five.look(0, 0);
    five.look(0, 299 * SECOND);
    assertThrows(UserException.class, () -> five.look(0, 300 * SECOND));
  }

  /**
   * Spark in this process has no executor but the driver, and its task goes on until it was seen.
   */
  @Test
  void aRunnerAsksWhileItWaits() {
    RenderSetup setup = Setups.of(new byte[0], new byte[0], new float[0][], "file:/w", "wait");
    Patience patience = new Patience("spark://h:7077", Duration.ofMillis(1));
    try (TileRunner runner =
        new SparkTileRunner(
            LocalSpark.context(),
            setup,
            untilTheEnd(),
            Broadcast::destroy,
            Optional.of(patience))) {
      Stage stage = new Stage(Stage.Kind.GRADIENT, 0, 0, new float[0]);
      UserException ended =
          assertTimeoutPreemptively(
              Duration.ofSeconds(60),
              () -> assertThrows(UserException.class, () -> runner.run(stage, 1, report -> {})));
      assertEquals("no-executor", ended.problems().get(0).code());
    } finally {
      END.countDown();
    }
  }

  private static TaskBody untilTheEnd() {
    return (setup, stage, task) -> {
      try {
        END.await();
        throw new IllegalStateException("it was waited for");
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    };
  }
}
