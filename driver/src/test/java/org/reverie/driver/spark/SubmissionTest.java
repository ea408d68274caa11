package org.reverie.driver.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.UserException;

class SubmissionTest {
  @TempDir Path deploy;

  @ParameterizedTest
  @CsvSource({
    "in-process, false",
    "local, false",
    "'local[4]', false",
    "'local[2,3]', false",
    "spark://host:7077, true",
    "yarn, true",
    "k8s://https://host, true",
  })
  void onlyAClusterNeedsASubmission(String master, boolean needed) {
    assertEquals(needed, Submission.isNeeded(master));
    assertFalse(Submission.isNeeded(null));
  }

  @Test
  void optionsOfAPersonComeAfterOursAndSoWin() throws IOException {
    Files.writeString(
        deploy.resolve("spark.conf"), "# why\nspark.speculation   false\nspark.a b c\n");
    Path jar = deploy.resolve("a jar.jar");
    List<String> options = List.of("--conf", "spark.speculation=true");
    List<String> command =
        new Submission(deploy, jar, options)
            .command("yarn", "Main", Map.of("spark.d", "e"), List.of("render", "x"));
    assertEquals(
        List.of(
            "--master",
            "yarn",
            "--class",
            "Main",
            "--name",
            "Reverie",
            "--conf",
            "spark.a=b c",
            "--conf",
            "spark.d=e",
            "--conf",
            "spark.speculation=false",
            "--conf",
            "spark.speculation=true",
            jar.toUri().toString(),
            "render",
            "x"),
        command);
  }

  @Test
  void clusterModeRunsElsewhere() {
    assertFalse(new Submission(deploy, deploy, List.of()).runsElsewhere());
    assertTrue(new Submission(deploy, deploy, List.of("--deploy-mode", "cluster")).runsElsewhere());
    assertTrue(new Submission(deploy, deploy, List.of("--deploy-mode=cluster")).runsElsewhere());
    assertFalse(new Submission(deploy, deploy, List.of("--deploy-mode", "client")).runsElsewhere());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--conf spark.submit.deployMode=cluster | true",
        "-c spark.submit.deployMode=cluster | true",
        "--conf=spark.submit.deployMode=cluster | true",
        "--conf spark.submit.deployMode=client | false",
        "--deploy-mode cluster --deploy-mode=client | false",
        "--deploy-mode client --conf spark.submit.deployMode=cluster | false",
        "--conf a=spark.submit.deployMode=cluster | false",
      })
  void whereItRunsIsReadAsSparkReadsIt(String options, boolean elsewhere) {
    assertEquals(
        elsewhere, new Submission(deploy, deploy, List.of(options.split(" "))).runsElsewhere());
  }

  /**
   * Option, setting, defaults of Spark's own folder, environment: the first that is there holds.
   */
  @Test
  void theDeployModeMayStandElsewhereToo() throws IOException {
    List<String> none = List.of();
    assertFalse(Submission.isElsewhere(none, Map.of()));
    assertTrue(Submission.isElsewhere(none, Map.of("DEPLOY_MODE", "cluster")));
    assertFalse(
        Submission.isElsewhere(
            List.of("--deploy-mode", "client"), Map.of("DEPLOY_MODE", "cluster")));
    Path defaults =
        Files.writeString(
            deploy.resolve("spark-defaults.conf"), "spark.submit.deployMode cluster\n");
    assertTrue(Submission.isElsewhere(none, Map.of("SPARK_CONF_DIR", deploy.toString())));
    assertTrue(
        Submission.isElsewhere(
            List.of("--properties-file", defaults.toString()), Map.of("DEPLOY_MODE", "client")));
    assertFalse(
        Submission.isElsewhere(
            List.of("--conf", "spark.submit.deployMode=client"),
            Map.of("SPARK_CONF_DIR", deploy.toString())));
  }

  /** What Spark refuses is told by it, where the command is submitted. */
  @ParameterizedTest
  @ValueSource(
      strings = {"--deploy-mode nowhere", "--none-such", "--help", "--properties-file /no"})
  void optionsThatSparkDoesNotTakeAreNoMode(String options) {
    assertFalse(
        Submission.isElsewhere(List.of(options.split(" ")), Map.of("DEPLOY_MODE", "cluster")));
  }

  @Test
  void whatSparkDoesNotTakeIsTold() throws IOException {
    Files.writeString(deploy.resolve("spark.conf"), "");
    Submission submission = new Submission(deploy, deploy.resolve("a.jar"), List.of());
    UserException refused =
        assertThrows(
            UserException.class,
            () -> submission.run("k8s://x", "Main", Map.of(), List.of("render")));
    assertTrue(refused.getMessage().contains("does not take k8s://x: "), refused::getMessage);
  }

  @Test
  void withoutSettingsOrJarThereIsNoSubmission() {
    UserException refused =
        assertThrows(
            UserException.class,
            () ->
                new Submission(deploy, deploy, List.of())
                    .command("yarn", "Main", Map.of(), List.of()));
    assertEquals("no-spark-conf", refused.problems().get(0).code());
    System.setProperty("reverie.deploy", deploy.toString());
    try {
      for (Submission.Program program : Submission.Program.values()) {
        refused = assertThrows(UserException.class, () -> Submission.ofThisProcess(program));
        assertEquals("no-jar", refused.problems().get(0).code());
      }
    } finally {
      System.clearProperty("reverie.deploy");
    }
  }
}
