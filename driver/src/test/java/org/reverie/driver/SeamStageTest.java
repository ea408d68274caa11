package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.RenderJob;
import org.reverie.driver.spark.LocalSpark;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.Tasks;

/**
 * The seam meter as a stage of tasks:
 *
 * <pre>
 *   1250 x 930 px     part 0 |    part 1          whoever reads them, and in what order,
 *                     -------+                    the report is the same
 * </pre>
 */
class SeamStageTest {
  private static final String SETTINGS =
      """
      print: {width: 1250px, height: 930px}
      dream: {octaves: 1, iterations: 1}
      tiles: {tile: 190, halo: exact, sync: 1}
      """;

  @TempDir Path folder;

  @Test
  void theReportDoesNotDependOnWhoReads() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    // The first part comes last.
    TaskBody late =
        (setup, stage, task) -> {
          if (stage.kind() == Stage.Kind.SEAMS && task == 0) {
            sleep();
          }
          return Tasks.perform(setup, stage, task);
        };
    render(renders.job("late", SETTINGS), late);
    JsonNode expected = renders.report("late").path("seams");
    assertTrue(expected.path("seams").size() > 32, expected::toString);
    assertEquals(2, renders.report("late").at("/run/stages/seams/tasks").asInt());

    // One at a time.
    LocalSpark.stop();
    render(renders.job("spark", SETTINGS, "run.master: 'local[1]'"), Tasks::perform);
    assertEquals(expected.toString(), renders.report("spark").path("seams").toString());
  }

  private static void render(RenderJob job, TaskBody body) {
    try (RenderSession session = new RenderSession(job.run().master(), body)) {
      assertEquals(RenderOutcome.DONE, Render.run(job, session, new Recorder()));
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(300);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
