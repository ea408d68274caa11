package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.executor.work.OctaveTasks;
import org.reverie.executor.work.PlanCodec;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.PlanRequest;
import org.reverie.tiling.plan.Planner;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.RoundPlan;
import org.reverie.tiling.plan.StageLoad;
import org.reverie.tiling.plan.StageLoad.Kind;

class PlanLoadsTest {
  @TempDir Path folder;

  /** The loads of a plan are those that its render reports: tasks of each kind, and gradients. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiles: {tile: 500}",
        "tiles: {tile: 32, halo: exact, sync: 1}",
        "tiles: {tile: 32, halo: 8, overlap: 8, sync: octave}",
        "tiles: {tile: 32, halo: 8, overlap: 8, sync: 2}",
        "{print: {width: 300px, height: 200px, crop: '150,100,40,16'}, dream: {octaves: 5,"
            + " iterations: 3}, tiles: {tile: 32, halo: 8, overlap: 8}}",
        "{print: {width: 300px, height: 200px, crop: '150,100,40,16'}, dream: {octaves: 5,"
            + " iterations: 1}, tiles: {tile: 32, halo: 8, overlap: 8}}",
      })
  void aRenderDoesWhatItsPlanWasTakenFor(String settings) throws Exception {
    TinyRenders renders = new TinyRenders(folder);
    renders.render("print", settings);
    JsonNode report = renders.report("print");
    RenderPlan plan = PlanCodec.decode(new ObjectMapper().writeValueAsBytes(report.path("plan")));
    List<StageLoad> loads = PlanLoads.of(plan, report.at("/run/stages/encode/tasks").asInt());
    double gradients = 0;
    var stages = report.at("/run/stages").fields();
    while (stages.hasNext()) {
      gradients += stages.next().getValue().path("gradient-megapixels").asDouble();
    }
    assertEquals(gradients, loads.stream().mapToDouble(StageLoad::gradientMegapixels).sum(), 1e-9);
    Map<String, Kind> kinds =
        Map.of(
            "base", Kind.BASE,
            "start", Kind.START,
            "step", Kind.STEP,
            "stitch", Kind.STITCH,
            "seams", Kind.SEAMS,
            "encode", Kind.ENCODE);
    kinds.forEach(
        (name, kind) ->
            assertEquals(
                report.at("/run/stages/" + name + "/tasks").asLong(), tasks(loads, kind), name));
    long tiles = 0;
    for (String name : List.of("gradient", "step-gradient", "dream")) {
      tiles += report.at("/run/stages/" + name + "/tasks").asLong();
    }
    assertEquals(tiles, tasks(loads, Kind.TILES));
    MeasuredRates measured = MeasuredRates.of(folder.resolve("print.tif.json").toString());
    assertEquals(report.at("/run/seconds").asDouble(), measured.seconds());
    assertTrue(measured.hardware().gradientRate() > 0);
  }

  /** 60,000 x 40,000 px in cores of 512 px, 16 octaves of 10 iterations: nothing overflows. */
  @Test
  void aMuralCanBePlanned() {
    RenderPlan plan =
        Planner.plan(
            new PlanRequest(
                JobReader.read(
                    List.of(
                        JobLayer.ofYaml(
                            "mural",
                            "{input.source: a.jpg, print: {out: a.tif, width: 60000px, height:"
                                + " 40000px}, tiles: {tile: 512, halo: exact, sync: 1}}"))),
                new Size(6000, 4000),
                8,
                "",
                "",
                new LayerGeometry(16, 305),
                128,
                new RenderPlan.BrainFacts("b", "", List.of(0f, 0f, 0f), true, List.of(), "", ""),
                new RenderPlan.EngineFacts("e", "FLOAT32", "", 1),
                (width, height) -> 321L * width * height,
                20L << 30,
                false));
    assertEquals(16, plan.octaves().size());
    byte[] json = PlanCodec.encode(plan);
    assertArrayEquals(json, PlanCodec.encode(PlanCodec.decode(json)));
    assertTrue(json.length < 1_000_000, json.length + " bytes travel with every render");
    long pixels = 0;
    for (OctavePlan octave : plan.octaves()) {
      OctaveTasks tasks = new OctaveTasks(plan, octave);
      for (RoundPlan round : octave.rounds()) {
        pixels += tasks.inputPixels(round.index());
      }
    }
    List<StageLoad> loads = PlanLoads.of(plan, 118 * 79);
    double expected = pixels / 1e6;
    assertEquals(
        expected,
        loads.stream().mapToDouble(StageLoad::gradientMegapixels).sum(),
        1e-3 * expected,
        "but for octaves of one window, which have one round of all iterations");
    assertTrue(pixels > 10L * 4_900_000_000L, pixels + " pixels, beyond any int");
    assertTrue(tasks(loads, Kind.TILES) > 150_000, "tiles");
  }

  private static long tasks(List<StageLoad> loads, Kind kind) {
    return loads.stream().filter(load -> load.kind() == kind).mapToLong(StageLoad::tasks).sum();
  }
}
