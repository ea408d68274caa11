package org.reverie.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.RenderJob.BorderKind;
import org.reverie.conf.RenderJob.Crop;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.conf.RenderJob.Halo;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.conf.RenderJob.WeightedChannel;
import org.reverie.conf.RenderJob.WeightedLayer;

final class JobReaderTest {
  @Test
  void theDefaultPresetIsPrint() {
    RenderJob job = read(flags());
    assertEquals(BorderKind.MIRROR, job.dream().border());
    assertEquals(Resampling.PHOTOGRAPHIC, job.dream().resampling());
    assertNull(job.dream().octaves());
    assertEquals(1.4, job.dream().octaveScale());
    assertEquals(10, job.dream().iterations());
    assertEquals(1.5, job.dream().step());
    assertEquals(32, job.dream().jitter());
    assertEquals(0, job.dream().seed());
    assertEquals(300, job.print().dpi());
    assertEquals(List.of(), job.dream().layers());
    assertNull(job.brain().mean());
    assertNull(job.tiles().sync());
  }

  @Test
  void notebookIsDeepDreamToTheLetter() {
    RenderJob job = read(flags("--preset", "notebook"));
    assertEquals(List.of(104.0, 116.0, 122.0), job.brain().mean());
    assertEquals(List.of(new WeightedLayer("inception_4c/output", 1)), job.dream().layers());
    assertEquals(4, job.dream().octaves());
    assertEquals(1.4, job.dream().octaveScale());
    assertEquals(10, job.dream().iterations());
    assertEquals(1.5, job.dream().step());
    assertEquals(32, job.dream().jitter());
    assertEquals(BorderKind.WRAP, job.dream().border());
    assertEquals(Resampling.NOTEBOOK, job.dream().resampling());
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void everyPresetMakesAJob(Preset preset) {
    assertEquals(List.of(), problems(flags("--preset", preset.word())));
  }

  @Test
  void flagsOverrideTheJobFileAndThatThePreset() {
    JobLayer file =
        JobLayer.ofYaml(
            "night.yaml",
            """
            preset: notebook
            dream:
              iterations: 20
              step: 2.5
            """);
    RenderJob job = read(file, flags("--step", "0.75"));
    assertEquals(0.75, job.dream().step(), "the flag's");
    assertEquals(20, job.dream().iterations(), "the file's");
    assertEquals(4, job.dream().octaves(), "the preset's");
    assertEquals(224, job.dream().guideSize(), "that of the preset below it");
  }

  @Test
  void aPresetFlagOverridesTheFilesPreset() {
    JobLayer file = JobLayer.ofYaml("night.yaml", "preset: notebook\n");
    assertEquals(BorderKind.MIRROR, read(file, flags("--preset", "print")).dream().border());
  }

  @Test
  void autoTakesBackWhatAPresetGave() {
    RenderJob job =
        read(
            flags(
                "--preset", "notebook", "--octaves", "auto", "--layer", "auto", "--mean", "auto"));
    assertNull(job.dream().octaves());
    assertEquals(List.of(), job.dream().layers());
    assertNull(job.brain().mean());
  }

  /** As {@link #noneTakesACropOffAgain}, of what names files and of a seed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "brain: {path: zoo, random-weights: 3} | --brain none --random-weights none",
        "dream: {objective: guide, guide: noise} | --guide none --objective l2",
        "dream: {objective: guide, guide: ['#ff0000=a.jpg', '#0000ff=b.jpg'], guide-mask: m.png} |"
            + " --guide none --guide-mask none --objective l2",
        "run.work-dir: /w | --work-dir none",
      })
  void noneTakesBackWhatAJobGives(String yaml, String flags) {
    RenderJob without = read(flags());
    JobLayer file = JobLayer.ofYaml("job.yaml", yaml);
    assertNotEquals(without, read(file, flags()));
    assertEquals(without, read(file, flags(flags.split(" "))));
    assertEquals(Recipe.jobFile(without), Recipe.jobFile(read(file, flags(flags.split(" ")))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--random-weights none --guide none --guide b.jpg | is none beside guides",
        "--random-weights none --guide none | dream.objective (a.tif): guide needs a guide. Name a picture by --guide, or"
            + " write --objective l2",
        "--random-weights none --guide a.jpg --objective l2 | --guide: is of no use to objective l2. Add --objective"
            + " guide, or write --guide none",
        "--guide a.jpg --brain none | brain.random-weights (a.tif): the built-in brain has weights",
      })
  void whatStillNeedsItIsTold(String flags, String expected) {
    JobLayer print =
        JobLayer.ofPrint(
            "a.tif",
            "{engine: {name: x}, recipe: {brain: {random-weights: 3}, dream: {objective: guide}}}");
    List<String> messages = problems(print, flags(flags.split(" ")));
    assertEquals(1, messages.size(), messages::toString);
    assertTrue(messages.get(0).contains(expected), messages::toString);
  }

  @Test
  void noneTakesACropOffAgain() {
    JobLayer file = JobLayer.ofYaml("part.yaml", "print.crop: [0, 0, 9, 9]");
    JobLayer print =
        JobLayer.ofPrint(
            "part.tif", "{engine: {name: onednn}, recipe: {print: {crop: [0, 0, 9, 9]}}}");
    RenderJob whole = read(flags());
    assertEquals(whole, read(file, flags("--crop", "none")));
    assertEquals(whole, read(print, flags("--crop", "none")));
    assertEquals(whole, read(file, JobLayer.ofYaml("whole.yaml", "print: {crop: none}"), flags()));
    assertEquals(
        new Crop(1, 2, 3, 4),
        read(JobLayer.ofYaml("whole.yaml", "print.crop: none"), flags("--crop", "1,2,3,4"))
            .print()
            .crop());
    assertEquals(Recipe.jobFile(read(flags())), Recipe.jobFile(read(flags("--crop", "none"))));
  }

  @Test
  void keysMayBeWrittenWithPoints() {
    RenderJob job =
        read(
            JobLayer.ofYaml(
                "j.yaml", "dream.octaves: 1\ndream.iterations: 1\ndream.rolls: [[3, -5]]"),
            flags());
    assertEquals(List.of(List.of(3, -5)), job.dream().rolls());
  }

  @Test
  void jsonIsAJobFileToo() {
    RenderJob job = read(JobLayer.ofYaml("j.json", "{\"dream\": {\"seed\": 7}}"), flags());
    assertEquals(7, job.dream().seed());
  }

  @Test
  void anEmptyJobFileSaysNothing() {
    assertEquals(read(flags()), read(JobLayer.ofYaml("j.yaml", "# nothing\n"), flags()));
  }

  @Test
  void everyFlagReachesItsField() {
    RenderJob job =
        read(
            flags(
                "INPUT",
                "noise",
                "--out",
                "b.png",
                "--background",
                "#FF0080",
                "--width",
                "18in",
                "--height",
                "30cm",
                "--fit",
                "contain",
                "--dpi",
                "150",
                "--bleed",
                "3mm",
                "--depth",
                "16",
                "--dither",
                "none",
                "--preview",
                "true",
                "--crop",
                "1,2,30,40",
                "--brain",
                "brains/x",
                "--random-weights",
                "9",
                "--mean",
                "1,2,3",
                "--layer",
                "a=0.5",
                "--layer",
                "b",
                "--objective",
                "guide",
                "--guide",
                "g.png",
                "--guide-size",
                "100",
                "--octaves",
                "1",
                "--octave-scale",
                "1.5",
                "--iterations",
                "2",
                "--step",
                "2",
                "--jitter",
                "4",
                "--rolls",
                "[[1,2],[-3,4]]",
                "--seed",
                "-11",
                "--border",
                "wrap",
                "--resampling",
                "notebook",
                "--tile",
                "512",
                "--halo",
                "64",
                "--overlap",
                "32",
                "--sync",
                "5",
                "--engine",
                "nd4j",
                "--precision",
                "tf32",
                "--threads",
                "2",
                "--memory",
                "8g",
                "--master",
                "local[2]",
                "--work-dir",
                "w",
                "--fresh",
                "true",
                "--dry-run",
                "true"));
    assertEquals(
        new RenderJob(
            new RenderJob.Input("noise", "#ff0080"),
            new RenderJob.Print(
                "b.png",
                new Length(18, Length.Unit.INCH),
                new Length(30, Length.Unit.CENTIMETRE),
                150,
                new Length(3, Length.Unit.MILLIMETRE),
                RenderJob.Fit.CONTAIN,
                Depth.SIXTEEN,
                RenderJob.Dither.NONE,
                true,
                new Crop(1, 2, 30, 40)),
            new RenderJob.Brain("brains/x", 9L, List.of(1.0, 2.0, 3.0)),
            new RenderJob.Dream(
                List.of(new WeightedLayer("a", 0.5), new WeightedLayer("b", 1)),
                RenderJob.ObjectiveKind.GUIDE,
                List.of(new RenderJob.Guide(null, "g.png")),
                null,
                100,
                1,
                1.5,
                2,
                2,
                4,
                List.of(List.of(1, 2), List.of(-3, 4)),
                -11,
                BorderKind.WRAP,
                Resampling.NOTEBOOK),
            new RenderJob.Tiles(512, new Halo(Halo.Kind.GIVEN, 64), 32, 5),
            new RenderJob.Run(
                "nd4j", RenderJob.Precision.TF32, 2, 8L << 30, "local[2]", "w", true, true)),
        job);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dream.octaves: many     | dream.octaves (j.yaml line 1): \"many\" is not a whole number",
        "dream.octaves: 4.5      | dream.octaves (j.yaml line 1): \"4.5\" is not a whole number",
        "dream.octaves: [4]      | dream.octaves (j.yaml line 1): [\"4\"] is a list where one",
        "dream.iterations: 1e10  | dream.iterations (j.yaml line 1): \"1e10\" is not a whole",
        "dream.iterations: 99999999999 | is too large a number",
        "dream.step: '1,5'       | is not a number. Write it as 1.4, with a point",
        "print.width: 18         | is a length without a unit. Write 18px",
        "print.width: 18inches   | is a length in an unknown unit",
        "print.width: wide       | is not a length",
        "print.width: -3in       | is not a length",
        "print.fit: covr         | is not one of cover, contain, stretch. Did you mean cover?",
        "print.preview: yes      | is neither true nor false",
        "print.crop: [1, 2, 3]   | is not four whole numbers",
        "print.crop: nothing     | \"nothing\" is not four whole numbers. Write the left, the top,"
            + " the width and the height, such as 0,0,600,400, or none",
        "print.crop: '0,0,6in,4' | \"0,0,6in,4\" is not four whole numbers",
        "print.crop: [[1], 2, 3, 4] | is not four whole numbers",
        "print.crop: '0,0,9,9999999999999999999' | is too large a number",
        "run.memory: lots        | is not an amount of memory",
        "run.memory: 64          | \"64\" is an amount of memory without a unit. Write m or g behind"
            + " it, such as 8g, or auto",
        "run.memory: 0.5         | is an amount of memory without a unit",
        "run.memory: 67108863    | is an amount of memory without a unit",
        "run.memory: 64b         | run.memory (j.yaml line 1): is below 64m",
        "input.background: red   | is not a colour",
        "dream.rolls: [1, 2]     | is not a list of pairs",
        "dream: {octaves: 2, iterations: 1, rolls: [[1, 2]]} | 1 roll for 2 octaves of 1 iteration.",
        "dream: {iterations: 2, rolls: [[1, 2]]} | 1 roll for octaves of 2 iterations. Give one",
        "dream.layers: ['=2']    | is a layer without a name",
        "dream.layers: ['a=x']   | is not a number",
        "dream.layers: ['a:']    | channels that cannot be read",
        "dream.layers: ['a:b']   | channels that cannot be read",
        "dream.layers: ['a:-1']  | channels that cannot be read",
        "dream.layers: ['a:1+']  | channels that cannot be read",
        "dream.layers: ['a:1*']  | is not a number",
        "dream.layers: [':1']    | is channels without a layer",
        "dream.objective: {a: 1} | dream.objective.a (j.yaml line 1): unknown key",
      })
  void aWrongTypeIsLocated(String yaml, String expected) {
    List<String> messages = problems(JobLayer.ofYaml("j.yaml", yaml), flags());
    assertEquals(1, messages.size(), messages::toString);
    assertTrue(messages.get(0).contains(expected), messages::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dream.octave_scale: 1.4 | dream.octave-scale",
        "dream.octavs: 4         | dream.octaves",
        "octaves: 4              | dream.octaves",
        "step-size: 4            | --",
        "dreams.octaves: 4       | dream",
        "print.octaves: 4        | dream.octaves",
        "prest: notebook         | preset",
        "tiles.syncc: 4          | tiles.sync",
        "dream: {iteration: 1}   | dream.iterations",
      })
  void anUnknownKeySuggestsTheNearest(String yaml, String nearest) {
    UserException thrown =
        assertThrows(UserException.class, () -> read(JobLayer.ofYaml("j.yaml", yaml), flags()));
    assertEquals(1, thrown.problems().size(), thrown::getMessage);
    Problem problem = thrown.problems().get(0);
    assertEquals("unknown-key", problem.code());
    if (nearest.equals("--")) {
      assertTrue(problem.remedy().startsWith("See reverie help render"), problem::remedy);
    } else {
      assertTrue(problem.remedy().startsWith("Did you mean " + nearest), problem::remedy);
    }
  }

  @Test
  void anUnknownSectionIsNamedOnce() {
    assertEquals(
        1, problems(JobLayer.ofYaml("j.yaml", "dreem: {octaves: 1, step: 2}"), flags()).size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'dream: [1, 2'            | j.yaml line",
        "'dream.seed: 1\ndream.seed: 2' | stands on line 1 already",
        "'- a\n- b'                | a job file holds keys and values",
        "'dream:\n\tseed: 1'       | j.yaml line 2",
        "'input.background: #ff0000' | has no value. Give one, in quotes if it starts with #",
        "'dream.seed: 1\n---\ndream.step: 2' | a second document",
        "'dream: {step: &s 2, octave-scale: *s}' | the alias *s is not followed",
      })
  void brokenYamlIsLocated(String yaml, String expected) {
    List<String> messages = problems(JobLayer.ofYaml("j.yaml", yaml), flags());
    assertTrue(messages.stream().anyMatch(m -> m.contains(expected)), messages::toString);
  }

  @Test
  void aSectionThatHoldsNothingChangesNothing() {
    String yaml = "input:\nprint:\nbrain: {}\ndream:\n#  seed: 1\ntiles: ~\nrun:\n";
    assertEquals(read(flags()), read(JobLayer.ofYaml("j.yaml", yaml), flags()));
    assertEquals(
        List.of(
            "dream (j.yaml line 1): holds no keys. Write them below it, such as dream.layers",
            "run (j.yaml line 2): holds no keys. Write them below it, such as run.engine"),
        problems(JobLayer.ofYaml("j.yaml", "dream: 5\nrun: [seed]"), flags()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dream: *b",
        "dream.seed: *b",
        "dream.layers: [a, *b]",
        "dream.rolls: [[1, *b]]",
        "print.out: *b",
        "preset: *b",
      })
  void anAliasIsToldOnce(String yaml) {
    List<String> messages = problems(flags(), JobLayer.ofYaml("j.yaml", yaml));
    String path = yaml.substring(0, yaml.indexOf(':'));
    assertEquals(
        List.of(path + " (j.yaml line 1): the alias *b is not followed. Write the value out"),
        messages);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--width 0in            | bad-size",
        "--width 0.001mm        | bad-size",
        "--width 99999in        | bad-size",
        "--height 0px           | bad-size",
        "--dpi 0                | out-of-range",
        "--dpi 1000000          | out-of-range",
        "--bleed 10000in        | bad-size",
        "--octave-scale 1       | out-of-range",
        "--octave-scale 0.7     | out-of-range",
        "--octaves 0            | out-of-range",
        "--octaves -2           | out-of-range",
        "--iterations -1        | out-of-range",
        "--iterations 0         | out-of-range",
        "--step 0               | out-of-range",
        "--step -1.5            | out-of-range",
        "--jitter -1            | out-of-range",
        "--tile 0               | out-of-range",
        "--tile 64 --overlap 65 | tile-below-overlap",
        "--halo -1              | out-of-range",
        "--sync -1              | out-of-range",
        "--sync 0               | wrong-type",
        "--threads 0            | out-of-range",
        "--memory 1k            | out-of-range",
        "--master lokal[2]      | unknown-master",
        "--master local[0]      | unknown-master",
        "--master spark://host  | unknown-master",
        "--master spark://a:1,b | unknown-master",
        "--master local[]       | unknown-master",
        "--guide a.png          | idle-guide",
        "--objective guide      | no-guide",
        "--objective guide --guide gradient:chromatc | unknown-formula",
        "--objective guide --guide a.png --guide b.png | no-mask",
        "--objective guide --guide #ff0000=a.png | no-mask",
        "--objective guide --guide a.png --guide-mask m.png | bad-guide",
        "--objective guide --guide #ff0000=a --guide #FF0000=b --guide-mask m.png | bad-guide",
        "--objective guide --guide #ff0000=a --guide-mask noise | bad-mask",
        "--guide-mask m.png | idle-guide",
        "INPUT gradient:liner --width 5in | unknown-formula",
        "INPUT gradient:linear:#102040 --width 5in | unknown-formula",
        "INPUT gradient:radial:#102040,#zzzzzz --width 5in | unknown-formula",
        "--objective guide --guide gradient:radial:#102040@0.9,#000000@0.1 | unknown-formula",
        "INPUT color:grey --width 5in | unknown-formula",
        "INPUT noise            | no-size",
        "--out dream            | unknown-format",
        "--out dream.gif        | unknown-format",
        "--out d.png --depth float | bad-depth",
        "--out d.jpg --depth 16 | bad-depth",
        "--random-weights 1     | no-brain",
        "--mean 1,2             | bad-mean",
        "--mean 1,2,300         | bad-mean",
        "--layer a --layer a    | bad-layer",
        "--layer a=0            | bad-layer",
        "--layer a:1 --layer a  | bad-layer",
        "--layer a:1+1          | bad-channel",
        "--layer a:1*0          | bad-channel",
        "--layer a:1*1e-60      | bad-channel",
        "--crop 0,0,0,5         | bad-crop",
        "--crop -1,0,5,5        | bad-crop",
        "--width 100px --crop 60,0,50,5 | bad-crop",
        "--width 100px --crop 9223372036854775807,0,50,5 | bad-crop",
        "--octaves 2 --iterations 2 --rolls [[1,2]] | bad-rolls",
        "--iterations 2 --rolls [[1,2],[1,2],[1,2]] | bad-rolls",
        "--rolls []             | bad-rolls",
        "--preset notebok       | unknown-preset",
      })
  void nonsenseIsRefused(String line, String code) {
    UserException thrown = assertThrows(UserException.class, () -> read(flags(line.split(" "))));
    assertEquals(List.of(code), thrown.problems().stream().map(Problem::code).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--width 100px --height 80px | the print of 100 x 80 px",
        "--width 100px --height 80px --bleed 2px | the print of 104 x 84 px",
        "--width 1in --dpi 100 | the print, which is 100 px wide",
        "--height 80px | the print, which is 80 px high",
      })
  void aCropBeyondThePrintIsToldItsSize(String line, String expected) {
    assertEquals(
        List.of(
            "--crop: 0,0,600,600 reaches beyond %s. Give a part inside it, in pixels"
                .formatted(expected)),
        problems(flags((line + " --crop 0,0,600,600").split(" "))));
  }

  @Test
  void anUnknownSectionIsToldAllThatMayStandThere() {
    assertEquals(
        List.of(
            "base (j.yaml line 1): unknown key. Choose one of input, print, brain, dream, tiles,"
                + " run, preset"),
        problems(JobLayer.ofYaml("j.yaml", "base: {zork: 1}"), flags()));
  }

  /** Every key that names a file and without which a print's job cannot be done again. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed: 1 | '' | INPUT | was made of a picture | Name that picture",
        "objective: guide | input.source: a.jpg | --guide | was drawn to a guide | mask by --guide-mask",
        "objective: guide, guide: '#ff0000=noise' | input.source: a.jpg | --guide-mask | guides by region"
            + " | Name their mask",
        "seed: 1}, brain: {random-weights: 3 | input.source: a.jpg | --brain | random weights"
            + " | Name that brain",
      })
  void whatAPrintDoesNotNameIsAskedFor(
      String dream, String source, String where, String what, String remedy) {
    String plan = "{engine: {name: onednn}, recipe: {dream: {%s}}}".formatted(dream);
    JobLayer given = JobLayer.ofYaml("flags", "{print.out: again.tif, %s}".formatted(source));
    UserException thrown =
        assertThrows(
            UserException.class,
            () -> JobReader.read(List.of(JobLayer.ofPrint("first.tif", plan), given)));
    assertEquals(1, thrown.problems().size(), thrown::getMessage);
    Problem problem = thrown.problems().get(0);
    assertEquals(where, problem.where());
    assertTrue(problem.what().startsWith("is missing: first.tif "), problem::what);
    assertTrue(problem.what().contains(what), problem::what);
    assertTrue(problem.what().endsWith("and a print names no files"), problem::what);
    assertTrue(problem.remedy().contains(remedy), problem::remedy);
  }

  @Test
  void aPrintHasNoLines() {
    UserException thrown =
        assertThrows(
            UserException.class,
            () ->
                JobReader.read(
                    List.of(
                        JobLayer.ofPrint(
                            "first.tif", "{engine: {name: onednn}, recipe: {dream: {step: 0}}}"),
                        flags("INPUT", "a.jpg", "--out", "again.tif"))));
    assertEquals("dream.step (first.tif)", thrown.problems().get(0).where());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--width 1px",
        "--width 500000px",
        "--tile 64 --overlap 64",
        "--width 100px --crop 50,0,50,5",
        "--width 100px --bleed 10px --crop 70,0,50,5",
        "--iterations 2 --rolls [[1,2],[1,2],[1,2],[1,2]]",
        "--master spark://host:7077",
        "--memory 67108864",
        "--memory 100000000001",
        "--master in-process",
        "--sync octave",
        "--halo exact",
        "--out s3a://bucket/prints/a.b/x.TIFF --depth float",
      })
  void theBorderOfSenseIsAccepted(String line) {
    assertEquals(List.of(), problems(flags(line.split(" "))));
  }

  @Test
  void allProblemsComeAtOnceEachAtItsPlace() {
    List<String> messages =
        problems(
            JobLayer.ofYaml("j.yaml", "dream:\n  octaves: many\n  stepp: 1\nprint:\n  dpi: 0\n"),
            flags("--tile", "0", "--preset", "prnt"));
    assertEquals(
        List.of(
            "--preset: \"prnt\" is not a preset. Did you mean print?",
            "dream.stepp (j.yaml line 3): unknown key. Did you mean dream.step?",
            "dream.octaves (j.yaml line 2): \"many\" is not a whole number. Write digits only, such"
                + " as 4, or auto",
            "print.dpi (j.yaml line 5): 0 is not within 1 to 9600. Give a value in that range",
            "--tile: 0 is not within 1 to 65536. Give a value in that range"),
        messages);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--out a.tif --out b.tif                                  | --out",
        "INPUT a.jpg INPUT b.jpg                                  | INPUT",
        "INPUT noise --width 6                                    | --width",
        "INPUT noise --height 6                                   | --height",
        "--dpi many --width 2000in                                | --dpi",
        "--width 9 --crop 500,0,50,50                             | --width",
        "--bleed 9 --crop 100,0,50,50                             | --bleed",
        "--depth float --out a.png --out b.png                    | --out",
        "--random-weights 3 --brain a --brain b                   | --brain",
        "--objective guidee --guide noise                         | --objective",
        "--objective guidee --guide #ff0000=noise --guide-mask m  | --objective",
        "--objective guide --guide-mask m --guide-mask n --guide a --guide b | --guide-mask",
        "--octaves two --rolls [[1,2]]                            | --octaves",
        "--iterations two --rolls [[1,2]]                         | --iterations",
        "--tile 64 --overlap 65px                                 | --overlap",
        "--tile 64px --overlap 65                                 | --tile",
      })
  void whatFollowsFromAValueThatIsNotUnderstoodIsNoProblem(String line, String place) {
    // What stands below it in a job file is not what was asked for, either.
    JobLayer below =
        JobLayer.ofYaml("below", "{print: {width: 100px, bleed: 1px}, dream.octaves: 1}");
    UserException thrown =
        assertThrows(UserException.class, () -> read(below, flags(line.split(" "))));
    assertEquals(
        List.of("wrong-type " + place),
        thrown.problems().stream().map(p -> p.code() + " " + p.where()).toList());
  }

  @Test
  void whatWasGivenAndNotReadIsNotMissing() {
    JobLayer flags =
        JobLayer.ofFlags(null, Map.of(JobKey.SOURCE, List.of("noise"), JobKey.TILE, List.of("0")));
    JobReader.Reading reading = JobReader.look(List.of(flags), Set.of(JobKey.OUT, JobKey.WIDTH));
    assertEquals(List.of("--tile"), reading.problems().stream().map(Problem::where).toList());
    assertEquals(Set.of(JobKey.OUT, JobKey.WIDTH, JobKey.TILE), reading.wrong());
  }

  @Test
  void inputAndOutputAreNeeded() {
    assertEquals(
        List.of(
            "INPUT: is missing. Name a picture, or a start such as noise",
            "--out: is missing. Name the print to write, such as dream.tif"),
        problems(JobLayer.ofFlags(null, Map.of())));
  }

  @Test
  void aJobFileThatCannotBeReadIsAProblem(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("latin.yaml");
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xE9});
    assertTrue(problems(JobLayer.ofFile(file), flags()).get(0).contains("UTF-8"));
    assertTrue(
        problems(JobLayer.ofFile(folder.resolve("none.yaml")), flags())
            .get(0)
            .contains("no such file"));
    assertEquals(1, problems(JobLayer.ofFile(folder), flags()).size());
    Path empty = Files.writeString(folder.resolve("empty.yaml"), "\n");
    assertTrue(problems(JobLayer.ofFile(empty), flags()).get(0).contains("empty.yaml: is empty"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "input:\n\tsource: a.jpg\n",
        "- a\n- b\n",
        "a.jpg",
        "dream.seed: 1\n---\ninput.source: a.jpg\n",
        "tiles.tile: 0\ndream: [1, 2",
      })
  void whatMayStandInAFileThatCannotBeReadIsNotMissing(String text, @TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("j.yaml"), text);
    UserException thrown =
        assertThrows(UserException.class, () -> read(JobLayer.ofFile(file), random(3)));
    // What was read of it is looked at.
    boolean wrong = text.contains("tile");
    assertEquals(wrong ? 2 : 1, thrown.problems().size(), thrown::getMessage);
    assertEquals(wrong, thrown.getMessage().contains("1 to 65536"), thrown::getMessage);
    Set<JobKey<?>> unknown = JobReader.look(List.of(JobLayer.ofFile(file), flags())).wrong();
    assertTrue(unknown.contains(JobKey.BRAIN));
    assertFalse(unknown.contains(JobKey.SOURCE));
    assertFalse(unknown.contains(JobKey.MASTER), "so that the input is looked at all the same");
    assertEquals(
        3, problems(random(3)).size(), "INPUT, --out, and random weights for the built-in brain");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "works:\n  - {name: one, input.source: a.jpg, print.out: a.tif}\n  - {name: two}\n",
        "defaults: {dream.seed: 1}\nstop-at: 06:00\nworks:\n  - {zork: 3}\n",
        "defaults.dream: {seed: 1}\n",
        "works:\n",
      })
  void aBatchIsNoJobFile(String text, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("w4.yaml"), text);
    assertEquals(
        List.of(file + ": this is a file for ./reverie batch. Give it to that command"),
        problems(JobLayer.ofFile(file)));
  }

  private static JobLayer random(int seed) {
    return JobLayer.ofFlags(null, Map.of(JobKey.RANDOM_WEIGHTS, List.of("" + seed)));
  }

  /** A command line: names and values in turn; the input and the output unless they are given. */
  private static JobLayer flags(String... line) {
    Map<JobKey<?>, List<String>> flags = new LinkedHashMap<>();
    flags.put(JobKey.SOURCE, List.of("a.jpg"));
    flags.put(JobKey.OUT, List.of("a.tif"));
    String preset = null;
    List<JobKey<?>> seen = new ArrayList<>();
    for (int i = 0; i < line.length; i += 2) {
      String name = line[i];
      if (name.equals("--preset")) {
        preset = line[i + 1];
        continue;
      }
      JobKey<?> key =
          JobKey.all().stream()
              .filter(k -> k.commandLineName().equals(name))
              .findFirst()
              .orElseThrow();
      List<String> values = new ArrayList<>(seen.contains(key) ? flags.get(key) : List.of());
      values.add(line[i + 1]);
      flags.put(key, values);
      seen.add(key);
    }
    return JobLayer.ofFlags(preset, flags);
  }

  /** What a person writes, and how a recipe writes the same. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a:17                  | a:17",
        "inception_4c/output:0 | inception_4c/output:0",
        "a:17*1.0+42*0.5       | a:17+42*0.5",
        "a:3*-2=0.5            | a:3*-2=0.5",
        "a:b:4                 | a:b:4",
        "a:all                 | a",
        "a:b:all               | a:b:all",
        "a=b:1=2               | a=b:1=2",
      })
  void channelsAreWrittenBehindTheirLayer(String written, String canonical) {
    RenderJob job =
        read(flags("INPUT", "noise", "--width", "1in", "--out", "a.tif", "--layer", written));
    Object recipe = Recipe.of(job).get("dream").get("layers");
    assertEquals(List.of(canonical), recipe);
    JobLayer list = JobLayer.ofYaml("list", "dream: {layers: [" + written + "]}");
    JobLayer again = JobLayer.ofYaml("recipe", Recipe.jobFile(job));
    assertEquals(job, read(again));
    assertEquals(job.dream().layers(), read(again, list).dream().layers());
  }

  @Test
  void guidesOfRegionsAreReadFromFlagsAndFilesAlike() {
    String flags =
        "INPUT noise --width 1in --out a.tif --objective guide --guide-mask m.png"
            + " --guide #FF0000=fern.jpg --guide #0000ff=gradient:linear:#102040,#ffe9c0@0.5";
    RenderJob job = read(flags(flags.split(" ")));
    assertEquals(
        List.of(
            new RenderJob.Guide("#ff0000", "fern.jpg"),
            new RenderJob.Guide("#0000ff", "gradient:linear:#102040,#ffe9c0@0.5")),
        job.dream().guides());
    assertEquals("m.png", job.dream().guideMask());
    assertEquals(job, read(JobLayer.ofYaml("again", Recipe.jobFile(job))));
    // A picture among them is a path, which no recipe tells.
    assertFalse(Recipe.of(job).get("dream").containsKey("guide"));
    RenderJob formulas = read(flags(flags.replace("fern.jpg", "noise").split(" ")));
    assertEquals(
        List.of("#ff0000=noise", "#0000ff=gradient:linear:#102040,#ffe9c0@0.5"),
        Recipe.of(formulas).get("dream").get("guide"));
    assertFalse(Recipe.of(formulas).get("dream").containsKey("guide-mask"));
  }

  @Test
  void aSetOfChannelsHasAWeightForEach() {
    RenderJob job =
        read(
            flags(
                "INPUT", "noise", "--width", "1in", "--out", "a.tif", "--layer", "a:17+42*0.5=2"));
    assertEquals(
        List.of(
            new WeightedLayer(
                "a", List.of(new WeightedChannel(17, 1), new WeightedChannel(42, 0.5)), 2)),
        job.dream().layers());
  }

  /** What {@link JobRules} has no bounds for would be found out in the night; a seed may be any. */
  @Test
  void everyNumberHasBounds() {
    Set<JobKey<?>> looked = new HashSet<>();
    for (JobKey<?> key : JobKey.all()) {
      boolean number =
          List.of(key.valueLabel().split("\\|")).stream().anyMatch(List.of("N", "X")::contains);
      if (!number || key == JobKey.SEED || key == JobKey.RANDOM_WEIGHTS) {
        continue;
      }
      looked.add(key);
      for (String value : List.of("-2000000000", "2000000000")) {
        JobLayer given = flags("--objective", "guide", "--guide", "noise", key.flag(), value);
        UserException thrown =
            assertThrows(UserException.class, () -> read(given), key + " " + value);
        assertTrue(
            thrown.problems().stream().anyMatch(p -> p.where().equals(key.flag())),
            thrown::getMessage);
      }
    }
    assertTrue(looked.containsAll(Set.of(JobKey.STEP, JobKey.OCTAVES, JobKey.DPI)), "by label");
  }

  private static RenderJob read(JobLayer... layers) {
    return JobReader.read(List.of(layers));
  }

  private static List<String> problems(JobLayer... layers) {
    try {
      read(layers);
      return List.of();
    } catch (UserException e) {
      return e.problems().stream().map(Problem::message).toList();
    }
  }
}
