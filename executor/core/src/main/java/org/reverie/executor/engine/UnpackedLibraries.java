package org.reverie.executor.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder into which native libraries are unpacked before they are loaded. */
public final class UnpackedLibraries {
  /** All of an engine's come to 100 to 200 MB. */
  private static final long ENOUGH_BYTES = 256L << 20;

  private UnpackedLibraries() {}

  /**
   * What is to be told besides where libraries do not load: a disk that is full leaves some of them
   * out, of which the linker says only that they are missing.
   *
   * @param folder need not be there
   * @return begins with a semicolon; empty where there is room enough
   */
  public static String want(Path folder) {
    return want(folder, ENOUGH_BYTES);
  }

  static String want(Path folder, long enoughBytes) {
    try {
      Path there = folder.toAbsolutePath();
      while (!Files.exists(there)) {
        there = there.getParent();
      }
      long free = Files.getFileStore(there).getUsableSpace();
      return free >= enoughBytes
          ? ""
          : "; libraries are unpacked into %s, on whose disk %d MiB are free: make room there, or let"
                  .formatted(folder, free >> 20)
              + " REVERIE_JAVA_OPTIONS=-Dorg.bytedeco.javacpp.cachedir=DIR name another folder";
    } catch (IOException e) {
      return "";
    }
  }
}
