package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in a folder whose name its locale does not know. */
class CurrentFolderTest {
  @TempDir Path folder;

  @Test
  void aFolderThatTheLocaleCannotNameIsRefused() throws Exception {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "this machine has no UTF-8");
    Path umlaut = Files.createDirectory(folder.resolve("b\u00fccher"));
    String said = said(2, umlaut, "render", "noise", "--width", "64px", "--out", "x.png");
    assertTrue(said.contains("the name of the current folder does not fit"), said);
    assertTrue(said.contains("Set LC_ALL"), said);
    assertEquals(1, said.lines().count(), said);
    assertTrue(said(0, umlaut, "version").startsWith("Reverie "));
    try (Stream<Path> left = Files.list(umlaut)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private String said(int status, Path where, String... arguments) throws Exception {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Djava.io.tmpdir=" + folder,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Reverie.class.getName()),
                Stream.of(arguments))
            .toList();
    ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile());
    builder.environment().put("LC_ALL", "C");
    Process process = builder.redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), said);
      assertEquals(status, process.exitValue(), said);
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
