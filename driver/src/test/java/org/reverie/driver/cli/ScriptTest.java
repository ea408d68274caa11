package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./reverie} in a folder that looks built, with another program in the place of Java. */
final class ScriptTest {
  @TempDir Path root;

  private Path program;

  @BeforeEach
  void build() throws IOException {
    Files.copy(
        Path.of("..", "reverie"), root.resolve("reverie"), StandardCopyOption.COPY_ATTRIBUTES);
    Path java = Files.createDirectories(root.resolve("jdk/bin")).resolve("java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        for option; do
          if [ "$option" = -Xmx ]; then
            echo 'Invalid maximum heap size: -Xmx'
            echo 'Error: Could not create the Java Virtual Machine.'
            exit 1
          fi
        done
        case $* in *-agentlib*' -version') exit 1 ;; esac
        case $1 in
          -XshowSettings*) printf 'java.home = %s\njava.specification.version = 17\n' "$JAVA_HOME" ;;
          *) printf 'locale %s\n' "$LC_ALL" ;;
        esac
        """);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    // No Maven that works, so that nothing is built.
    command("mvn", "exit 1");
    program = Files.createDirectories(root.resolve(".reverie/program"));
    Files.createDirectories(program.resolve("copy"));
    Files.writeString(program.resolve("copy/classpath"), java.toString());
    Files.writeString(program.resolve("copy/opens"), "");
    Files.writeString(program.resolve("current"), "copy");
    Files.createFile(program.resolve("stamp"));
    Path sources = Files.createFile(root.resolve("pom.xml"));
    Files.setLastModifiedTime(sources, FileTime.from(Instant.EPOCH));
  }

  /** Under cron, Java would find no file whose name is more than ASCII. */
  @Test
  void theLocaleKnowsAllNames() throws Exception {
    assumeTrue(has("C.UTF-8"), "this machine has no C.UTF-8");
    assertEquals("locale C.UTF-8", said("C").strip());
    assertEquals("locale C.UTF-8", said("C.UTF-8").strip());
  }

  @Test
  void anyLocaleOfUtf8WillDo() throws Exception {
    Path locale = root.resolve("jdk/bin/locale");
    Files.writeString(
        locale,
        """
        #!/bin/sh
        case "$1 $LC_ALL" in
          -a*) printf 'C\nde_DE\nxx_YY.utf8\n' ;;
          "charmap xx_YY.utf8") echo UTF-8 ;;
          *) echo ANSI_X3.4-1968 ;;
        esac
        """);
    assertTrue(locale.toFile().setExecutable(true));
    String said = said("C");
    // Bash may complain of a locale that only this test has.
    assertTrue(said.strip().endsWith("locale xx_YY.utf8"), said);
  }

  private static boolean has(String locale) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("locale", "charmap");
    builder.environment().put("LC_ALL", locale);
    try (var lines = builder.start().inputReader()) {
      return "UTF-8".equals(lines.readLine());
    }
  }

  /** What another user built with may not be read. */
  @Test
  void whatABuildLacksIsNamed() throws Exception {
    Files.writeString(program.resolve("copy/classpath"), "/nowhere/spark.jar");
    String said = said("C");
    assertTrue(said.contains("built with /nowhere/spark.jar"), said);
    assertTrue(said.contains("Maven 3.8 or newer is needed"), said);
  }

  @Test
  void whatWhoCallsCanMendIsStatus2() throws Exception {
    Files.delete(program.resolve("stamp"));
    assertEnds(2, "Maven 3.8 or newer is needed", "");
    command("javac", "exit 0");
    String version = "case $1 in -v) echo Apache Maven 3.9.9; exit 0 ;; esac\n";
    command("mvn", version + "echo '[ERROR] Could not transfer artifact'; exit 1");
    assertEnds(2, "libraries could not be fetched", "");
    command("mvn", version + "echo '[ERROR] Main.java:[1,2] cannot find symbol'; exit 1");
    assertEnds(1, "cannot find symbol", "");
    Path log = root.resolve(".reverie/log");
    Files.delete(log.resolve("build.log"));
    Files.delete(log);
    Files.createFile(log);
    assertEnds(2, ".reverie/log cannot be written", "");
  }

  /** Another Java is found then, and Maven must hear of it too. */
  @Test
  void aWrongJavaHomeKeepsNobodyFromBuilding() throws Exception {
    Files.delete(program.resolve("stamp"));
    command("javac", "exit 0");
    command(
        "java", "printf 'java.home = %s\\njava.specification.version = 17\\n' " + root + "/jdk");
    command(
        "mvn",
        "[ -x \"$JAVA_HOME/bin/java\" ] || { echo JAVA_HOME is wrong >&2; exit 1; }\n"
            + "case $1 in -v) echo Apache Maven 3.9.9; exit 0 ;; esac\n"
            + "echo '[ERROR] Could not transfer artifact'; exit 1");
    Process process = start("C", "", root.resolve("none"));
    assertEnds(2, "libraries could not be fetched", process);
  }

  @Test
  void anOptionThatJavaDoesNotTakeIsNamed() throws Exception {
    assertEnds(
        2,
        """
        reverie: Java does not start with REVERIE_JAVA_OPTIONS=-Xmx
          Invalid maximum heap size: -Xmx
          correct that variable, or unset it
        """,
        "-Xmx");
    assertEnds(0, "locale ", "-Xmx1g -Dx=*");
    // Nothing that would wait for a debugger, or take its place, is tried beforehand.
    assertEnds(0, "locale ", "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y");
  }

  /** As where macOS has none, or with a mistake in JAVA_TOOL_OPTIONS: others are looked for. */
  @Test
  void aJavaThatDoesNotStartIsNotTheLast() throws Exception {
    command("java", "exit 1");
    String said = said("C");
    assertFalse(said.isBlank());
    assertFalse(said.contains("locale"), said);
  }

  private void assertEnds(int status, String expected, String options) throws Exception {
    assertEnds(status, expected, start("C", options, root.resolve("jdk")));
  }

  private static void assertEnds(int status, String expected, Process process) throws Exception {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), said);
    assertTrue(said.contains(expected), said);
    assertEquals(status, process.exitValue(), said);
  }

  /** Puts a command before those of the machine. */
  private void command(String name, String body) throws IOException {
    Path command = root.resolve("jdk/bin").resolve(name);
    Files.writeString(command, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
  }

  private String said(String locale) throws Exception {
    Process process = start(locale, "", root.resolve("jdk"));
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), said);
    return said;
  }

  private Process start(String locale, String options, Path javaHome) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(root.resolve("reverie").toString(), "version");
    builder.environment().put("LC_ALL", locale);
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().merge("PATH", root.resolve("jdk/bin") + ":", (path, own) -> own + path);
    builder.environment().put("REVERIE_JAVA_OPTIONS", options);
    return builder.redirectErrorStream(true).start();
  }
}
