package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reverie.conf.UserException;
import org.reverie.executor.engine.NotFiniteException;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.TaskDevice;
import org.reverie.executor.work.TaskReport;

/** What every {@link TileRunner} owes; one subclass for each. Tasks run in the JVM of the test. */
@Timeout(60)
public abstract class TileRunnerContract {
  protected static final int SLOTS = 2;

  private static final RenderSetup SETUP =
      Setups.of(new byte[] {1, 2}, new byte[0], new float[][] {{3}}, "file:/work", "id");
  private static final Stage STAGE = new Stage(Stage.Kind.DREAM, 3, 1, new float[] {0.5f});

  /** Attempts of each task; static, since bodies are copied on their way. */
  private static final Map<Integer, AtomicInteger> ATTEMPTS = new ConcurrentHashMap<>();

  private static final AtomicInteger STARTED = new AtomicInteger();
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  /** A runner with {@link #SLOTS} slots. */
  protected abstract TileRunner runner(RenderSetup setup, TaskBody body);

  @BeforeEach
  void forget() {
    ATTEMPTS.clear();
    STARTED.set(0);
    gate = new CountDownLatch(0);
  }

  @Test
  void reportsComeInOrderAndEachIsToldOnce() {
    TaskBody body =
        (setup, stage, task) -> {
          // The first ones take longest.
          sleep(Math.max(0, 20 - task));
          return report(task, setup.plan()[1] * task + stage.factors()[0], setup.store());
        };
    try (TileRunner runner = runner(SETUP, body)) {
      assertEquals(SLOTS, runner.slots());
      AtomicBoolean inside = new AtomicBoolean();
      BitSet told = new BitSet();
      List<TaskReport> reports =
          runner.run(
              STAGE,
              40,
              report -> {
                assertFalse(inside.getAndSet(true));
                assertFalse(told.get(report.task()));
                told.set(report.task());
                inside.set(false);
              });
      assertEquals(40, told.cardinality());
      assertEquals(40, reports.size());
      for (int task = 0; task < 40; task++) {
        assertEquals(task, reports.get(task).task());
        assertArrayEquals(new double[] {2 * task + 0.5}, reports.get(task).sums());
        assertArrayEquals("file:/work".getBytes(), reports.get(task).bytes());
      }
      assertEquals(Faults.NONE, runner.faults());
    }
  }

  @Test
  void noTasksAreDoneAtOnce() {
    try (TileRunner runner = runner(SETUP, (setup, stage, task) -> fail())) {
      assertEquals(List.of(), runner.run(STAGE, 0, report -> fail()));
      runner.stream(STAGE, 0, report -> fail());
    }
  }

  @Test
  void aTaskThatFailsTwiceIsTriedAgain() throws InterruptedException {
    TaskBody body =
        (setup, stage, task) -> {
          if (task == 3 && attempt(task) <= 2) {
            throw new IllegalStateException("a lost network");
          }
          return report(task, task, "");
        };
    try (TileRunner runner = runner(SETUP, body)) {
      assertEquals(8, runner.run(STAGE, 8, report -> {}).size());
      assertEquals(3, ATTEMPTS.get(3).get());
      // Spark's listeners hear of it a little later.
      for (int i = 0; i < 100 && runner.faults().failedAttempts() < 2; i++) {
        Thread.sleep(20);
      }
      assertEquals(new Faults(2, 0), runner.faults());
    }
  }

  @Test
  void aTaskThatFailsForGoodIsNamedWithItsStageAndCause() {
    TaskBody body =
        (setup, stage, task) -> {
          if (task == 5) {
            attempt(task);
            throw new NotFiniteException(7);
          }
          return report(task, task, "");
        };
    try (TileRunner runner = runner(SETUP, body)) {
      StageFailedException failed =
          assertThrows(StageFailedException.class, () -> runner.run(STAGE, 8, report -> {}));
      assertEquals(
          "octave 3 round 1 dream, task 5: " + new NotFiniteException(7), failed.getMessage());
      assertEquals(7, assertInstanceOf(NotFiniteException.class, failed.getCause()).iteration());
      assertEquals(4, ATTEMPTS.get(5).get());
      // The runner goes on to work.
      TaskReport[] last = new TaskReport[1];
      runner.stream(STAGE, 4, report -> last[0] = report);
      assertEquals(3, last[0].task());
      assertThrows(StageFailedException.class, () -> runner.stream(STAGE, 8, report -> {}));
    }
  }

  @Test
  void anErrorIsAFailureToo() {
    TaskBody body =
        (setup, stage, task) -> {
          if (task == 2) {
            throw new UnsatisfiedLinkError("libdreams.so");
          }
          return report(task, task, "");
        };
    try (TileRunner runner = runner(SETUP, body)) {
      StageFailedException failed =
          assertThrows(StageFailedException.class, () -> runner.stream(STAGE, 3, report -> {}));
      assertTrue(failed.getMessage().startsWith("octave 3 round 1 dream, task 2: "));
      assertTrue(failed.getMessage().contains("libdreams.so"), failed.getMessage());
    }
  }

  @Test
  void anExceptionThatCannotTravelIsToldInWords() {
    TaskBody body =
        (setup, stage, task) -> {
          throw new Unsendable();
        };
    try (TileRunner runner = runner(SETUP, body)) {
      StageFailedException failed =
          assertThrows(StageFailedException.class, () -> runner.run(STAGE, 1, report -> {}));
      assertTrue(failed.getMessage().contains("task 0"), failed.getMessage());
      assertTrue(failed.getMessage().contains("out of pins"), failed.getMessage());
    }
  }

  @Test
  void theUsersMistakeIsNotTriedAgain() {
    TaskBody body =
        (setup, stage, task) -> {
          attempt(task);
          throw UserException.of("unknown-layer", "--layer", "no layer x", "Take y");
        };
    try (TileRunner runner = runner(SETUP, body)) {
      UserException run =
          assertThrows(UserException.class, () -> runner.run(STAGE, 1, report -> {}));
      assertEquals("unknown-layer", run.problems().get(0).code());
      assertEquals(1, ATTEMPTS.get(0).get());
      assertThrows(UserException.class, () -> runner.stream(STAGE, 1, report -> {}));
      assertEquals(2, ATTEMPTS.get(0).get());
    }
  }

  @Test
  void aStreamIsInOrderAndDoesNotRunFarAhead() {
    TaskBody body =
        (setup, stage, task) -> {
          STARTED.incrementAndGet();
          return report(task, task, "");
        };
    try (TileRunner runner = runner(SETUP, body)) {
      List<Integer> order = new ArrayList<>();
      runner.stream(
          STAGE,
          30,
          report -> {
            sleep(report.task() == 4 ? 300 : 5);
            order.add(report.task());
            int started = STARTED.get();
            assertTrue(
                started <= order.size() + 2 * SLOTS, started + " started at " + order.size());
          });
      assertEquals(IntStream.range(0, 30).boxed().toList(), order);
    }
  }

  @Test
  void laterTasksRunWhileAnEarlierOneIsWaitedFor() {
    gate = new CountDownLatch(1);
    TaskBody body =
        (setup, stage, task) -> {
          if (task == 0) {
            await(gate);
          } else {
            gate.countDown();
          }
          return report(task, task, "");
        };
    try (TileRunner runner = runner(SETUP, body)) {
      List<Integer> order = new ArrayList<>();
      runner.stream(STAGE, 3, report -> order.add(report.task()));
      assertEquals(List.of(0, 1, 2), order);
    }
  }

  @Test
  void largeResultsArrive() {
    TaskBody body =
        (setup, stage, task) -> {
          byte[] bytes = new byte[20_000_000];
          Arrays.fill(bytes, (byte) task);
          return new TaskReport(task, new double[0], 0, 0, 0, false, 1, bytes);
        };
    try (TileRunner runner = runner(SETUP, body)) {
      int[] next = {0};
      runner.stream(
          STAGE,
          6,
          report -> {
            assertEquals(next[0], report.task());
            assertEquals(20_000_000, report.bytes().length);
            assertEquals((byte) next[0]++, report.bytes()[19_999_999]);
          });
      assertEquals(6, next[0]);
    }
  }

  @Test
  void whatTheListenerThrowsStopsTheStage() {
    TaskBody body =
        (setup, stage, task) -> {
          STARTED.incrementAndGet();
          sleep(5);
          return report(task, task, "");
        };
    try (TileRunner runner = runner(SETUP, body)) {
      RuntimeException full = new IllegalStateException("the disk is full");
      assertSame(
          full,
          assertThrows(
              IllegalStateException.class,
              () ->
                  runner.run(
                      STAGE,
                      500,
                      report -> {
                        throw full;
                      })));
      sleep(100);
      int started = STARTED.get();
      assertTrue(started < 400, started + " tasks were started");
    }
  }

  @Test
  void aThousandSmallTasks() {
    try (TileRunner runner = runner(SETUP, (setup, stage, task) -> report(task, task, ""))) {
      runner.run(STAGE, 1000, report -> {});
      long start = System.nanoTime();
      assertEquals(1000, runner.run(STAGE, 1000, report -> {}).size());
      long run = System.nanoTime();
      int[] count = {0};
      runner.stream(STAGE, 1000, report -> count[0]++);
      long end = System.nanoTime();
      assertEquals(1000, count[0]);
      System.out.printf(
          "%s: %.3f ms a task in a stage, %.3f ms in a stream%n",
          runner.getClass().getSimpleName(), (run - start) / 1e9, (end - run) / 1e9);
    }
  }

  @Test
  void aTaskHasNoDeviceUnlessItIsGivenOne() {
    TaskBody body = (setup, stage, task) -> report(task, 0, TaskDevice.address().orElse("none"));
    try (TileRunner runner = runner(SETUP, body)) {
      assertArrayEquals("none".getBytes(), runner.run(STAGE, 1, report -> {}).get(0).bytes());
    }
  }

  private static TaskReport fail() {
    throw new AssertionError("nothing should run");
  }

  private static int attempt(int task) {
    return ATTEMPTS.computeIfAbsent(task, key -> new AtomicInteger()).incrementAndGet();
  }

  private static TaskReport report(int task, double sum, String text) {
    return new TaskReport(task, new double[] {sum}, 0, 0, 0, false, 1, text.getBytes());
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody opened the gate");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Holds something that cannot be serialized. */
  private static final class Unsendable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial")
    private final Object pinned = new Object();

    Unsendable() {
      super("out of pins");
    }

    @Override
    public String toString() {
      return super.toString() + (pinned == null ? " at all" : "");
    }
  }
}
