package org.reverie.executor.brain.caffe;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The folder of published brains that lies outside the repository, where there is one. */
final class SharedFolder {
  private SharedFolder() {}

  /** A file or folder in it; skips the test where it is missing. */
  static Path file(String name) {
    String given = System.getenv("REVERIE_SHARED");
    Path found = given == null ? null : Path.of(given);
    for (Path at = Path.of("").toAbsolutePath(); found == null && at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared").resolve("brains"))) {
        found = at.resolve("shared");
      }
    }
    Assumptions.assumeTrue(found != null && Files.exists(found), "no shared folder");
    Path file = found.resolve(name);
    Assumptions.assumeTrue(Files.exists(file), file + " is missing");
    return file;
  }
}
