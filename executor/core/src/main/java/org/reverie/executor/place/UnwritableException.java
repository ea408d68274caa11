package org.reverie.executor.place;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.Causes;

/**
 * A file could not be written: its message says which, why, and what to do where a disk is full.
 */
public final class UnwritableException extends IOException {
  private static final long serialVersionUID = 1L;

  /** As Linux says it, and HDFS. */
  private static final Pattern FULL =
      Pattern.compile("No space left on device|Disk quota exceeded|quota of .* is exceeded");

  private final boolean full;

  private UnwritableException(String message, Throwable cause, boolean full) {
    super(message, cause);
    this.full = full;
  }

  /**
   * Names the file that could not be written; streams throw the system's bare words.
   *
   * @param thrown by whoever wrote it; Hadoop makes an error of what a local disk says
   * @return what is to be thrown instead. A folder that is gone stays what it is, since some
   *     writers make it anew
   */
  public static IOException of(Path file, Throwable thrown) {
    if (thrown instanceof UnwritableException
        || thrown instanceof FileNotFoundException
        || thrown instanceof NoSuchFileException) {
      return (IOException) thrown;
    }
    String reason = reason(thrown);
    String message = PathNames.written(file) + " cannot be written: " + reason;
    boolean full = isFull(thrown);
    return new UnwritableException(
        full ? message + ". " + remedy(PathNames.written(file.getParent())) : message,
        thrown,
        full);
  }

  /** What of it was thrown, wherever in the causes. */
  public static Optional<UnwritableException> in(Throwable thrown) {
    return Causes.first(thrown, UnwritableException.class);
  }

  /** Whether a file system says that it has no room, or a quota. */
  public static boolean isFull(Throwable thrown) {
    return FULL.matcher(reason(thrown)).find();
  }

  /** What to do where a disk is full, for people. */
  public static String remedy(String folder) {
    return "Make room on the disk of " + folder + "; the same command goes on";
  }

  /** Whether it was for lack of room. */
  public boolean isFull() {
    return full;
  }

  /**
   * Why a file could not be written or read, in one line for people, without the file's name where
   * a local file system says it.
   *
   * @param thrown by whoever tried; of Hadoop's error for a local disk, what is inside
   */
  public static String reason(Throwable thrown) {
    if (thrown instanceof FSError && thrown.getCause() != null) {
      return reason(thrown.getCause());
    }
    if (thrown instanceof FileSystemException local) {
      // Its message would repeat the file, and may be nothing else. These three have no reason.
      return local.getReason() != null
          ? local.getReason()
          : thrown instanceof NoSuchFileException
              ? "No such file or directory"
              : thrown instanceof AccessDeniedException
                  ? "Permission denied"
                  : thrown instanceof FileAlreadyExistsException
                      ? "File exists"
                      : thrown.getClass().getSimpleName();
    }
    String message = String.valueOf(thrown.getMessage());
    return message.lines().findFirst().orElse(message);
  }
}
