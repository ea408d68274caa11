package org.reverie.executor.store;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.place.PathNames;

/** A part of a canvas was never stored, or its generation is deleted already. */
public final class MissingChunkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Key key;

  MissingChunkException(Key key, Path file, Throwable cause) {
    super(PathNames.written(file) + " is missing", cause);
    this.key = key;
  }

  /** What is missing. */
  public Key key() {
    return key;
  }
}
