package org.reverie.executor.cudnn;

/** A library does not do what it was asked for, and another way is taken; says why. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }
}
