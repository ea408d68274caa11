package org.reverie.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code deploy/submit} with another program in the place of Spark's. */
class SubmitScriptTest {
  private static final String QUIET =
      "-Dlog4j.configurationFile=\""
          + Folders.ROOT.resolve("deploy/driver-log4j2.properties").normalize()
          + "\"";

  @TempDir Path home;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // options of Spark | whether its driver is quiet | where it listens
        "--master spark://127.0.0.1:7077 | true | 127.0.0.1",
        "--master local[2] | true | 127.0.0.1",
        "--conf spark.master=local | true | 127.0.0.1",
        "--master spark://host:7077 | true | ''",
        "--master yarn --deploy-mode client | true | ''",
        "--master yarn --deploy-mode cluster | false | ''",
        "--deploy-mode=cluster --master yarn | false | ''",
        "--conf spark.submit.deployMode=cluster | false | ''",
      })
  void theDriverOnThisMachineIsQuietAndOpensNoMoreThanItMust(
      String options, boolean quiet, String address) throws IOException {
    assertEquals(
        List.of(quiet ? QUIET : "", address),
        said("", options).stream().map(String::strip).limit(2).toList());
  }

  /** An option goes before it, as in Spark. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cluster | --master yarn | false",
        "client | --master yarn | true",
        "cluster | --master yarn --deploy-mode client | true",
        "cluster | --master yarn --conf spark.submit.deployMode=client | true",
        "client | --master yarn --deploy-mode cluster | false",
      })
  void theEnvironmentNamesTheDeployModeToo(String mode, String options, boolean quiet)
      throws IOException {
    assertEquals(
        quiet ? QUIET : "", said(Map.of("DEPLOY_MODE", mode), options, "render").get(0).strip());
  }

  /** Executors of a training need DL4J; its sheets are drawn by threads that do not wait. */
  @Test
  void aTrainingHasItsOwnJarAndThreads() throws IOException {
    Path train = Files.createDirectories(home.resolve("deploy/train/target"));
    Files.writeString(train.resolve("reverie-train.jar"), "");
    Path cpu = Files.createDirectories(home.resolve("deploy/cpu/target"));
    Files.writeString(cpu.resolve("reverie-cpu.jar"), "");
    for (String name : List.of("submit", "spark.conf")) {
      Files.copy(
          Folders.ROOT.resolve("deploy/" + name),
          home.resolve("deploy/" + name),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    Map<String, String> ours = Map.of("REVERIE_JAR", "");
    assertTrue(
        said(home, ours, "--master yarn", "train")
            .containsAll(List.of("1000", train.resolve("reverie-train.jar").toString())));
    List<String> render = said(home, ours, "--master yarn", "render");
    assertTrue(render.contains(cpu.resolve("reverie-cpu.jar").toString()), render::toString);
    assertFalse(render.contains("1000"), render::toString);
  }

  /** Spark's script would end in bash's words and status 127. Its spark-env.sh may name another. */
  @Test
  void aWrongJavaHomeIsNamed() throws IOException {
    Map<String, String> wrong = Map.of("JAVA_HOME", "/none");
    assertEquals(
        List.of(
            "submit: JAVA_HOME is /none, where there is no bin/java: let it name a Java 17, or"
                + " unset it"),
        said(2, Folders.ROOT, wrong, List.of("--master", "yarn"), "render"));
    Files.createFile(Files.createDirectories(home.resolve("conf")).resolve("spark-env.sh"));
    said(0, Folders.ROOT, wrong, List.of("--master", "yarn"), "render");
  }

  /** As it can be typed again, but for what nobody else may read. */
  @Test
  void theDriverIsToldTheCommand() throws IOException {
    List<String> said =
        said(
            0,
            Folders.ROOT,
            Map.of(),
            List.of(
                "--master",
                "local[2]",
                "--conf",
                "spark.hadoop.fs.s3a.secret.key=hunter2",
                "--conf",
                "spark.executorEnv.AWS_SESSION_TOKEN=hunter3",
                "--driver-java-options",
                "-Da=b -Dpassword=hunter4",
                "--jars",
                "http://me:hunter5@host/a.jar",
                "--name",
                "a night's work"),
            "render");
    assertTrue(
        said.contains(
            "spark.reverie.command=deploy/submit --master local\\[2\\]"
                + " --conf spark.hadoop.fs.s3a.secret.key=..."
                + " --conf spark.executorEnv.AWS_SESSION_TOKEN=..."
                + " --driver-java-options -Da=... --jars ... --name a\\ night\\'s\\ work --"),
        said::toString);
  }

  /** The last of several options of one name holds. */
  @Test
  void aPersonsOptionsComeAfterOurs() throws IOException {
    assertEquals(
        QUIET + " -Dlog4j.configurationFile=mine",
        said("-Dlog4j.configurationFile=mine", "--master yarn").get(0));
  }

  /** Under cron, Java would find no file whose name is more than ASCII. */
  @Test
  void theLocaleKnowsAllNames() throws IOException {
    assumeTrue(has("C.UTF-8"), "this machine has no C.UTF-8");
    List<String> said = said("", "--master yarn");
    assertEquals("C.UTF-8", said.get(2));
    assertTrue(said.contains("spark.executorEnv.LC_ALL=C.UTF-8"), said::toString);
  }

  private static boolean has(String locale) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("locale", "charmap");
    builder.environment().put("LC_ALL", locale);
    try (var lines = builder.start().inputReader()) {
      return "UTF-8".equals(lines.readLine());
    }
  }

  private List<String> said(String javaOptions, String options) throws IOException {
    return said(Map.of("SPARK_SUBMIT_OPTS", javaOptions), options, "render");
  }

  private List<String> said(Map<String, String> environment, String options, String command)
      throws IOException {
    return said(Folders.ROOT, environment, options, command);
  }

  private List<String> said(
      Path root, Map<String, String> environment, String options, String command)
      throws IOException {
    return said(0, root, environment, List.of(options.split(" ")), command);
  }

  /** What {@code spark-submit} is given, by the script below a folder, or what that says. */
  private List<String> said(
      int status, Path root, Map<String, String> environment, List<String> options, String command)
      throws IOException {
    Path program = Files.createDirectories(home.resolve("bin")).resolve("spark-submit");
    Files.writeString(
        program,
        """
        #!/bin/sh
        printf '%s\\n' "$SPARK_SUBMIT_OPTS" "$SPARK_LOCAL_IP" "$LC_ALL" "$GOMP_SPINCOUNT" "$@"
        """);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    List<String> words = new ArrayList<>(List.of("deploy/submit"));
    words.addAll(options);
    words.addAll(List.of("--", command, "noise"));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.directory(root.toFile());
    for (String variable : List.of("DEPLOY_MODE", "GOMP_SPINCOUNT", "OMP_WAIT_POLICY")) {
      builder.environment().remove(variable);
    }
    builder.environment().put("SPARK_LOCAL_IP", "");
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("SPARK_SUBMIT_OPTS", "");
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("REVERIE_JAR", program.toString());
    builder.environment().putAll(environment);
    Path out = home.resolve("out");
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertEquals(status, LocalCluster.wait(process, 20), () -> LocalCluster.text(out));
    return Files.readString(out).lines().toList();
  }
}
