package org.reverie.driver;

import java.util.OptionalInt;
import org.reverie.conf.Causes;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.place.UnwritableException;
import org.reverie.executor.work.Stage;

/** A task failed for good; the render stops, resumable. */
public final class StageFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int UNKNOWN = -1;

  private final int task;
  private final int[] suspects;

  private StageFailedException(String message, Throwable cause, int task, int[] suspects) {
    super(message, cause);
    this.task = task;
    this.suspects = suspects;
  }

  /**
   * @param message names stage, task and cause
   * @param cause what the task threw
   */
  public StageFailedException(String message, Throwable cause) {
    this(message, cause, UNKNOWN, new int[0]);
  }

  /** A task that failed in all its attempts. */
  public static StageFailedException of(Stage stage, int task, Throwable cause) {
    String told =
        UnwritableException.in(cause)
            .map(Throwable::getMessage)
            .or(() -> FullHeap.told(cause))
            .or(() -> Causes.first(cause, DeviceLostException.class).map(Throwable::getMessage))
            .orElseGet(cause::toString);
    return new StageFailedException(
        stage.description() + ", task " + task + ": " + told, cause, task, new int[0]);
  }

  /**
   * Executors vanished again and again, whether a task killed them or somebody else.
   *
   * @param message names stage, task and cause
   * @param task that was given up
   * @param suspects tasks that ran on those executors, this one among them
   */
  public static StageFailedException executorsLost(
      String message, Throwable cause, int task, int[] suspects) {
    return new StageFailedException(message, cause, task, suspects);
  }

  /** The task that failed; empty if none can be named. */
  public OptionalInt task() {
    return task == UNKNOWN ? OptionalInt.empty() : OptionalInt.of(task);
  }

  /** Tasks of which one may have killed the executors; empty where no executor was lost. */
  public int[] suspects() {
    return suspects.clone();
  }
}
