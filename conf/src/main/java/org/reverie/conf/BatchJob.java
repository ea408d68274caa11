package org.reverie.conf;

import java.util.List;
import java.util.Optional;

/**
 * Many renders, one after the other.
 *
 * @param works in the order they are rendered: the highest priority first, else as they were
 *     written
 * @param stopAt when to stop; empty to run to the end
 * @param report path or URI of the folder for the report; empty for one beside the batch file
 */
public record BatchJob(List<Work> works, Optional<TimeOfDay> stopAt, Optional<String> report) {
  public BatchJob {
    works = List.copyOf(works);
  }

  /**
   * One render of a batch.
   *
   * @param name unlike those of the others
   * @param priority the larger, the earlier
   * @param job complete
   */
  public record Work(String name, int priority, RenderJob job) {}

  /** Where they all run: a batch has one master. Null leaves it to Spark's own settings. */
  public String master() {
    return works.get(0).job().run().master();
  }
}
