package org.reverie.driver.spark;

import java.time.Duration;

/** How long something has not been there. One thread's. */
final class Absence {
  private boolean isAbsent;
  private long since;

  /** It is there. */
  void end() {
    isAbsent = false;
  }

  /**
   * It is not there.
   *
   * @param nanos the time
   * @return since when it has not been there without a break
   */
  Duration at(long nanos) {
    if (!isAbsent) {
      isAbsent = true;
      since = nanos;
    }
    return Duration.ofNanos(nanos - since);
  }
}
