package org.reverie.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where the build put things. */
final class Folders {
  static final Path ROOT = Path.of(System.getProperty("reverie.root"));
  static final Path TARGET = Path.of(System.getProperty("reverie.target"));

  private Folders() {}

  static Path jar() {
    return ROOT.resolve("deploy/cpu/target/reverie-cpu.jar");
  }

  /** An empty folder among the build's. */
  static Path anew(String name) {
    Path folder = TARGET.resolve(name);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    empty(folder);
    return folder;
  }

  /** Deletes what is in a folder. */
  static void empty(Path folder) {
    try {
      List<Path> paths;
      try (Stream<Path> tree = Files.walk(folder)) {
        paths = tree.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : paths) {
        if (!path.equals(folder)) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
