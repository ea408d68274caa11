package org.reverie.driver;

import java.util.List;
import java.util.function.Consumer;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskReport;

/** Runs stages one after the other, keeps the time and tells the view. */
final class StageRunner {
  private final TileRunner runner;
  private final WorkDirectory work;
  private final ProgressView view;
  private final Timings timings;
  private final double totalMegapixels;
  private double doneMegapixels;

  StageRunner(
      TileRunner runner,
      WorkDirectory work,
      ProgressView view,
      Timings timings,
      double totalMegapixels) {
    this.work = work;
    this.runner = runner;
    this.view = view;
    this.timings = timings;
    this.totalMegapixels = totalMegapixels;
  }

  /** Runs a stage that computes no gradient. */
  List<TaskReport> run(Stage stage, int tasks) {
    return run(stage, tasks, new double[tasks]);
  }

  /**
   * Runs a stage.
   *
   * @param megapixels of gradients that each task stands for, whether it computes or reuses them
   */
  List<TaskReport> run(Stage stage, int tasks, double[] megapixels) {
    long start = System.nanoTime();
    if (work.lost()) {
      throw new StageFailedException(
          "another run took over the work directory before " + stage.description(), null);
    }
    tell(stage);
    try {
      return runner.run(
          stage,
          tasks,
          report -> {
            timings.task(stage.kind(), report);
            doneMegapixels += megapixels[report.task()];
            tell(stage);
          });
    } finally {
      timings.wall(stage.kind(), System.nanoTime() - start);
    }
  }

  /** Runs a stage whose reports carry bytes. */
  void stream(Stage stage, int tasks, Consumer<byte[]> inOrder) {
    long start = System.nanoTime();
    if (work.lost()) {
      throw new StageFailedException(
          "another run took over the work directory before " + stage.description(), null);
    }
    tell(stage);
    try {
      runner.stream(
          stage,
          tasks,
          report -> {
            timings.task(stage.kind(), report);
            inOrder.accept(report.bytes());
            tell(stage);
          });
    } finally {
      timings.wall(stage.kind(), System.nanoTime() - start);
    }
  }

  /** Counts gradients of an earlier run that are not computed again. */
  void skip(double megapixels) {
    doneMegapixels += megapixels;
  }

  private void tell(Stage stage) {
    view.progress(
        doneMegapixels,
        totalMegapixels,
        stage.description(),
        (int) runner.faults().failedAttempts());
  }
}
