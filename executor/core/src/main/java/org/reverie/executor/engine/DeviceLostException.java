package org.reverie.executor.engine;

/**
 * A device that this process cannot use any more, whatever it tries; another process may. What a
 * task was computing on it can be computed again.
 */
public final class DeviceLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what the device said, as a clause
   */
  public DeviceLostException(String message) {
    super("the device is lost to this process, which must start anew: " + message);
  }
}
