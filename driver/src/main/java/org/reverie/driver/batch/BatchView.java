package org.reverie.driver.batch;

import org.reverie.conf.BatchJob;
import org.reverie.driver.ProgressView;

/** What a batch tells whoever watches. */
public interface BatchView {
  /**
   * A work begins.
   *
   * @param number of the work, from 1
   * @param count of works in all
   * @return is told of its progress
   */
  ProgressView begin(BatchJob.Work work, int number, int count);

  /**
   * A work came to its end.
   *
   * @param detail why, in one line or more; empty where it is done
   * @param cause what was thrown, or null
   */
  void end(BatchJob.Work work, WorkState state, String detail, Throwable cause);

  /** Something worth knowing about the batch. */
  void note(String text);
}
