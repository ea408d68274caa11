package org.reverie.executor.brain.caffe;

import org.reverie.executor.brain.KeptOut;

/** A layer cannot become part of the brain. */
final class KeptOutException extends Exception {
  private static final long serialVersionUID = 1L;

  private final KeptOut.Cause kind;

  KeptOutException(KeptOut.Cause kind, String reason) {
    super(reason);
    this.kind = kind;
  }

  KeptOut.Cause kind() {
    return kind;
  }
}
