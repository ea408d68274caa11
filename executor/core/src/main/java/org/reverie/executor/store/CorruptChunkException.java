package org.reverie.executor.store;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.place.PathNames;

/** A stored file is truncated or its checksum is wrong; what it held must be computed again. */
public final class CorruptChunkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;

  CorruptChunkException(Path file, String what) {
    this(file, what, null);
  }

  CorruptChunkException(Path file, String what, Throwable cause) {
    super(PathNames.written(file) + " is damaged: " + what, cause);
    this.file = file.toString();
  }

  /** URI of the file. */
  public String file() {
    return file;
  }
}
