package org.reverie.executor.engine;

/** A gradient held NaN or infinity; nothing of it was applied. */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int iteration;

  /**
   * @param iteration which gradient since the window was loaded, from 0
   */
  public NotFiniteException(int iteration) {
    super("the gradient of iteration " + iteration + " is not finite");
    this.iteration = iteration;
  }

  /** Which gradient since the window was loaded, from 0. */
  public int iteration() {
    return iteration;
  }
}
