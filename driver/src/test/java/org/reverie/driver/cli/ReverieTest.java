package org.reverie.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobKey;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.driver.Origin;
import org.reverie.driver.ProgressView;
import org.reverie.driver.RenderOutcome;
import org.reverie.driver.StageFailedException;

final class ReverieTest {
  private final TestTerminal terminal = new TestTerminal(false, 80);
  private final List<RenderJob> rendered = new ArrayList<>();
  private Consumer<Path> logStarter = log -> {};
  private Renderer renderer =
      (job, origin, view) -> {
        rendered.add(job);
        view.plan("the plan");
        view.done(job.print().out(), Duration.ofSeconds(1), "");
        return RenderOutcome.DONE;
      };

  @Test
  void doneIsStatus0() {
    assertEquals(0, run("render", "a.jpg", "--out", "x.tif"));
    assertEquals("the plan\n\nWrote x.tif in 1.0 s\n", terminal.out());
    assertEquals("", terminal.err());
    assertEquals("a.jpg", rendered.get(0).input().source());
  }

  @Test
  void aMistakeOfOursIsStatus1AndSaysWhereTheLogIs() {
    renderer =
        (job, origin, view) -> {
          throw new IllegalStateException("tile 3 is missing\nand more");
        };
    assertEquals(1, run("render", "a b.jpg", "--out", "x.tif"));
    assertTrue(terminal.err().contains("tile 3 is missing"), terminal::err);
    assertTrue(terminal.err().contains(".log\n"), terminal::err);
    assertTrue(terminal.err().contains("this command: reverie render 'a b.jpg' --out x.tif"));
    assertNoStackTrace();
  }

  @Test
  void anErrorIsAMistakeOfOursToo() {
    renderer =
        (job, origin, view) -> {
          throw new NoClassDefFoundError("org/x/Y");
        };
    assertEquals(1, run("render", "a.jpg", "--out", "x.tif"));
    assertNoStackTrace();
  }

  @Test
  void theUsersInputIsStatus2WithOneLinePerProblem() {
    renderer =
        (job, origin, view) -> {
          throw new RuntimeException(
              new UserException(
                  List.of(
                      new Problem("missing-input", "a.jpg", "there is no such file", "Check it"),
                      new Problem("unknown-layer", "--layer", "\"x\" is not a layer", ""))));
        };
    assertEquals(2, run("render", "a.jpg", "--out", "x.tif"));
    assertEquals(
        "reverie: a.jpg: there is no such file. Check it\nreverie: --layer: \"x\" is not a layer\n",
        terminal.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "bench"})
  void checkAndBenchTakeThePrecisionsOfRender(String command) {
    assertEquals(2, run(command, "--precision", "auto", "--layer", "none-such"));
    assertTrue(terminal.err().contains("none-such"), terminal::err);
    assertEquals(2, run(command, "--precision", "half"));
    assertTrue(
        terminal
            .err()
            .contains("--precision: \"half\" is not one of auto, float32, tf32, bfloat16, float16"),
        terminal::err);
  }

  /** Before its plan is stored, a render has nothing to carry on; afterwards it has. */
  @ParameterizedTest
  @CsvSource({
    "false, 'Nothing is kept yet that could be gone on from. To begin again: '",
    "true, 'What is done is kept. To resume: '"
  })
  void aStopSaysWhetherAnythingIsKept(boolean begun, String said) {
    renderer =
        new Renderer() {
          @Override
          public RenderOutcome render(RenderJob job, Optional<Origin> origin, ProgressView view) {
            if (begun) {
              view.progress(0, 1, "octave 0", 0);
            }
            return RenderOutcome.STOPPED;
          }

          @Override
          public boolean isKept(RenderJob job) {
            return false;
          }
        };
    assertEquals(3, run("render", "a.jpg", "--out", "x.tif"));
    assertTrue(terminal.err().contains(said + "reverie render a.jpg --out x.tif"), terminal::err);
  }

  @Test
  void stoppedIsStatus3AndSaysHowToResume() {
    renderer = (job, origin, view) -> RenderOutcome.STOPPED;
    assertEquals(3, run("render", "a.jpg", "--out", "it's.tif"));
    assertTrue(
        terminal.err().contains("To resume: reverie render a.jpg --out 'it'\\''s.tif'\n"),
        terminal::err);
  }

  /** As deploy/submit hands it over; "reverie" alone would be no command. */
  @Test
  void whatWasSubmittedIsResumedBySubmitting() {
    renderer = (job, origin, view) -> RenderOutcome.STOPPED;
    System.setProperty("spark.reverie.command", "deploy/submit --master local\\[2\\] --");
    try {
      assertEquals(3, run("render", "a.jpg", "--out", "x y.tif"));
    } finally {
      System.clearProperty("spark.reverie.command");
    }
    assertTrue(
        terminal
            .err()
            .contains(
                "To resume: deploy/submit --master local\\[2\\] -- render a.jpg --out 'x y.tif'\n"),
        terminal::err);
  }

  @Test
  void whatStartedOverIsResumedAndNotStartedOverAgain() {
    renderer = (job, origin, view) -> RenderOutcome.STOPPED;
    assertEquals(3, run("render", "a.jpg", "--fresh", "--out", "x.tif"));
    assertTrue(
        terminal.err().contains("To resume: reverie render a.jpg --out x.tif\n"), terminal::err);
  }

  @Test
  void aFailedStageIsStatus3() {
    renderer =
        (job, origin, view) -> {
          throw new StageFailedException("octave 3 round 0 dream, task 7: not finite", null);
        };
    assertEquals(3, run("render", "a.jpg", "--out", "x.tif"));
    assertTrue(terminal.err().contains("octave 3 round 0 dream, task 7"), terminal::err);
    assertTrue(terminal.err().contains("To resume: "), terminal::err);
    assertNoStackTrace();
  }

  /** Nothing writes a file there, so none may be named. */
  @Test
  void underSparkSubmitTheDriversLogIsNamed() {
    logStarter = null;
    renderer =
        (job, origin, view) -> {
          throw new StageFailedException("octave 3 round 0 dream, task 7: not finite", null);
        };
    assertEquals(3, run("render", "a.jpg", "--out", "x.tif"));
    assertTrue(
        terminal.err().contains("The log with all of it: that of Spark's driver\n"), terminal::err);
    renderer =
        (job, origin, view) -> {
          throw new IllegalStateException("a mistake");
        };
    assertEquals(1, run("render", "a.jpg", "--out", "x.tif"));
    assertTrue(
        terminal.err().contains("The log with the stack trace: that of Spark's driver\n"),
        terminal::err);
    assertFalse(terminal.err().contains(".log"), terminal::err);
  }

  @Test
  void aFullHeapIsStatus3() {
    renderer =
        (job, origin, view) -> {
          throw new OutOfMemoryError("Java heap space");
        };
    assertEquals(3, run("render", "a.jpg", "--out", "x.tif"));
    assertTrue(terminal.err().contains("Java's heap is too small"), terminal::err);
    assertTrue(terminal.err().contains("-Xmx"), terminal::err);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "render a.jpg --out x.tif --octave 4      | --octave: unknown flag. Did you mean --octaves",
        "render a.jpg --out x.tif --iteration=4   | --iteration: unknown flag. Did you mean --iter",
        "render a.jpg --out x.tif --octaves many  | --octaves: \"many\" is not a whole number",
        "render a.jpg --out x.tif --width 0in     | --width: 0in is less than a pixel",
        "render a.jpg --out x.tif --tile          | --tile",
        "render a.jpg --out x.tif --tile 5 --tile 6 | --tile",
        "render a.jpg b.jpg --out x.tif           | b.jpg: unexpected argument",
        "render a.jpg                             | --out: is missing",
        "render --out x.tif                       | INPUT: is missing",
        "render a.jpg --out x.tif --job none.yaml | none.yaml: there is no such file",
        "render a.jpg --out x.tif --preset notbook | Did you mean notebook?",
        "rendr a.jpg                              | rendr: unknown command. Did you mean render?",
        "brain --random-weights x                 | --random-weights: \"x\" is not a whole number",
        "bench --size 1.5                         | --size: \"1.5\" is not a whole number. Write",
        "bench --size 99999999999                 | --size: \"99999999999\" is too large a number",
        "scale a.json --rate abc                  | --rate: \"abc\" is not a number. Write",
        "train --images a --out b --from c --architecture small | --architecture: small does not go with --from",
        "train --images a --out b                 | Call ./reverie",
        "train --images a --out b                 | deploy/submit",
        "train --images a --out b                 | -Ptrain -pl deploy/train -am package",
        "train --images a --out b                 | REVERIE_JAR=deploy/train/target/reverie-train.jar",
        "completion fish                          | is not a shell",
        "completion                               | SHELL: is missing. See reverie help completion",
        "help rendr                               | rendr: unknown command. Did you mean render?",
        "render a.jpg --out x.tif --fresh=yes     | --fresh: takes no value. Write it by itself",
        "render a.jpg --out x.tif --job .         | .: is a folder. Name a file in it",
        "bench --size 20000                       | --size: 20000 is not within 1 to 16384",
        "check --size 2000000000                  | --size: 2000000000 is not within 1 to 16384",
        "bench --json no/x.json                   | --json: no file can be written at no/x.json",
        "scale .                                  | .: this is a folder. Name the .json",
        "seams                                    | FILE",
        "train --images a --out b --master local[0] | run. Write local[N], yarn or spark://host:port, or",
        "bench --random-weights 3                 | --random-weights: is of no use without --brain",
        "check --random-weights 3                 | --random-weights: is of no use without --brain",
        "scale a.json --random-weights 3          | --random-weights: is of no use without --brain",
        "brain --random-weights 3                 | --random-weights: is of no use without DIR",
      })
  void aWrongCommandLineIsStatus2(String line, String expected) {
    assertEquals(2, run(line.split(" ")));
    assertTrue(terminal.err().contains(expected), terminal::err);
    assertTrue(terminal.err().startsWith("reverie: "), terminal::err);
    assertNoStackTrace();
    assertEquals(List.of(), rendered);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bench --rounds x --zork 3 --size y --layer | --rounds --zork --size --layer",
        "atlas --cel 4 --octaves 1,x --brain | --cell --octaves --brain",
        "train --imagse a --out b --size 7 --epochs | --images? --size --epochs",
        "motifs --out a --size 7 --zork | --per-class --size --zork",
        "seams --zork a.tif | --zork",
        "seams | FILE:",
        "motifs | --out: --per-class:",
        "train | --images: --out:",
        "bench --size 1 --size 2 --rounds 0 | --size: --rounds:",
        "render a.jpg --fresh=yes --no-preview=1 | --fresh: --no-preview: --out: a.jpg",
        "rendr a.jpg --out x.tif | rendr:",
        "--zork render a.jpg | --zork --out a.jpg",
        "--version | version?",
        "--zork | help",
      })
  void allMistakesOfACommandLineAreTold(String line, String expected) {
    assertEquals(2, run(line.split(" ")));
    String[] words = expected.split(" ");
    assertEquals(words.length, terminal.err().lines().count(), terminal::err);
    for (String word : words) {
      assertTrue(terminal.err().contains(word), () -> word + " in " + terminal.err());
    }
    assertNoStackTrace();
  }

  /** Behind it words are arguments, as for a picture whose name begins with a hyphen. */
  @Test
  void flagsBehindTwoHyphensAreToldAsSuch() {
    assertEquals(2, run("render", "--dpi", "3", "--", "-a.jpg", "--out", "x.tif"));
    String told = "reverie: --out: stands behind --, where nothing is a flag. Put the -- last\n";
    assertTrue(terminal.err().startsWith(told), terminal::err);
    assertFalse(terminal.err().contains("unknown flag"), terminal::err);
  }

  /** It would be the folder that somebody is in: 40 folders of motifs were drawn there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "motifs --out= --per-class 1 | --out",
        "train --images= --out= | --images --out",
        "train --images a --out b --from= --size 7 | --from --size",
        "bench --brain= --json= | --brain --json",
        "check --brain= | --brain",
        "scale @ --brain= | REPORT --brain",
        "brain @ --layer | --layer DIR",
        "seams @ | FILE",
        "batch @ --stop-at 25:00 | FILE",
        "batch a.yaml --report= | --report a.yaml",
        "atlas --out= --brain= --cell 5 | --out --brain --cell",
        "render color:red --out= --work-dir= --guide-mask= --job= --dpi 0 |"
            + " --out --work-dir --guide-mask --job INPUT --dpi",
      })
  void anEmptyPathIsNone(String line, String flags) {
    assertEquals(
        2, run(Stream.of(line.split(" ")).map(w -> w.replace("@", "")).toArray(String[]::new)));
    assertEquals(
        Stream.of(flags.split(" ")).sorted().toList(),
        terminal
            .err()
            .lines()
            .map(told -> told.replaceFirst("^reverie: (?:/.*/)?([^:]*): .*", "$1"))
            .sorted()
            .toList(),
        terminal::err);
    assertNoStackTrace();
  }

  /** As the mistakes of a job are told: where, what, and what to do, a line each. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "brain --random-weights 1.5 --layer | --layer --random-weights",
        "bench --size 0 --rounds x --threads -1 --precision half --random-weights y |"
            + " --random-weights --size --threads --rounds --precision",
        "check --size 1e3 --devices 0 --master lokal --precision x |"
            + " --size --precision --devices --master",
        "scale a.json --rate NaN --memory -1 --link x --price 1e999 --store 0 --random-weights z |"
            + " --random-weights --rate --memory --link --store --price a.json",
        "atlas --octaves 1,x,0 --cell 5000 --channels 5-2 --iterations 0 --out a.jpg --layer l |"
            + " --octaves --out --cell --channels --iterations --octaves --layer",
        "atlas --cell 600000 --octaves 1,1 gradient:linear:#12 color:red |"
            + " --cell --octaves START START",
        "train --images a --out b --epochs 0 --master in-process | --epochs --master",
        "motifs --out a --per-class 0 --size x --seed b | --per-class --size --seed",
        "train --images a --out b --size 1 --epochs x --batch 99999999999 --rate NaN --policy p"
            + " --stop-after 3 --threads 0 --batch-norm yes --optimiser z --averaging 0"
            + " --weight-decay 2 --label-smoothing 1 --photometric 1 --grain -1 --adversarial 256"
            + " --validation 0 --seed s --master foo --freeze-to l |"
            + " --freeze-to --batch-norm --optimiser --size --epochs --batch --averaging --policy"
            + " --rate --weight-decay --label-smoothing --photometric --grain --adversarial"
            + " --validation --seed --stop-after --threads --master",
        "train --images a --out b --from c --architecture small --batch-norm on |"
            + " --architecture --batch-norm",
        // What was meant by a flag without a value is not guessed at.
        "train --images a --out b --freeze-to l --from | --from",
        "atlas --channels all --layer | --layer",
      })
  void allValuesOfNoUseAreToldAtOnce(String line, String flags) {
    assertEquals(2, run(line.split(" ")));
    assertEquals(
        List.of(flags.split(" ")),
        terminal
            .err()
            .lines()
            .map(said -> said.replaceFirst("^reverie: (\\S+): .+\\. .+$", "$1"))
            .toList(),
        terminal::err);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "render --deploy-mode cluster a.jpg --out x.tif",
        "render a.jpg --out x.tif --conf spark.a=b",
        "render a.jpg --executor-memory 8g --out x.tif",
        "render a.jpg --out x.tif --executor-cores=2",
        "render a.jpg --out x.tif --num-executors 2",
        "render --files deploy/gpus a.jpg --out x.tif",
        "render a.jpg --out x.tif --jars a.jar",
        "render a.jpg --out x.tif --driver-memory",
        "check --conf spark.a=b",
        "train --images a --out b --jars c.jar",
      })
  void anOptionOfSparksIsSentThere(String line) {
    assertEquals(2, run(line.split(" ")));
    assertTrue(
        terminal
            .err()
            .contains(
                ": unknown flag. It is an option of Spark's: give it in REVERIE_SPARK_OPTIONS, or"
                    + " before the -- of deploy/submit\n"),
        terminal::err);
    assertFalse(terminal.err().contains("INPUT: is missing"), terminal::err);
    assertFalse(terminal.err().contains("unexpected argument"), terminal::err);
  }

  /** No card is made on a cluster. */
  @Test
  void anOptionOfSparksIsSentOnlyWhereItIsTaken() {
    assertEquals(2, run("brain", "--jars", "c.jar"));
    assertTrue(terminal.err().contains("See reverie help brain"), terminal::err);
  }

  /** Executors must be given its classes, which only a submission does. */
  @Test
  void aTrainingGoesToAClusterByItsOwnJar(@TempDir Path folder) {
    System.setProperty("reverie.deploy", folder.toString());
    try {
      assertEquals(2, run("train", "--images", "/a", "--out", "/b", "--master", "spark://h:7077"));
    } finally {
      System.clearProperty("reverie.deploy");
    }
    assertTrue(
        terminal
            .err()
            .contains(
                folder.resolve("train/target/reverie-train.jar")
                    + ": the jar for the cluster is missing. Build it with mvn -Dquick -DskipTests"
                    + " -Ptrain -pl deploy/train -am package, or name one in REVERIE_JAR"),
        terminal::err);
  }

  @Test
  void noCommandIsStatus2WithUsage() {
    assertEquals(2, run());
    assertTrue(terminal.err().contains("render"), terminal::err);
  }

  @Test
  void flagsOverrideTheJobFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("night.yaml");
    Files.writeString(
        file,
        """
        preset: notebook
        input.source: sky.jpg
        print: {out: sky.tif, preview: true, dpi: 150}
        dream: {layers: [a=0.5, b], iterations: 3}
        """);
    assertEquals(
        0,
        run(
            "render",
            "--job",
            file.toString(),
            "--iterations",
            "7",
            "--no-preview",
            "--layer",
            "c"));
    RenderJob job = rendered.get(0);
    assertEquals("sky.jpg", job.input().source());
    assertEquals(7, job.dream().iterations());
    assertEquals(150, job.print().dpi());
    assertFalse(job.print().preview());
    assertEquals(List.of(new RenderJob.WeightedLayer("c", 1)), job.dream().layers());
    assertEquals(4, job.dream().octaves());
  }

  @Test
  void layersRepeatAndSwitchesNeedNoValue() {
    assertEquals(
        0,
        run(
            "render",
            "--dry-run",
            "a.jpg",
            "--layer",
            "a=0.5",
            "--fresh",
            "--layer",
            "b",
            "--out",
            "x.tif",
            "--jitter=0",
            "--seed",
            "-3"));
    RenderJob job = rendered.get(0);
    assertEquals(
        List.of(new RenderJob.WeightedLayer("a", 0.5), new RenderJob.WeightedLayer("b", 1)),
        job.dream().layers());
    assertTrue(job.run().dryRun());
    assertTrue(job.run().fresh());
    assertEquals(-3, job.dream().seed());
  }

  @Test
  void theJobFileMayBeBroken(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("night.yaml");
    Files.writeString(file, "dream:\n  octavs: 3\n");
    String[] command = {"render", "noise", "--width", "3in", "--out", "x.tif", "--job", ""};
    command[command.length - 1] = file.toString();
    assertEquals(2, run(command));
    assertEquals(
        "reverie: dream.octavs (night.yaml line 2): unknown key. Did you mean dream.octaves?\n",
        terminal.err());
  }

  @Test
  void brainPrintsTheCard() {
    assertEquals(
        0, run("brain", "some/dir", "--layer", "a", "--layer", "b", "--random-weights", "5"));
    assertEquals("card of some/dir [a, b] 5\n", terminal.out());
  }

  @Test
  void theBuiltInBrainNeedsNoName() {
    assertEquals(0, run("brain"));
    assertEquals("card of null [] null\n", terminal.out());
  }

  @Test
  void seamsPrintsTheFigures() {
    assertEquals(0, run("seams", "night.tif"));
    assertEquals("seams of night.tif\n", terminal.out());
  }

  @Test
  void versionSaysWhatThisIs() {
    assertEquals(0, run("version"));
    assertTrue(
        terminal.out().matches("Reverie \\d+\\.\\d+\\.\\S+ \\(Spark 3\\.\\S+, Java \\d.*\\)\n"),
        terminal::out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"help render", "render --help", "render -h"})
  void helpNamesEveryFlagWithItsSentence(String line) {
    assertEquals(0, run(line.split(" ")));
    String help = terminal.out().replaceAll("\\s+", "").replace("[no-]", "");
    for (JobKey<?> key : JobKey.all()) {
      assertTrue(help.contains(key.commandLineName()), key::commandLineName);
      assertTrue(help.contains(key.description().replace(" ", "")), key::description);
    }
    assertTrue(help.contains("notebook:google/deepdreamtotheletter"), help);
    assertTrue(help.contains("Default:300."), help);
    assertFalse(help.contains("%"), help);
  }

  @Test
  void helpListsTheCommands() {
    assertEquals(0, run("help"));
    for (String command : List.of("render", "brain", "seams", "completion", "version", "help")) {
      assertTrue(terminal.out().contains("  " + command), terminal::out);
    }
    assertNull(rendered.stream().findFirst().orElse(null));
  }

  private int run(String... arguments) {
    BrainInspector inspector =
        (brain, layers) -> "card of " + brain.path() + " " + layers + " " + brain.randomWeights();
    return new Reverie(
            renderer, inspector, file -> "seams of " + file + "\n", terminal.terminal(), logStarter)
        .run(arguments)
        .code();
  }

  private void assertNoStackTrace() {
    assertFalse(terminal.err().contains("\tat "), terminal::err);
    assertFalse(terminal.err().contains("Exception\n"), terminal::err);
  }
}
