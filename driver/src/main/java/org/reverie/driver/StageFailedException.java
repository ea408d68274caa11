package org.reverie.driver;

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
}
