package org.reverie.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class RecipeTest {
  private static final String JOB =
      """
      preset: notebook
      input: {source: "gradient:chromatic", background: "#102030"}
      print: {out: /home/someone/secret/x.tif, width: 5.5in, depth: float, crop: "1,2,3,4"}
      brain: {path: /home/someone/brain, random-weights: 3}
      dream: {layers: [a=0.5, b], octaves: 1, iterations: 2, rolls: [[1, -2], [3, 4]], seed: -9}
      tiles: {tile: 512, halo: exact, overlap: 0, sync: 1}
      run: {master: "spark://secret:7077", work-dir: /secret, memory: 8g, threads: 2, fresh: true}
      """;

  @Test
  void tellsNothingOfWhereItWasMade() {
    String recipe = Recipe.yaml(read(JOB));
    for (String secret : List.of("someone", "secret", "spark", "memory", "8g", "fresh")) {
      assertFalse(recipe.contains(secret), () -> secret + " in\n" + recipe);
    }
  }

  @Test
  void leavesOutPathsButKeepsFormulas() {
    assertTrue(Recipe.yaml(read(JOB)).contains("gradient:chromatic"));
    String withFile = Recipe.yaml(read("{input.source: /home/me/cat.jpg, print.out: a.tif}"));
    assertFalse(withFile.contains("cat"), withFile);
  }

  @Test
  void everyFormulaIsTold() {
    List<String> sources = List.of("noise", "gradient:radial", "color:#102030");
    assertEquals(
        List.of(Formula.values()), sources.stream().map(s -> Formula.of(s).orElseThrow()).toList());
    for (String source : sources) {
      RenderJob job =
          read(
              "{input.source: '%s', print: {out: a.tif, width: 6in},".formatted(source)
                  + " dream: {objective: guide, guide: '%s'}}".formatted(source));
      assertEquals(source, Recipe.of(job).get("input").get("source"));
      assertEquals(source, Recipe.of(job).get("dream").get("guide"));
    }
    // The help names every kind, and so does docs/options.md, whose table it makes.
    for (String source : sources) {
      String kind = source.replaceFirst(":.*", "");
      assertTrue(JobKey.SOURCE.description().contains(kind), kind);
    }
  }

  @Test
  void bothFormsAreReadBack() {
    RenderJob job = read(JOB);
    for (String text : List.of(Recipe.yaml(job), Recipe.json(job))) {
      JobLayer here =
          JobLayer.ofYaml(
              "here",
              """
              print.out: /home/someone/secret/x.tif
              brain.path: /home/someone/brain
              run: {master: "spark://secret:7077", work-dir: /secret, memory: 8g, fresh: true}
              """);
      assertEquals(job, JobReader.read(List.of(JobLayer.ofYaml("recipe", text), here)));
    }
  }

  @Test
  void theWholeJobIsReadBack() {
    RenderJob job = read(JOB);
    assertEquals(job, read(Recipe.jobFile(job)));
  }

  @Test
  void aReportIsReadAsItsJob() {
    RenderJob job = read(JOB);
    String indented = Recipe.jobFile(job).indent(2);
    assertEquals(
        job,
        read(
            "bytes: 5\nrun: {host: here, seconds: 3}\nseams: {figures: [{z: 1}]}\njob:\n"
                + indented
                + "plan: {version: 1, octaves: [{index: 0}]}\n"));
  }

  @Test
  void aPlanIsReadAsItsRecipe() {
    String plan =
        "{version: 1, seed: 8, recipe: {dream: {seed: 8}}, octaves: [{index: 0}],"
            + " engine: {name: reference}}";
    JobLayer here = JobLayer.ofYaml("here", "{input.source: a.jpg, print.out: a.tif}");
    RenderJob job = JobReader.read(List.of(JobLayer.ofYaml("print", plan), here));
    assertEquals(8, job.dream().seed());
  }

  @Test
  void aJobBesideOtherKeysIsNoReport() {
    UserException thrown =
        assertThrows(
            UserException.class,
            () -> read("{job.dream.seed: 3, input.source: noise, print.out: a.tif}"));
    assertTrue(thrown.getMessage().contains("job"), thrown.getMessage());
  }

  @Test
  void isCanonical() {
    assertEquals(
        """
        input:
          source: "noise"
          background: "#ffffff"
        print:
          width: "6in"
          height: "auto"
          fit: "cover"
          dpi: 150
          bleed: "0mm"
          depth: "auto"
          dither: "noise"
          preview: false
        brain:
          mean: "auto"
        dream:
          layers: "auto"
          objective: "l2"
          guide-size: 224
          octaves: "auto"
          octave-scale: 1.4
          iterations: 10
          step: 1.5
          jitter: 32
          rolls: "auto"
          seed: 0
          border: "mirror"
          resampling: "photographic"
        tiles:
          tile: "auto"
          halo: "auto"
          overlap: "auto"
          sync: "auto"
        run:
          engine: "auto"
          precision: "auto"
          threads: "auto"
        """,
        Recipe.yaml(read("{input.source: noise, print: {width: 6in, dpi: 150, out: a.tif}}")));
  }

  @Property(tries = 200)
  void anyJobIsReadBack(@ForAll("jobs") Map<JobKey<?>, List<String>> flags) {
    RenderJob job = JobReader.read(List.of(JobLayer.ofFlags(null, flags)));
    assertEquals(job, read(Recipe.jobFile(job)));
  }

  @Provide
  Arbitrary<Map<JobKey<?>, List<String>>> jobs() {
    Arbitrary<String> lengths =
        Combinators.combine(
                Arbitraries.doubles().between(1, 1000).ofScale(3), Arbitraries.of("in", "mm", "cm"))
            .as((value, unit) -> value + unit);
    Arbitrary<String> memory =
        Arbitraries.longs().between(64L << 20, 1L << 50).map(Object::toString);
    Arbitrary<String> steps =
        Arbitraries.doubles().between(0.001, 200).ofScale(5).map(Object::toString);
    Arbitrary<String> seeds = Arbitraries.longs().map(Object::toString);
    Arbitrary<String> weights =
        Arbitraries.doubles().between(1e-6, 1e6).ofScale(7).map(w -> "a=b=" + w);
    return Combinators.combine(lengths, memory, steps, seeds, weights)
        .as(
            (length, bytes, step, seed, layer) ->
                Map.of(
                    JobKey.SOURCE, List.of("noise"),
                    JobKey.OUT, List.of("a.tif"),
                    JobKey.WIDTH, List.of(length),
                    JobKey.MEMORY, List.of(bytes),
                    JobKey.STEP, List.of(step),
                    JobKey.SEED, List.of(seed),
                    JobKey.LAYERS, List.of(layer)));
  }

  private static RenderJob read(String yaml) {
    return JobReader.read(List.of(JobLayer.ofYaml("job.yaml", yaml)));
  }
}
