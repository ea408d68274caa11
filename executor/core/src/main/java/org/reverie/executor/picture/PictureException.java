package org.reverie.executor.picture;

import java.io.IOException;

/** A picture file that cannot be used, without yet knowing its name. */
final class PictureException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with it. */
  enum Fault {
    UNKNOWN_FORMAT("picture-format", "Give a JPEG, PNG or TIFF"),
    UNSUPPORTED("picture-unsupported", "Save it as an 8- or 16-bit RGB TIFF or PNG"),
    TRUNCATED("picture-truncated", "Copy the file again from where it came from"),
    DAMAGED("picture-damaged", "Copy the file again from where it came from, or save it anew"),
    SIZE("picture-size", "Check that the file is the right one and whole"),
    SPACE("picture-space", "Rotate the picture beforehand, or point java.io.tmpdir to more space");

    private final String code;
    private final String remedy;

    Fault(String code, String remedy) {
      this.code = code;
      this.remedy = remedy;
    }

    String code() {
      return code;
    }

    String remedy() {
      return remedy;
    }
  }

  private final Fault fault;
  private final String remedy;

  PictureException(Fault fault, String what) {
    this(fault, what, fault.remedy());
  }

  /**
   * @param remedy of this one alone
   */
  PictureException(Fault fault, String what, String remedy) {
    super(what);
    this.fault = fault;
    this.remedy = remedy;
  }

  PictureException(Fault fault, String what, Throwable cause) {
    super(what, cause);
    this.fault = fault;
    this.remedy = fault.remedy();
  }

  Fault fault() {
    return fault;
  }

  /** What to do about it. */
  String remedy() {
    return remedy;
  }
}
