package org.reverie.driver.spark;

import java.util.function.Consumer;

/**
 * Has a person told of a cluster that has no executor while one is waited for, from the start or
 * since all of them vanished: Spark waits for ever and says so in its log only. One thread's.
 */
final class ExecutorWatch {
  private final String master;
  private final Consumer<String> say;
  private final Absence absence = new Absence();
  private boolean came;
  private boolean told;

  /** Set by another thread. */
  private volatile String loss = "";

  /**
   * @param master its URL
   * @param say told, in words for a person, once for each time that there is none for long
   */
  ExecutorWatch(String master, Consumer<String> say) {
    this.master = master;
    this.say = say;
  }

  /**
   * Takes note of an executor that is gone. May be called by any thread.
   *
   * @param reason as Spark has it, such as a full disk of its machine
   */
  void lost(String reason) {
    loss = reason.lines().findFirst().orElse("");
  }

  /**
   * Takes note of how it stands now.
   *
   * @param executors that are there
   * @param awaited whether a job waits for one; the first one is awaited in any case
   * @param nanos the time
   */
  void look(int executors, boolean awaited, long nanos) {
    came |= executors > 0;
    if (executors > 0 || came && !awaited) {
      absence.end();
      told = false;
    } else if (absence.at(nanos).toSeconds() >= SparkContexts.EXECUTOR_SECONDS && !told) {
      told = true;
      say.accept(
          "%s has had no executor for this for %d s, and is waited for: %s%s"
              .formatted(
                  master,
                  SparkContexts.EXECUTOR_SECONDS,
                  SparkContexts.NO_EXECUTOR,
                  loss.isEmpty() ? "" : ". Of the last one Spark says: " + loss));
    }
  }
}
