package org.reverie.driver.cli;

import java.util.Optional;
import org.reverie.conf.RenderJob;
import org.reverie.driver.Origin;
import org.reverie.driver.ProgressView;
import org.reverie.driver.RenderOutcome;

/** Makes a print of a job: what the command line asks the pipeline for. */
@FunctionalInterface
public interface Renderer {
  /**
   * Renders, or only plans where the job is a dry run.
   *
   * @param job complete and free of problems that can be seen without its input
   * @param origin the print that the job was taken from, to be held against what it is made of now
   * @param view is told the plan first, then the progress, then what was made
   * @throws org.reverie.conf.UserException if the input, the brain or the output cannot be used
   * @throws org.reverie.driver.StageFailedException if it stopped and can be resumed
   */
  RenderOutcome render(RenderJob job, Optional<Origin> origin, ProgressView view);

  /**
   * Whether the same job would carry something on if it were stopped now.
   *
   * @param job that {@link #render} was given; asked by any thread
   */
  default boolean isKept(RenderJob job) {
    return true;
  }

  /**
   * Asks a running render to end soon, keeping what it has; called once, from another thread, when
   * the process was told to end. The process ends whether the render does or not.
   */
  default void stop() {}
}
