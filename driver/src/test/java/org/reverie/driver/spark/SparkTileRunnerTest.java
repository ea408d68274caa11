package org.reverie.driver.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext$;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.Test;
import org.reverie.driver.InProcessRunner;
import org.reverie.driver.Setups;
import org.reverie.driver.TileRunner;
import org.reverie.driver.TileRunnerContract;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.TaskReport;

class SparkTileRunnerTest extends TileRunnerContract {
  @Override
  protected TileRunner runner(RenderSetup setup, TaskBody body) {
    return new SparkTileRunner(LocalSpark.context(), setup, body, Broadcast::destroy);
  }

  /** Spark may end at once after it, and executors must not be asked for anything then. */
  @Test
  void whenItIsClosedItsSetupIsStillThere() {
    RenderSetup setup = Setups.of(new byte[] {7}, new byte[] {8}, new float[0][], "hdfs:/w", "x");
    List<Broadcast<RenderSetup>> retired = new ArrayList<>();
    new SparkTileRunner(LocalSpark.context(), setup, (given, s, task) -> null, retired::add)
        .close();
    assertEquals("hdfs:/w", retired.get(0).value().store());
    retired.get(0).destroy();
  }

  @Test
  void reportsAreThoseOfThisProcess() {
    RenderSetup setup =
        Setups.of(new byte[] {7}, new byte[] {8}, new float[][] {{9}}, "hdfs:/w", "x");
    Stage stage = new Stage(Stage.Kind.STITCH, 1, 2, new float[] {0.1f, 0.2f});
    TaskBody body =
        (given, s, task) ->
            new TaskReport(
                task,
                new double[] {
                  given.plan()[0] * Math.sqrt(task), given.guide()[0][0] + s.factors()[1]
                },
                task + s.octave(),
                given.brain()[0],
                s.round(),
                task % 2 == 0,
                1,
                (given.store() + given.id() + s.kind() + task).getBytes());
    List<TaskReport> here = new ArrayList<>();
    List<TaskReport> streamed = new ArrayList<>();
    List<TaskReport> onSpark;
    try (TileRunner inProcess = new InProcessRunner(SLOTS, setup, body);
        TileRunner spark = runner(setup, body)) {
      here.addAll(inProcess.run(stage, 50, report -> {}));
      onSpark = spark.run(stage, 50, report -> {});
      spark.stream(stage, 50, streamed::add);
    }
    for (int task = 0; task < 50; task++) {
      assertSame(here.get(task), onSpark.get(task));
      assertSame(here.get(task), streamed.get(task));
    }
  }

  @Test
  void theDeviceIsTheFirstGpuOfTheTask() {
    assertEquals(Optional.empty(), TaskCall.device(Map.of()));
    assertEquals(
        Optional.of("3"),
        TaskCall.device(Map.of("gpu", new ResourceInformation("gpu", new String[] {"3", "1"}))));
    assertEquals(
        Optional.empty(),
        TaskCall.device(Map.of("gpu", new ResourceInformation("gpu", new String[0]))));
  }

  /** Spark ends it then; a driver that computes itself has to tell its user instead. */
  @Test
  void anExecutorIsOfNoUseWithoutItsDevice() {
    RuntimeException failed = new IllegalStateException(new DeviceLostException("gone"));
    UnusableExecutorError error =
        assertThrows(UnusableExecutorError.class, () -> TaskCall.mayGoOn(7, failed, "3"));
    assertEquals("task 7: " + failed.getCause().getMessage(), error.getMessage());
    assertTrue(Utils.isFatalError(error));
    TaskCall.mayGoOn(7, failed, SparkContext$.MODULE$.DRIVER_IDENTIFIER());
    TaskCall.mayGoOn(7, new IllegalStateException("gone"), "3");
  }

  private static void assertSame(TaskReport expected, TaskReport found) {
    assertEquals(expected.task(), found.task());
    assertArrayEquals(expected.sums(), found.sums());
    assertEquals(expected.gradientPixels(), found.gradientPixels());
    assertEquals(expected.engineNanos(), found.engineNanos());
    assertEquals(expected.otherNanos(), found.otherNanos());
    assertEquals(expected.reused(), found.reused());
    assertArrayEquals(expected.bytes(), found.bytes());
  }
}
