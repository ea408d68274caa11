package org.reverie.executor.engine;

/** A device has not the memory for a session; a smaller window may fit. */
public final class OutOfDeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutOfDeviceMemoryException(String message) {
    super(message);
  }
}
