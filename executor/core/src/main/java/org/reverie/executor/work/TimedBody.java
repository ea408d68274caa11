package org.reverie.executor.work;

import java.time.Instant;

/**
 * Begins no task after a deadline; what has begun by then ends. Executors ask their own clocks, so
 * that a stage of many thousand tasks stops without a word from the driver.
 *
 * @param body performs the tasks
 * @param deadline from when on none is begun
 */
public record TimedBody(TaskBody body, Instant deadline) implements TaskBody {
  /**
   * {@inheritDoc}
   *
   * @throws StoppedException after the deadline
   */
  @Override
  public TaskReport perform(RenderSetup setup, Stage stage, int task) {
    if (!Instant.now().isBefore(deadline)) {
      throw new StoppedException();
    }
    return body.perform(setup, stage, task);
  }
}
