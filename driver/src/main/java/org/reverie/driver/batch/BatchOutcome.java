package org.reverie.driver.batch;

import java.util.Collection;

/** How a batch came to its end. */
public enum BatchOutcome {
  /** All prints are written, or all plans made. */
  DONE,
  /** Something is left that the same batch carries on. */
  STOPPED,
  /** Nothing is left to carry on; at least one work failed by a mistake of ours. */
  FAILED,
  /** Nothing is left to carry on; at least one work was given something that cannot be used. */
  REFUSED;

  /** What is left counts first: whoever starts the batch again gets further. */
  static BatchOutcome of(Collection<WorkState> works) {
    if (works.contains(WorkState.STOPPED)
        || works.contains(WorkState.WAITING)
        || works.contains(WorkState.RUNNING)) {
      return STOPPED;
    }
    if (works.contains(WorkState.FAILED)) {
      return FAILED;
    }
    return works.contains(WorkState.REFUSED) ? REFUSED : DONE;
  }
}
