package org.reverie.driver.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecutorWatchTest {
  private static final long SECOND = 1_000_000_000;
  private static final long START = Long.MAX_VALUE - 20 * SECOND;

  private final List<String> said = new ArrayList<>();
  private final ExecutorWatch watch = new ExecutorWatch("spark://h:7077", said::add);

  private int saidAt(int second, int executors, boolean awaited) {
    watch.look(executors, awaited, START + second * SECOND);
    return said.size();
  }

  /** Before any job: a training waits for its first executor without one. */
  @Test
  void aClusterThatGivesNoExecutorIsTold() {
    assertEquals(0, saidAt(0, 0, false));
    assertEquals(0, saidAt(29, 0, false));
    assertEquals(1, saidAt(30, 0, false));
    assertEquals(1, saidAt(300, 0, true), "once is enough");
    assertEquals(
        "spark://h:7077 has had no executor for this for 30 s, and is waited for: its machines may"
            + " be busy or gone, or none has the cores, memory or GPUs that are asked for",
        said.get(0));
  }

  /** The disk of their machine may be full, so that none of them can begin. */
  @Test
  void whyTheLastOneWentIsTold() {
    saidAt(0, 1, true);
    watch.lost("Command exited with code 1");
    watch.lost("Unable to create executor due to No space left on device\n\tat trace");
    saidAt(1, 0, true);
    assertEquals(1, saidAt(31, 0, true));
    assertTrue(
        said.get(0)
            .endsWith(
                ". Of the last one Spark says: Unable to create executor due to No space left on"
                    + " device"),
        said.get(0));
  }

  @Test
  void executorsThatVanishAreToldWhileAJobWaits() {
    saidAt(0, 4, true);
    saidAt(10, 0, true);
    assertEquals(0, saidAt(39, 0, true));
    assertEquals(1, saidAt(40, 0, true));
    saidAt(50, 1, true);
    saidAt(60, 0, true);
    assertEquals(1, saidAt(89, 0, true));
    assertEquals(2, saidAt(90, 0, true));
  }

  /** With dynamic allocation idle executors go, and nobody misses them. */
  @Test
  void executorsThatNobodyWaitsForMayGo() {
    saidAt(0, 4, true);
    assertEquals(0, saidAt(10, 0, false));
    assertEquals(0, saidAt(100, 0, false));
    assertEquals(0, saidAt(101, 0, true));
    assertEquals(0, saidAt(130, 0, true));
    assertEquals(1, saidAt(131, 0, true));
  }
}
