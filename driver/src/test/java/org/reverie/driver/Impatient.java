package org.reverie.driver;

import java.time.Duration;

/** Breaks a render off after so many steps of progress. */
final class Impatient implements ProgressView {
  private int left;

  Impatient(int left) {
    this.left = left;
  }

  /** What it breaks a render off with. */
  static final class BrokenOffException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public void plan(String text) {}

  @Override
  public void progress(double megapixelsDone, double megapixelsTotal, String what, int retries) {
    if (left-- == 0) {
      throw new BrokenOffException();
    }
  }

  @Override
  public void note(String text) {}

  @Override
  public void done(String print, Duration took, String lastLine) {}
}
