package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.RenderJob;
import org.reverie.executor.print.PrintFormat;
import org.reverie.tiling.plan.RenderPlan;

class WorkDirectoryTest {
  private static final int RUNS = 40;

  @TempDir Path folder;

  /**
   *
   *
   * <pre>
   *   one  claims  works  lets go |  claims  works  lets go ...
   *   two    claims  works  lets go | claims ...              both in folder/.reverie/work
   * </pre>
   */
  @Test
  void rendersThatBeginAndEndAtOnceInOneFolderDoNotDisturbEachOther() throws Exception {
    TinyRenders renders = new TinyRenders(folder);
    Configuration configuration = Places.configuration();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> both = new ArrayList<>();
      for (String name : List.of("one", "two")) {
        RenderJob job = renders.job(name);
        RenderPlan plan = plan(job, configuration);
        both.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < RUNS; i++) {
                    WorkDirectory.open(
                            job,
                            Places.path(job.print().out(), configuration),
                            plan,
                            configuration,
                            note -> {})
                        .discard();
                  }
                  return null;
                }));
      }
      for (Future<?> one : both) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of("tiny.prototxt"), left.map(f -> f.getFileName().toString()).toList());
    }
  }

  private static RenderPlan plan(RenderJob job, Configuration configuration) throws Exception {
    try (RenderInput input = RenderInput.open(job, configuration);
        RenderSession session = new RenderSession(Render.IN_PROCESS, Optional.empty())) {
      return Preparation.of(job, input, PrintFormat.TIFF, session, configuration).plan();
    }
  }
}
