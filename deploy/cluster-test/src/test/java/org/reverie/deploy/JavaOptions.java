package org.reverie.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What every Java process of these tests is started with. Each lives for less than half a minute,
 * so that classes are compiled simply, and come from an archive: with it, a submission with two
 * executors takes 19 s on two busy cores in place of 26. What a process that is killed leaves among
 * temporary files lies in {@code target}, and goes with the next run.
 */
final class JavaOptions {
  private static final String USUAL =
      "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.io.tmpdir=" + Folders.anew("temporary");
  private static final Path FILE = Folders.TARGET.resolve("java-options");
  private static final Path ARCHIVE = Folders.TARGET.resolve("classes.jsa");

  private JavaOptions() {}

  /**
   * As {@code JDK_JAVA_OPTIONS}: a file, since a cluster's executors inherit what it was started
   * with.
   */
  static String variable() {
    return "@" + FILE;
  }

  /** Takes an archive that was there before away. */
  static void withoutArchive() {
    try {
      Files.deleteIfExists(ARCHIVE);
      Files.writeString(FILE, USUAL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What lets a process archive, at its end, the classes it loaded. */
  static String archiving() {
    return "-XX:ArchiveClassesAtExit=" + ARCHIVE + " -Xlog:disable";
  }

  /**
   * From now on, classes come from the archive where the class path begins as that of the process
   * that made it. Elsewhere Java goes without, and need not say so where Spark's scripts read.
   */
  static void withArchive() {
    if (Files.exists(ARCHIVE)) {
      try {
        Files.writeString(
            FILE,
            USUAL + " -XX:SharedArchiveFile=" + ARCHIVE + " -Xlog:disable -Xlog:all=error:stderr");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
