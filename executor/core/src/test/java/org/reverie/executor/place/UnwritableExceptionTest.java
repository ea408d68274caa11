package org.reverie.executor.place;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class UnwritableExceptionTest {
  /** Java's own message of such an exception is the file, once more, and may be nothing else. */
  @Test
  void aReasonDoesNotRepeatTheFile() {
    assertEquals("No such file or directory", reason(new NoSuchFileException("/proc/x")));
    assertEquals("Permission denied", reason(new AccessDeniedException("/closed/x")));
    assertEquals("File exists", reason(new FileAlreadyExistsException("/x")));
    assertEquals(
        "File name too long", reason(new FileSystemException("/x", null, "File name too long")));
    assertEquals("quota", reason(new IOException("quota\nof this folder")));
  }

  private static String reason(Throwable thrown) {
    return UnwritableException.reason(thrown);
  }
}
