package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In a process of its own, since logging and standard streams belong to the whole process. */
final class LogFileTest {
  @Test
  void nothingThatIsLoggedOrPrintedReachesTheTerminal(@TempDir Path folder) throws Exception {
    Run run = run(folder, Chatterbox.class, "bug", "x.tif");
    assertEquals(1, run.status);
    assertTrue(run.output.startsWith("reverie: this is a mistake in Reverie"), run.output);
    assertEquals(3, run.output.lines().count(), run.output);
    String log = Files.readString(folder.resolve(".reverie/log/x.tif.log"));
    for (String chatter :
        List.of("by slf4j", "by log4j", "by java.util.logging", "by System.out", "by System.err")) {
      assertTrue(log.contains(chatter), chatter + " in\n" + log);
      assertFalse(run.output.contains(chatter), run.output);
    }
    assertTrue(log.contains("\tat org.reverie.driver.cli.Chatterbox"), log);
  }

  @Test
  void aCommandThatWasSubmittedInThisProcessNamesItsLog(@TempDir Path folder) throws Exception {
    Run run = run(folder, Chatterbox.class, "submitted", "x.tif");
    assertEquals(1, run.status, run.output);
    Path log = folder.resolve(".reverie/log/x.tif.log");
    assertTrue(run.output.contains("The log with the stack trace: " + log + "\n"), run.output);
    assertTrue(Files.readString(log).contains("by slf4j"));
  }

  @Test
  void aLogThatCannotBeWrittenLeavesTheTerminalAlone(@TempDir Path folder) throws Exception {
    Run run = run(folder, Chatterbox.class, "no log", "x.tif");
    assertEquals(1, run.status, run.output);
    assertTrue(run.output.startsWith("reverie: this is a mistake in Reverie"), run.output);
    assertEquals(3, run.output.lines().count(), run.output);
  }

  @Test
  void aMistakeOfTheUserLeavesNoFile(@TempDir Path folder) throws Exception {
    Run run = run(folder, Chatterbox.class, "user", "x.tif");
    assertEquals(2, run.status);
    assertEquals("reverie: a.jpg: there is no such file. Check it\n", run.output);
    try (var files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void aSignalIsStatus3WithTheHintToResume(@TempDir Path folder) throws Exception {
    Run run = run(folder, Chatterbox.class, "wait", "x.tif");
    assertEquals(3, run.status, run.output);
    assertTrue(run.output.contains("To resume: reverie render a.jpg --out x.tif"), run.output);
    assertTrue(run.output.contains("renderer was asked to stop"), run.output);
    assertFalse(run.output.contains("mistake"), run.output);
  }

  @Test
  void aPrintElsewhereLogsAmongTheTemporaryFiles() {
    Path log = LogFile.beside("s3a://bucket/prints/x.tif");
    assertTrue(log.startsWith(System.getProperty("java.io.tmpdir")), log::toString);
    assertEquals("x.tif.log", log.getFileName().toString());
  }

  /** Log4j reads patterns and settings into names that it is given. */
  @ParameterizedTest
  @ValueSource(strings = {"100%.tif", "%d{yyyy}.tif", "a${sys:user.home}.tif", "$${x}.tif"})
  void anyNameIsTheLogs(String name, @TempDir Path folder) throws Exception {
    Run run = run(folder, Chatterbox.class, "bug", name);
    assertEquals(1, run.status, run.output);
    assertTrue(run.output.startsWith("reverie: this is a mistake in Reverie"), run.output);
    try (var files = Files.list(folder.resolve(".reverie/log"))) {
      assertEquals(List.of(folder.resolve(".reverie/log/" + name + ".log")), files.toList());
    }
  }

  @Test
  void aNameThatNoLogCanHaveIsNot(@TempDir Path folder) {
    for (String name : List.of("x".repeat(251), "", "\0.tif")) {
      Path log = LogFile.beside(folder + "/" + name);
      assertEquals("reverie.log", log.getFileName().toString());
      LogFile.removeUnused(log);
    }
    Path log = LogFile.beside("file:/no uri.tif");
    assertEquals("no uri.tif.log", log.getFileName().toString());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whereNoLogCanBeWrittenItIsAmongTheTemporaryFiles() {
    Path log = LogFile.beside("/proc/x.tif");
    assertTrue(log.startsWith(System.getProperty("java.io.tmpdir")), log::toString);
  }

  @Test
  void aFullLogIsKeptUnderANumber(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("log/100% (1).log");
    for (int run = 0; run < 2; run++) {
      try (RolledStream stream = new RolledStream(file, 4, 2)) {
        for (String text : List.of("ab", "cde", "f")) {
          stream.write((run + text).getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    assertEquals("1f", Files.readString(file));
    assertEquals("1cde", Files.readString(folder.resolve("log/100% (1).log.1")));
    assertEquals("0f1ab", Files.readString(folder.resolve("log/100% (1).log.2")));
    try (var files = Files.list(folder.resolve("log"))) {
      assertEquals(3, files.count());
    }
  }

  private record Run(int status, String output) {}

  private static Run run(Path folder, Class<?> main, String mode, String out) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", classPath(), main.getName(), mode, out));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    StringBuilder output = new StringBuilder();
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("ready")) {
          process.toHandle().destroy();
        } else {
          output.append(line).append('\n');
        }
      }
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Run(process.exitValue(), output.toString());
  }

  private static String classPath() {
    return System.getProperty("surefire.real.class.path", System.getProperty("java.class.path"));
  }
}
