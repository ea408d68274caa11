package org.reverie.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The packages of all modules that have a package-info.java with a Javadoc comment. */
final class PackageSources {
  private static final Set<String> DESCRIBED = described();

  private PackageSources() {}

  static boolean describes(String packageName) {
    return DESCRIBED.contains(packageName);
  }

  private static Set<String> described() {
    Path root = Path.of("").toAbsolutePath().getParent();
    try (Stream<Path> files =
        Files.find(root, 16, (file, attributes) -> file.endsWith("package-info.java"))) {
      return files
          .filter(PackageSources::hasComment)
          .map(PackageSources::packageName)
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasComment(Path file) {
    return text(file).contains("/**");
  }

  private static String packageName(Path file) {
    return text(file)
        .lines()
        .filter(line -> line.startsWith("package "))
        .map(line -> line.substring("package ".length(), line.indexOf(';')))
        .findFirst()
        .orElseThrow();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
