package org.reverie.executor.work;

/** A task was not begun, since the time to stop had come. Nothing is wrong with it. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoppedException() {
    super("the time to stop has come");
  }
}
