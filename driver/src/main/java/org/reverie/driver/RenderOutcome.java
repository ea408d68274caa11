package org.reverie.driver;

import java.time.Duration;

/**
 * How a render ended.
 *
 * @param kind what was done
 * @param out URI of the print, or empty
 * @param took wall time
 * @param lastLine what a person should read last, or empty
 */
public record RenderOutcome(Kind kind, String out, Duration took, String lastLine) {
  /** Ways to end well. */
  public enum Kind {
    PRINTED,
    PLANNED,
    ALREADY_THERE
  }
}
