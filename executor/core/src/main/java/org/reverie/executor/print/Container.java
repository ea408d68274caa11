package org.reverie.executor.print;

import java.io.IOException;

/** What surrounds the pieces of a print in its file; used in the order of its methods. */
sealed interface Container permits TiffContainer, PngContainer, JpegContainer {
  /** Writes what comes before the pieces. */
  void begin(PrintFile out) throws IOException;

  /** Writes the next piece. */
  void piece(byte[] encoded, PrintFile out) throws IOException;

  /** Writes what comes behind the pieces. */
  void end(PrintFile out) throws IOException;

  /** The container of a print. */
  static Container of(PrintSpecification specification) {
    return switch (specification.format()) {
      case TIFF -> new TiffContainer(specification);
      case PNG -> new PngContainer(specification);
      case JPEG -> new JpegContainer(specification);
    };
  }
}
