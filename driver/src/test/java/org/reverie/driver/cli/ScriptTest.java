package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
        case $1 in
          -XshowSettings*) printf 'java.home = %s\njava.specification.version = 17\n' "$JAVA_HOME" ;;
          *) printf 'locale %s\n' "$LC_ALL" ;;
        esac
        """);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    // No Maven that works, so that nothing is built.
    Path maven = Files.writeString(root.resolve("jdk/bin/mvn"), "#!/bin/sh\nexit 1\n");
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwx------"));
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

  private String said(String locale) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(root.resolve("reverie").toString(), "version");
    builder.environment().put("LC_ALL", locale);
    builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    builder.environment().merge("PATH", root.resolve("jdk/bin") + ":", (path, own) -> own + path);
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), said);
    return said;
  }
}
