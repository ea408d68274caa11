package org.reverie.driver.batch;

import java.util.Locale;

/** What has become of one work of a batch. */
public enum WorkState {
  /** Its turn has not come. */
  WAITING,
  RUNNING,
  /** Its print is written. */
  DONE,
  /** It came to a halt half-way; the same batch carries it on. */
  STOPPED,
  /** What it was given cannot be used. */
  REFUSED,
  /** A mistake of ours. */
  FAILED;

  /** For people and programs. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
