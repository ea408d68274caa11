package org.reverie.driver;

import org.reverie.executor.work.Stage;

/** A task failed for good; the render stops, resumable. */
public final class StageFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names stage, task and cause
   * @param cause what the task threw
   */
  public StageFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A task that failed in all its attempts. */
  public static StageFailedException of(Stage stage, int task, Throwable cause) {
    return new StageFailedException(stage.description() + ", task " + task + ": " + cause, cause);
  }
}
