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
      refused = assertThrows(UserException.class, Submission::ofThisProcess);
      assertEquals("no-jar", refused.problems().get(0).code());
    } finally {
      System.clearProperty("reverie.deploy");
    }
  }
}
