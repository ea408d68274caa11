package org.reverie.driver.cli;

/** What the process tells its caller. */
enum ExitStatus {
  DONE(0),
  BUG(1),
  INPUT(2),
  STOPPED(3);

  private final int code;

  ExitStatus(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /**
   * The status of that code.
   *
   * @throws IllegalArgumentException if there is none
   */
  static ExitStatus of(int code) {
    for (ExitStatus status : values()) {
      if (status.code == code) {
        return status;
      }
    }
    throw new IllegalArgumentException("exit status " + code);
  }
}
