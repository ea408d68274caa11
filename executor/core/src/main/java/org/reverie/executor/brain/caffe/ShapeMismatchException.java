package org.reverie.executor.brain.caffe;

/** Weights do not have the shape that the definition gives them. */
final class ShapeMismatchException extends Exception {
  private static final long serialVersionUID = 1L;

  ShapeMismatchException(String message) {
    super(message);
  }
}
