package org.reverie.conf;

/** A value cannot be read as what its key holds. */
final class MalformedValueException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /**
   * @param whatItIs completes "... is", such as {@code not a whole number}
   * @param remedy what to do about it
   */
  MalformedValueException(String whatItIs, String remedy) {
    this(whatItIs, remedy, null);
  }

  MalformedValueException(String whatItIs, String remedy, Throwable cause) {
    super(whatItIs, cause);
    this.remedy = remedy;
  }

  String remedy() {
    return remedy;
  }
}
