package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code deploy/local-cluster} where it starts nothing. */
class LocalClusterScriptTest {
  @TempDir Path state;

  /** Java does not start, so that it is not reached what numbers would be of use for. */
  @ParameterizedTest
  @CsvSource({
    "--workers 08 --gpus 00, 1, master did not start",
    "--workers 00, 2, --workers is at least 1",
    "--cores 00, 2, --cores is at least 1",
    "--workers 0x8, 2, take numbers",
  })
  void numbersAreDecimal(String options, int status, String expected) throws IOException {
    List<String> words = new ArrayList<>(List.of("start"));
    words.addAll(List.of(options.split(" ")));
    String said = said(status, words);
    assertTrue(said.contains(expected), said);
    assertFalse(said.contains("value too great for base"), said);
  }

  @Test
  void aWrongJavaHomeIsNamed() throws IOException {
    Files.delete(state.resolve("bin/java"));
    String said = said(2, List.of("start"));
    assertEquals(
        "local-cluster: JAVA_HOME is %s, where there is no bin/java: let it name a JDK 17, or unset it%n"
            .formatted(state),
        said);
  }

  /** They are of up to 190 MB, one for each executor; logs are small, and may still be read. */
  @Test
  void jarsOfEarlierApplicationsGoAtAStart() throws IOException {
    Path executor = Files.createDirectories(state.resolve("work/worker-0/app-1/0"));
    Path jar = Files.writeString(executor.resolve("reverie cpu.jar"), "");
    Path log = Files.writeString(executor.resolve("stderr"), "");
    said(1, List.of("start"));
    assertFalse(Files.exists(jar));
    assertTrue(Files.exists(log));
  }

  /** Its processes are noted first, and the URL when the master has one. */
  @Test
  void aStatusDuringAStartSaysThatThereIsNoMasterYet() throws IOException {
    Files.writeString(state.resolve("processes"), "");
    String said = said(1, List.of("status"));
    assertEquals(
        List.of("master  has no URL yet", "home    " + state.resolve("spark")),
        said.lines().toList());
  }

  @BeforeEach
  void breakJava() throws IOException {
    Path java = Files.createDirectories(state.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nexit 1\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
  }

  private String said(int status, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Folders.ROOT.resolve("deploy/local-cluster").toString());
    command.addAll(arguments);
    Path log = state.resolve("said");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("REVERIE_CLUSTER", state.toString());
    builder.environment().put("REVERIE_CLUSTER_JARS", "none");
    builder.environment().put("JAVA_HOME", state.toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertEquals(status, LocalCluster.wait(process, 60), () -> LocalCluster.text(log));
    return LocalCluster.text(log);
  }
}
