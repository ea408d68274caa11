package org.reverie.driver.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.UserException;
import org.reverie.driver.Setups;
import org.reverie.driver.TileRunner;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.StoppedException;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.TaskReport;
import org.reverie.executor.work.TimedBody;

class SparkApplicationTest {
  private static final Stage STAGE = new Stage(Stage.Kind.DREAM, 0, 0, new float[0]);

  /** Shared with the tasks, which run in this JVM. */
  private static final AtomicInteger BEGUN = new AtomicInteger();

  @TempDir Path folder;

  @Test
  void rendersThatFollowOneAnotherShareOneSpark() {
    JavaSparkContext first = LocalSpark.APPLICATION.context();
    for (int render = 0; render < 2; render++) {
      try (TileRunner runner = LocalSpark.APPLICATION.runner(setup(), body())) {
        assertEquals(3, runner.run(STAGE, 3, report -> {}).size());
      }
    }
    assertSame(first, LocalSpark.APPLICATION.context());
  }

  @Test
  void aSparkThatBrokeDownIsStartedAnew() {
    JavaSparkContext first = LocalSpark.APPLICATION.context();
    first.stop();
    try (TileRunner runner = LocalSpark.APPLICATION.runner(setup(), body())) {
      assertEquals(2, runner.run(STAGE, 2, report -> {}).size());
    }
    assertNotSame(first, LocalSpark.APPLICATION.context());
  }

  /** Another one could not be opened: no master is there any more. */
  @Test
  void whoeverIsImpatientTakesTheSparkThatRuns() {
    JavaSparkContext first = LocalSpark.APPLICATION.context();
    System.setProperty("spark.master", "spark://127.0.0.1");
    try (TileRunner runner = LocalSpark.APPLICATION.impatientRunner(setup(), body())) {
      assertEquals(1, runner.run(STAGE, 1, report -> {}).size());
    } finally {
      System.clearProperty("spark.master");
    }
    assertSame(first, LocalSpark.APPLICATION.context());
  }

  /** What goes wrong beside the planning is told where Spark is needed, and nowhere else. */
  @Test
  void aSparkThatCannotBeginSaysSoWhenItIsNeeded() {
    try (SparkApplication needed = new SparkApplication(Optional.of("no://where"), 1, note -> {});
        SparkApplication idle = new SparkApplication(Optional.of("no://where"), 1, note -> {})) {
      idle.begin();
      needed.begin();
      UserException thrown = assertThrows(UserException.class, needed::context);
      // Or because another one runs in this JVM.
      assertTrue(thrown.getMessage().contains("Spark does not start with no://where: "));
    }
  }

  /** Two slots, tasks of 400 ms, the end after 600: the first two and the next two are finished. */
  @Test
  void afterTheDeadlineNothingBeginsAndWhatHasBegunEnds() {
    LocalSpark.context();
    BEGUN.set(0);
    List<Integer> finished = new ArrayList<>();
    TaskBody slow = new TimedBody(SparkApplicationTest::slowly, Instant.now().plusMillis(600));
    try (TileRunner runner = LocalSpark.APPLICATION.runner(setup(), slow)) {
      assertThrows(
          StoppedException.class,
          () -> runner.run(STAGE, 50, report -> finished.add(report.task())));
      assertEquals(0, runner.faults().failedAttempts(), "to stop is no failure");
    }
    assertEquals(BEGUN.get(), finished.size(), "all that had begun was waited for");
    assertEquals(true, finished.size() >= 1 && finished.size() <= 6, finished::toString);
  }

  private static TaskReport slowly(RenderSetup setup, Stage stage, int task) {
    BEGUN.incrementAndGet();
    try {
      Thread.sleep(400);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return report(task);
  }

  private static TaskBody body() {
    return (setup, stage, task) -> report(task);
  }

  private static TaskReport report(int task) {
    return new TaskReport(task, new double[0], 0, 0, 0, false, 1, new byte[0]);
  }

  private RenderSetup setup() {
    return Setups.of(new byte[] {1}, new byte[] {2}, new float[0][], folder.toString(), "test");
  }
}
