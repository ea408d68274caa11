package org.reverie.driver;

/** How a render came to its end. */
public enum RenderOutcome {
  /** The print is written. */
  DONE,
  /** The plan was all that was asked for. */
  PLANNED,
  /** It was stopped; the same job resumes it. */
  STOPPED
}
