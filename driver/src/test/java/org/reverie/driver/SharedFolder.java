package org.reverie.driver;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The brains, pictures and states that lie beside the repository, where they do. */
final class SharedFolder {
  private SharedFolder() {}

  /** A file or folder in it; skips the test where it is missing. */
  static Path of(String name) {
    String given = System.getenv("REVERIE_SHARED");
    Path found = given == null ? null : Path.of(given);
    for (Path at = Path.of("").toAbsolutePath(); found == null && at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared").resolve("golden"))) {
        found = at.resolve("shared");
      }
    }
    Assumptions.assumeTrue(
        found != null && Files.exists(found.resolve(name)),
        "no " + name + " beside the repository");
    return found.resolve(name);
  }
}
