package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.driver.spark.LocalSpark;
import org.reverie.driver.spark.SparkApplication;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.print.StandardProfile;
import org.reverie.executor.work.PlanCodec;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.Survey;
import org.reverie.executor.work.SurveyAnswer;
import org.reverie.executor.work.SurveyQuestion;

/** Planning in a task, as the driver of a cluster of GPUs does that has none itself. */
class SurveyTest {
  private static final Stage STAGE = new Stage(Stage.Kind.GRADIENT, 0, 0, new float[0]);

  @TempDir Path folder;

  @Test
  void aTaskPlansAsThisProcessDoes() throws IOException {
    RenderJob job =
        job(
            """
            print: {width: 400px, height: 300px, bleed: 2mm, crop: "10,20,200,100"}
            dream: {objective: guide, guide: gradient:chromatic, guide-size: 48, octaves: 2,
                    iterations: 2, layers: ["relu_conv2:1+2*0.5"],
                    rolls: [[1, 2], [3, -4], [5, 6], [7, 8]]}
            tiles: {tile: 64, halo: 24, sync: octave}
            run.memory: 64m
            """);
    BrainChoice brain = BrainChoice.of(job, new Configuration());
    SurveyQuestion question = question(job, brain, null);
    SurveyAnswer here = Survey.answer(question, brain.brain(), "here", 0);
    SurveyAnswer there = ask(question, brain);
    assertArrayEquals(PlanCodec.encode(here.plan()), PlanCodec.encode(there.plan()));
    assertEquals(1, there.guides().size());
    assertArrayEquals(here.guides().get(0)[0], there.guides().get(0)[0]);
    assertTrue(there.guides().get(0)[0].length > 0);
    assertEquals(here.haloPixels(), there.haloPixels());
    assertEquals(64L << 20, there.engineBytes());
    assertEquals(here.largestBytes(), there.largestBytes());
    assertTrue(there.secondsPerMegapixel() > 0);
    assertEquals(here.reason(), there.reason());
  }

  @Test
  void aKnownHaloIsNotMeasuredAgain() throws IOException {
    RenderJob job = job("print: {width: 40px, height: 30px}\ndream.octaves: 1\n");
    BrainChoice brain = BrainChoice.of(job, new Configuration());
    SurveyAnswer answer = ask(question(job, brain, 48), brain);
    assertEquals(48, answer.haloPixels());
    assertEquals(48, answer.plan().borderPixels());
  }

  @Test
  void whatAUserDidWrongIsToldAsSuch() throws IOException {
    RenderJob job = job("print.width: 40px\nrun.engine: nosuch\n");
    BrainChoice brain = BrainChoice.of(job, new Configuration());
    UserException refused =
        assertThrows(UserException.class, () -> ask(question(job, brain, 0), brain));
    assertEquals("unknown-engine", refused.problems().get(0).code());
  }

  @ParameterizedTest
  @CsvSource({"local, false", "'local[3]', false", "'local[2,4]', false", "spark://h:7077, true"})
  void onlyAClusterPlansElsewhere(String master, boolean cluster) {
    try (SparkApplication spark = new SparkApplication(Optional.of(master), 1, note -> {})) {
      assertEquals(cluster, spark.isCluster());
      assertFalse(spark.givesDevices());
    }
  }

  private static SurveyAnswer ask(SurveyQuestion question, BrainChoice brain) {
    RenderSetup setup = RenderSetup.ofBrain(BrainCodec.encode(brain.brain()), "survey/0");
    LocalSpark.context();
    try (TileRunner runner = LocalSpark.APPLICATION.runner(setup, new Survey(question.encode()))) {
      return SurveyAnswer.decode(runner.run(STAGE, 1, report -> {}).get(0).bytes());
    }
  }

  private static SurveyQuestion question(RenderJob job, BrainChoice brain, Integer halo)
      throws IOException {
    return new SurveyQuestion(
        job,
        null,
        8,
        "noise",
        "",
        brain.facts("", ""),
        halo,
        null,
        Guide.pictures(job, brain, StandardProfile.srgb(), new ArrayList<>(), new Configuration()));
  }

  private RenderJob job(String yaml) {
    return JobReader.read(
        List.of(
            JobLayer.ofYaml(
                "test",
                "input.source: noise\nprint.out: " + folder.resolve("x.tif") + "\n" + yaml)));
  }
}
