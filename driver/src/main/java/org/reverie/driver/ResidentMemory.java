package org.reverie.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** How much of the machine's memory this process holds at the moment. */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PREFIX = "VmRSS:";

  private ResidentMemory() {}

  /** VmRSS of proc(5), bytes; empty on systems without it. */
  static OptionalLong bytes() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(PREFIX))
          .map(line -> line.substring(PREFIX.length()).replace("kB", "").trim())
          .mapToLong(kibibytes -> Long.parseLong(kibibytes) << 10)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
