package org.reverie.executor.work;

import java.io.Serializable;

/** What an executor does with a task number. */
@FunctionalInterface
public interface TaskBody extends Serializable {
  /**
   * Runs one task to its end; on return its results are in the store.
   *
   * @param setup everything that all tasks of a render share, as it was broadcast
   * @param stage what to do
   * @param task number in the stage
   */
  TaskReport perform(RenderSetup setup, Stage stage, int task);
}
