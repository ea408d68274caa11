package org.reverie.executor.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of others that judge our files, where the machine has them. */
final class OutsideTools {
  private OutsideTools() {}

  static boolean has(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  /** What it prints; its exit status must be 0. */
  static String run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), program + " hangs");
    assertEquals(0, process.exitValue(), output);
    return output;
  }

  /** Where tiffinfo is installed, it must show {@code expected} and warn of nothing. */
  static void assertTiffinfo(Path file, String expected) throws Exception {
    if (has("tiffinfo")) {
      String output = run("tiffinfo", file.toString());
      assertTrue(output.contains(expected), output);
      assertTrue(!output.contains("Warning") && !output.contains("Error"), output);
    }
  }
}
