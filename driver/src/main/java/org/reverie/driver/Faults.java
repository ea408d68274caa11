package org.reverie.driver;

/**
 * What went wrong so far and was mended, for people who watch. Counts may repeat; the manifests are
 * the truth.
 *
 * @param failedAttempts attempts of tasks that failed, those of tasks that failed for good included
 * @param executorsLost executors that vanished while the render ran
 */
public record Faults(long failedAttempts, long executorsLost) {
  /** Nothing went wrong. */
  public static final Faults NONE = new Faults(0, 0);
}
