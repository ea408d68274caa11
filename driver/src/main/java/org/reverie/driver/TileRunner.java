package org.reverie.driver;

import java.util.List;
import java.util.function.Consumer;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskReport;

/** Runs the tasks of a stage, somewhere. */
public interface TileRunner extends AutoCloseable {
  /**
   * Runs tasks 0 .. tasks - 1 of a stage, retrying failures as it sees fit.
   *
   * @param stage what to do
   * @param tasks how many
   * @param finished is told of every task once, as it finishes, from any thread but never from two
   *     at the same time
   * @return the reports in order of the task numbers
   * @throws StageFailedException if a task failed for good; those finished stay in the store
   * @throws org.reverie.executor.work.StoppedException if tasks were not begun since the time to
   *     stop had come; those that had begun are finished by then
   */
  List<TaskReport> run(Stage stage, int tasks, Consumer<TaskReport> finished);

  /**
   * As {@link #run}, handing over reports in order of the task numbers while later ones still run,
   * and keeping none. For stages whose reports carry bytes.
   */
  void stream(Stage stage, int tasks, Consumer<TaskReport> inOrder);

  /**
   * Runs one task of a stage while no other runs, so that what happens is its doing.
   *
   * @throws StageFailedException if it failed for good
   */
  TaskReport alone(Stage stage, int task);

  /** How many tasks run at the same time. */
  int slots();

  /** What went wrong so far and was mended; from any thread. */
  default Faults faults() {
    return Faults.NONE;
  }

  /** Where tasks run, for reports: a Spark master, or that it is this process. */
  String place();

  @Override
  void close();
}
