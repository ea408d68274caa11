package org.reverie.driver;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.reverie.conf.Causes;
import org.reverie.conf.Counted;
import org.reverie.executor.engine.NotFiniteException;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskReport;

/** Runs stages one after the other, keeps the time and tells the view. */
final class StageRunner {
  /** Windows of a sixteenth: where these do not run, smaller ones hardly would. */
  private static final int MOST_PIECES = 16;

  private static final int PIECES_MORE = 4;

  private final TileRunner runner;
  private final WorkDirectory work;
  private final ProgressView view;
  private final Timings timings;
  private final double totalMegapixels;
  private final List<String> splits = new ArrayList<>();
  private Stage split;
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
    BitSet told = new BitSet();
    Consumer<TaskReport> finished =
        report -> {
          timings.task(stage.kind(), report);
          if (!told.get(report.task())) {
            told.set(report.task());
            doneMegapixels += megapixels[report.task()];
          }
          tell(stage);
        };
    try {
      Stage attempt = asBefore(stage);
      while (true) {
        try {
          split = attempt.isTiles() ? attempt : split;
          return runner.run(attempt, tasks, finished);
        } catch (StageFailedException e) {
          attempt = easier(attempt, tasks, e);
        }
      }
    } finally {
      timings.wall(stage.kind(), System.nanoTime() - start);
    }
  }

  /** What did not run whole in the stage before does not in this one, on the same tiles. */
  private Stage asBefore(Stage stage) {
    boolean same =
        split != null
            && stage.isTiles()
            && split.octave() == stage.octave()
            && split.round() == stage.round();
    return same
        ? new Stage(stage.kind(), stage.octave(), stage.round(), stage.factors(), split.pieces())
        : stage;
  }

  /**
   * The stage with the tile that failed in pieces, after the tile was tried so: what runs out of
   * memory, computes no numbers or crashes on a whole window may not on a smaller one.
   *
   * @throws StageFailedException if nothing helps
   */
  private Stage easier(Stage stage, int tasks, StageFailedException failure) {
    if (!stage.isTiles() || failure.task().isEmpty()) {
      throw failure;
    }
    if (failure.suspects().length > 0) {
      return isolated(stage, tasks, failure);
    }
    int task = failure.task().getAsInt();
    if (!mayFitInPieces(failure) || stage.pieces(task) >= MOST_PIECES) {
      throw failure;
    }
    return split(stage, tasks, task, failure.getMessage());
  }

  private Stage split(Stage stage, int tasks, int task, String why) {
    int pieces = stage.pieces(task) * PIECES_MORE;
    view.note(why + "; trying it in " + pieces + " pieces");
    return stage.split(tasks, task, pieces);
  }

  /** Runs the tasks that were on lost executors one by one, to find the one that kills them. */
  private Stage isolated(Stage stage, int tasks, StageFailedException failure) {
    view.note(
        failure.getMessage()
            + "; running "
            + Counted.of(failure.suspects().length, "task")
            + " alone");
    Stage attempt = stage;
    for (int task : failure.suspects()) {
      boolean done = false;
      while (!done) {
        try {
          runner.alone(attempt, task);
          done = true;
        } catch (StageFailedException e) {
          if (attempt.pieces(task) >= MOST_PIECES
              || !(e.suspects().length > 0 || mayFitInPieces(e))) {
            throw e;
          }
          attempt = split(attempt, tasks, task, e.getMessage());
        }
      }
    }
    return attempt;
  }

  private static boolean mayFitInPieces(Throwable failure) {
    return Stream.of(
            OutOfDeviceMemoryException.class, NotFiniteException.class, OutOfMemoryError.class)
        .anyMatch(type -> Causes.first(failure, type).isPresent());
  }

  /** Tells that a tile of a finished round was seen in pieces. */
  void split(int octave, int round, int tile) {
    splits.add("octave " + octave + " round " + round + " tile " + tile);
  }

  /** The tiles that were seen in pieces, for people. */
  List<String> splits() {
    return List.copyOf(splits);
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
