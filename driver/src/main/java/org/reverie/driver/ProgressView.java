package org.reverie.driver;

import java.time.Duration;

/** What a render tells whoever watches. Calls may come from any thread. */
public interface ProgressView {
  /**
   * The plan, before anything starts.
   *
   * @param text of several lines
   */
  void plan(String text);

  /**
   * How far it is. The first call of a render that resumes tells what is there already, so that
   * this is not taken for speed.
   *
   * @param megapixelsDone gradients computed so far, times their pixels, in millions
   * @param megapixelsTotal the same for the whole render
   * @param what runs now, such as {@code octave 3 of 10}
   * @param retries tasks that had to be started again, so far
   */
  void progress(double megapixelsDone, double megapixelsTotal, String what, int retries);

  /**
   * Something worth knowing that is no problem, such as a default that was taken.
   *
   * @param text one sentence
   */
  void note(String text);

  /**
   * The print is written.
   *
   * @param print path or URI
   * @param took from the plan to the end
   * @param lastLine what else to know of it, such as the seam meter's verdict; may be empty
   */
  void done(String print, Duration took, String lastLine);

  /** Tells nobody. */
  static ProgressView silent() {
    return new ProgressView() {
      @Override
      public void plan(String text) {}

      @Override
      public void progress(
          double megapixelsDone, double megapixelsTotal, String what, int retries) {}

      @Override
      public void note(String text) {}

      @Override
      public void done(String print, Duration took, String lastLine) {}
    };
  }
}
