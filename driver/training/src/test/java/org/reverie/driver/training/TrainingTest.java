package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.driver.BrainFolder;
import org.reverie.driver.MotifRequest;
import org.reverie.driver.RenderOutcome;
import org.reverie.driver.TrainingLease;
import org.reverie.driver.TrainingRequest;
import org.reverie.driver.TrainingView;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.caffe.BuiltInBrain;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.place.UnwritableException;

/** Whole trainings of the small network on stripes, on a Spark of one slot. */
final class TrainingTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  @BeforeAll
  static void draw() throws IOException {
    Pictures.stripes(shared, "debout", "couché", 18);
    Files.writeString(shared.resolve("debout/fake.png"), "no picture");
    Pictures.pages(shared.resolve("debout/two.tif"), 2);
  }

  @Test
  void aStoppedTrainingGoesOnAndEndsInTheSameWeights() throws IOException {
    TrainingRecorder whole = new TrainingRecorder();
    assertEquals(RenderOutcome.DONE, train("whole", null, 7, whole));
    assertTrue(whole.lines().stream().anyMatch(line -> line.contains("fake.png")), whole::text);
    assertTrue(whole.text().contains("two.tif has more pages than one"), whole::text);
    TrainingRecorder parts = new TrainingRecorder();
    assertEquals(RenderOutcome.STOPPED, train("parts", Duration.ofMillis(1), 7, parts));
    assertTrue(parts.isKept());
    assertTrue(!Files.exists(folder.resolve("parts/deploy.prototxt")));
    UserException unfinished = assertThrows(UserException.class, () -> brain("parts"));
    assertEquals("brain-unfinished", unfinished.problems().get(0).code());
    String remedy = unfinished.problems().get(0).remedy();
    assertTrue(remedy.contains("./reverie train ... --out " + folder.resolve("parts")), remedy);
    assertFalse(remedy.contains("epoch"), remedy);
    SmallTraining moreSlots =
        training(folder.resolve("parts").toString()).seed(7).master("local[2]");
    assertEquals(RenderOutcome.DONE, Training.run(moreSlots.request(), parts));
    assertTrue(parts.text().contains("has 1 worker, so that 1 of 2 are left idle"), parts::text);
    assertTrue(parts.lines().stream().anyMatch(line -> line.startsWith("goes on")), parts::text);
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/brain.caffemodel")),
        Files.readAllBytes(folder.resolve("parts/brain.caffemodel")));
    String card = Files.readString(folder.resolve("whole/card.md"));
    assertTrue(card.contains("couché"), card);
    assertTrue(card.startsWith("# whole\n\nClassified right: "), card);
    assertTrue(card.matches("(?s).* % of \\d+ pictures? kept from training\\..*"), card);
    assertEquals("whole", brain("whole").name());
    assertTrue(Files.exists(folder.resolve("whole/training/epoch-001.png")));

    UserException other =
        assertThrows(UserException.class, () -> train("whole", null, 8, new TrainingRecorder()));
    assertEquals("training-other", other.problems().get(0).code());
    assertEquals(
        "another training is kept there: --seed was 7 and is 8", other.problems().get(0).what());
  }

  @Test
  void fewerSlotsThanWorkersAreRefused() throws IOException {
    SmallTraining two =
        training(folder.resolve("two").toString())
            .master("local[2]")
            .stopAfter(Duration.ofMillis(1));
    assertEquals(RenderOutcome.STOPPED, Training.run(two.request(), new TrainingRecorder()));
    UserException refused =
        assertThrows(
            UserException.class,
            () -> Training.run(two.master("local[1]").request(), new TrainingRecorder()));
    assertTrue(
        refused.problems().get(0).what().contains("workers were 2 and are 1"),
        refused.problems().get(0)::what);
  }

  @Test
  void aFinishedTrainingIsLeftAloneAndOnlyMoreEpochsGoOn() throws IOException {
    SmallTraining longer = training(folder.resolve("longer").toString()).epochs(2);
    TrainingRecorder first = new TrainingRecorder();
    assertEquals(RenderOutcome.DONE, Training.run(longer.request(), first));
    assertTrue(
        first.progress().size() > 1
            && first.progress().stream().allMatch(TrainingTest::isOfItsEpoch),
        () -> String.join("\n", first.progress()));
    Files.writeString(folder.resolve("longer/card.md"), "Mine.\n", StandardOpenOption.APPEND);
    String card = Files.readString(folder.resolve("longer/card.md"));
    TrainingRecorder again = new TrainingRecorder();
    assertEquals(RenderOutcome.DONE, Training.run(longer.request(), again));
    assertTrue(
        again.text().contains("longer is there already, trained with these settings"), again::text);
    assertFalse(again.text().contains("goes on"), again::text);
    assertEquals(card, Files.readString(folder.resolve("longer/card.md")));
    UserException refused =
        assertThrows(
            UserException.class,
            () -> Training.run(longer.epochs(1).request(), new TrainingRecorder()));
    assertEquals("training-epochs-done", refused.problems().get(0).code());
    assertTrue(refused.getMessage().contains("Give 2 or more"), refused::getMessage);
    assertEquals(card, Files.readString(folder.resolve("longer/card.md")));
    TrainingRecorder more = new TrainingRecorder();
    assertEquals(RenderOutcome.DONE, Training.run(longer.epochs(3).request(), more));
    assertTrue(more.text().contains("epoch 3 of 3"), more::text);
    assertFalse(more.text().contains("epoch 2 of 3"), more::text);
    assertTrue(Files.readString(folder.resolve("longer/card.md")).contains("epochs: 3\n"));
  }

  /** Steps 1 to n of 2 n belong to epoch 1, the others to epoch 2. */
  private static boolean isOfItsEpoch(String progress) {
    Matcher line = Pattern.compile("epoch (\\d) of 2  step (\\d+) of (\\d+)  .*").matcher(progress);
    return line.matches()
        && (line.group(1).equals("1")
            == 2 * Integer.parseInt(line.group(2)) <= Integer.parseInt(line.group(3)));
  }

  @Test
  void aBrainThatNoTrainingMadeIsKept() throws IOException {
    Path brain = Files.createDirectories(folder.resolve("published"));
    Files.writeString(brain.resolve("net.prototxt"), "name: \"published\"\n");
    Files.writeString(brain.resolve("brain.yaml"), "training: {epochs: 10}\n");
    for (SmallTraining training :
        List.of(
            training(brain.toString()),
            training(folder.resolve("./published").toString()).from(brain.toString(), null))) {
      UserException refused =
          assertThrows(
              UserException.class, () -> Training.run(training.request(), new TrainingRecorder()));
      assertEquals(
          training.request().from() == null ? "output-not-ours" : "output-is-input",
          refused.problems().get(0).code());
    }
    assertFalse(Files.exists(brain.resolve("training")));
  }

  /** One that was put beside an unfinished training, a card alone, and a file. */
  @Test
  void nothingElseThatStandsInTheWayIsReplaced() throws IOException {
    Path brain = Files.createDirectories(folder.resolve("begun"));
    Files.createDirectories(brain.resolve("training"));
    Files.writeString(brain.resolve("published.caffemodel"), "weights");
    Path card = Files.createDirectories(folder.resolve("noted"));
    Files.writeString(card.resolve("card.md"), "# Mine\n");
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    assertRefused("output-not-ours", brain);
    assertRefused("output-not-ours", card);
    assertRefused("output-is-file", file);
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    assertRefused("output-not-writable", loop);
    assertRefused("output-not-writable", loop.resolve("brain"));
    assertRefused("output-not-writable", training(loop.toString()).from(card.toString(), null));
    assertRefused(
        "brain-unreadable", training(folder.resolve("new").toString()).from(loop.toString(), null));
    assertEquals("# Mine\n", Files.readString(card.resolve("card.md")));
  }

  @Test
  void aFolderThatCannotBeListedIsRefused() throws IOException {
    Path images = folder.resolve("images");
    Pictures.stripes(images, "upright", "lying", 1);
    String there = FillingDisk.SCHEME + ":" + images;
    String out = FillingDisk.SCHEME + ":" + folder.resolve("out");
    for (String closed : List.of("images", "lying", "out")) {
      FillingDisk.closed = closed;
      try {
        assertRefused(
            closed.equals("out") ? "output-not-writable" : "training-images-unreadable",
            new SmallTraining(there, out));
      } finally {
        FillingDisk.closed = "";
      }
    }
  }

  /** Looking at all pictures may take an hour. */
  @Test
  void whatNoPictureTellsIsRefusedBeforeAnyIsLookedAt() throws IOException {
    builtInBrain("first");
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    Path nowhere = Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("gone"));
    SmallTraining kept = training(folder.resolve("kept").toString());
    assertEquals(
        RenderOutcome.STOPPED,
        Training.run(kept.stopAfter(Duration.ofMillis(1)).request(), new TrainingRecorder()));
    List<String> before = tree();
    String out = folder.resolve("new").toString();
    assertRefused("unknown-layer", training(out).from(folder.resolve("first").toString(), "nope"));
    assertRefused("output-not-writable", file.resolve("brain"));
    assertRefused("output-not-writable", nowhere);
    assertRefused("output-not-writable", folder.resolve("deep").resolve("x".repeat(300)));
    assertRefused("training-other", kept.grain(4));
    assertEquals(before, tree());
  }

  @Test
  void allThatCannotBeUsedIsToldAtOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    String nowhere = folder.resolve("nowhere").toString();
    TrainingRequest missing =
        new SmallTraining(nowhere, file.toString())
            .from(folder.resolve("gone").toString(), null)
            .request();
    UserException refused =
        assertThrows(UserException.class, () -> Training.run(missing, new TrainingRecorder()));
    List<String> all = List.of("output-is-file", "training-images-missing", "brain-missing");
    assertEquals(all, codes(refused.problems()));
    assertEquals(
        List.of("Name another --out", "Check --images", "Check --from"),
        refused.problems().stream().map(Problem::remedy).toList());
    assertEquals(all, codes(new SparkTrainer().problemsOfFiles(missing, Set.of())));
    assertEquals(
        all.subList(0, 2), codes(new SparkTrainer().problemsOfFiles(missing, Set.of("--from"))));
    assertEquals(
        all.subList(1, 3), codes(new SparkTrainer().problemsOfFiles(missing, Set.of("--out"))));
    TrainingRequest bare = new SmallTraining(null, null).request();
    assertEquals(List.of(), new SparkTrainer().problemsOfFiles(bare, Set.of()));
  }

  @Test
  void wherePicturesCannotGoIsToldOfMotifsToo() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    MotifRequest request = new MotifRequest(file, 1, 128, 0);
    for (String unread : List.of("--size", "--per-class")) {
      assertEquals(
          List.of("motifs-unwritable"),
          codes(new SparkTrainer().problemsOfFiles(request, Set.of(unread))));
    }
    assertEquals(List.of(), new SparkTrainer().problemsOfFiles(request, Set.of("--out")));
  }

  @Test
  void aLayerThatTheOtherBrainLacksIsToldWithTheFiles() throws IOException {
    builtInBrain("first");
    TrainingRequest request =
        new SmallTraining(folder.resolve("nowhere").toString(), folder.resolve("new").toString())
            .from(folder.resolve("first").toString(), "nope")
            .request();
    assertEquals(
        List.of("training-images-missing", "unknown-layer"),
        codes(new SparkTrainer().problemsOfFiles(request, Set.of())));
    assertEquals(
        List.of("training-images-missing", "unknown-layer"),
        codes(new SparkTrainer().problemsOfFiles(request, Set.of("--size"))));
    assertEquals(
        List.of("training-images-missing"),
        codes(new SparkTrainer().problemsOfFiles(request, Set.of("--freeze-to"))));
    assertFalse(Files.exists(folder.resolve("new")));
  }

  private static List<String> codes(List<Problem> problems) {
    return problems.stream().map(Problem::code).toList();
  }

  private static void assertRefused(String code, Path out) {
    assertRefused(code, training(out.toString()));
  }

  private static void assertRefused(String code, SmallTraining training) {
    TrainingRecorder told = new TrainingRecorder();
    UserException refused =
        assertThrows(UserException.class, () -> Training.run(training.request(), told));
    assertEquals(code, refused.problems().get(0).code());
    assertEquals(List.of(), told.lines());
  }

  /** The folders of a training would be classes of the next one, and of itself when it goes on. */
  @Test
  void theBrainLiesApartFromThePictures() throws IOException {
    Path images = folder.resolve("images");
    Pictures.stripes(images, "upright", "lying", 1);
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/waves"));
    Files.copy(images.resolve("lying/0.png"), elsewhere.resolve("0.png"));
    Files.createSymbolicLink(images.resolve("waves"), elsewhere);
    Path link = Files.createSymbolicLink(folder.resolve("link"), images);
    Path deep = Files.createSymbolicLink(folder.resolve("deep"), images.resolve("lying"));
    Path far = Files.createSymbolicLink(folder.resolve("far"), images.resolve("brains/new"));
    List<String> before = tree();
    for (String out :
        List.of(
            images.toString(),
            images + "/",
            "file:" + images,
            images.resolve("brains/new").toString(),
            images.resolve("lying").toString(),
            images.resolve("waves/new").toString(),
            elsewhere.resolve("new").toString(),
            link.toString(),
            link.resolve("new").toString(),
            deep.resolve("new/brain").toString(),
            far.toString())) {
      assertApart("output-in-images", images, out);
      assertApart("output-in-images", link, out);
    }
    assertApart("images-in-output", images, folder.toString());
    assertApart("images-in-output", link, folder.toString());
    assertEquals(before, tree());
  }

  private static void assertApart(String code, Path images, String out) {
    UserException refused =
        assertThrows(
            UserException.class,
            () ->
                Training.run(
                    new SmallTraining(images.toString(), out).request(), new TrainingRecorder()));
    assertEquals(code, refused.problems().get(0).code(), out);
    assertEquals(out, refused.problems().get(0).where());
    assertTrue(refused.getMessage().contains("--images " + images), refused::getMessage);
    assertTrue(refused.getMessage().contains("--out"), refused::getMessage);
  }

  private List<String> tree() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  /** By settings, which Hadoop's own files know nothing of: an S3 server of one's own, say. */
  @Test
  void fileSystemsAreWhatSparkWasToldOfThem() throws IOException {
    String setting = "spark.hadoop.fs." + ToldDisk.SCHEME + ".impl";
    System.setProperty(setting, ToldDisk.class.getName());
    // Each looks it up by what it knows itself.
    System.setProperty(setting + ".disable.cache", "true");
    try {
      TrainingRequest request =
          new SmallTraining(
                  ToldDisk.SCHEME + ":" + shared, ToldDisk.SCHEME + ":" + folder + "/told")
              .request();
      TrainingRecorder notes = new TrainingRecorder();
      assertEquals(RenderOutcome.DONE, Training.run(request, notes), notes::text);
    } finally {
      System.clearProperty(setting);
      System.clearProperty(setting + ".disable.cache");
    }
    assertTrue(Files.exists(folder.resolve("told/brain.caffemodel")));
  }

  /** The local disk under a name of its own. */
  static final class ToldDisk extends RawLocalFileSystem {
    static final String SCHEME = "told";

    /** Made by Hadoop. */
    ToldDisk() {}

    @Override
    public String getScheme() {
      return SCHEME;
    }

    @Override
    public URI getUri() {
      return URI.create(SCHEME + ":///");
    }
  }

  /** At its first file, or where its weights are half written. */
  @Test
  void aDiskThatIsFullWhenTheBrainIsWrittenCostsNoTraining() throws IOException {
    Path half = folder.resolve("half");
    TrainingRequest request = training(FillingDisk.SCHEME + ":" + half).request();
    TrainingRecorder notes = new TrainingRecorder();
    assertEquals(RenderOutcome.DONE, Training.run(request, notes));
    byte[] weights = Files.readAllBytes(half.resolve("brain.caffemodel"));
    for (String file : List.of("deploy.prototxt", "brain.caffemodel", "brain.yaml", "card.md")) {
      Files.delete(half.resolve(file));
    }
    for (String file : List.of("deploy.prototxt", "brain.caffemodel")) {
      TrainingRecorder full = new TrainingRecorder();
      assertEquals(RenderOutcome.STOPPED, onFullDisk(200, file, request, full), full::text);
      assertTrue(full.isKept());
      String told =
          "stopped: the brain cannot be written to %s (No space left on device). Make room and call the same command: it writes the brain without training again"
              .formatted(PathNames.written(new org.apache.hadoop.fs.Path(request.out())));
      assertTrue(full.text().contains(told), full::text);
    }
    UnwritableException claim =
        assertThrows(
            UnwritableException.class,
            () -> onFullDisk(10, "", request, new TrainingRecorder()),
            "there is not even room to claim it");
    assertTrue(claim.getMessage().contains("the same command goes on"), claim::getMessage);
    UserException unfinished = assertThrows(UserException.class, () -> brain("half"));
    String remedy = unfinished.problems().get(0).remedy();
    assertTrue(remedy.contains("or name " + half.resolve("training/brain")), remedy);
    TrainingRecorder finished = new TrainingRecorder();
    assertEquals(RenderOutcome.DONE, Training.run(request, finished));
    assertFalse(finished.text().contains("epoch 1"), finished::text);
    assertArrayEquals(weights, Files.readAllBytes(half.resolve("brain.caffemodel")));
  }

  /** The one of fewer epochs, which people may dream with meanwhile. */
  @Test
  void aFullDiskLeavesTheBrainOfFewerEpochs() throws IOException {
    Path out = folder.resolve("grown");
    SmallTraining training = training(FillingDisk.SCHEME + ":" + out);
    assertEquals(RenderOutcome.DONE, Training.run(training.request(), new TrainingRecorder()));
    List<byte[]> before = files(out);
    TrainingRecorder full = new TrainingRecorder();
    assertEquals(
        RenderOutcome.STOPPED, onFullDisk(10, "card.md", training.epochs(2).request(), full));
    List<byte[]> after = files(out);
    for (int i = 0; i < before.size(); i++) {
      assertArrayEquals(before.get(i), after.get(i));
    }
    TrainingRecorder finished = new TrainingRecorder();
    assertEquals(RenderOutcome.DONE, Training.run(training.epochs(2).request(), finished));
    assertFalse(finished.text().contains("epoch 2"), finished::text);
    assertFalse(Arrays.equals(before.get(1), files(out).get(1)), "these are the old weights");
    try (Stream<Path> left = Files.list(out.resolve("training"))) {
      assertEquals(0, left.filter(file -> file.toString().endsWith(".unfinished")).count());
    }
  }

  /** Each would remove checkpoints that the other counts on. */
  @Test
  void twoAtATimeTrainNoBrain() throws IOException {
    Path out = folder.resolve("contested");
    TrainingRequest request = training(out.toString()).request();
    var brain = new org.apache.hadoop.fs.Path(out.toUri());
    try (TrainingLease other = TrainingLease.acquire(Pictures.files(), brain, said -> {})) {
      assertFalse(other.lost());
      UserException refused =
          assertThrows(UserException.class, () -> Training.run(request, new TrainingRecorder()));
      assertEquals("training-in-use", refused.problems().get(0).code());
      assertTrue(refused.getMessage().startsWith(out + ": another run is training this brain: "));
    }
    assertEquals(RenderOutcome.DONE, Training.run(request, new TrainingRecorder()));
    assertFalse(Files.exists(out.resolve("training/lease.json")));
  }

  private static List<byte[]> files(Path brain) throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (String name : List.of("deploy.prototxt", "brain.caffemodel", "brain.yaml", "card.md")) {
      files.add(Files.readAllBytes(brain.resolve(name)));
    }
    return files;
  }

  /** A checkpoint is there by then. */
  @Test
  void aDiskThatIsFullAfterAnEpochStopsIt() throws IOException {
    String out = FillingDisk.SCHEME + ":" + folder.resolve("sheet");
    TrainingRequest request = training(out).request();
    for (String file : List.of("deploy.prototxt", "epoch-001.png")) {
      TrainingRecorder full = new TrainingRecorder();
      SmallTraining fresh = training(out).fresh();
      assertEquals(RenderOutcome.STOPPED, onFullDisk(10, file, fresh.request(), full));
      assertTrue(full.isKept());
      assertTrue(full.text().contains(", which is kept: its "), full::text);
      assertTrue(full.text().contains("(No space left on device). Make room"), full::text);
      assertFalse(Files.exists(folder.resolve("sheet/training/epoch-001.png")));
    }
    assertEquals(RenderOutcome.DONE, Training.run(request, new TrainingRecorder()));
    Path sheet = folder.resolve("sheet/training/epoch-001.png");
    assertTrue(Files.size(sheet) > 0, "what the first epoch lacked is made up for");
  }

  private static RenderOutcome onFullDisk(
      long roomBytes, String bounded, TrainingRequest request, TrainingView view)
      throws IOException {
    FillingDisk.roomBytes = roomBytes;
    FillingDisk.bounded = bounded;
    try {
      return Training.run(request, view);
    } finally {
      FillingDisk.bounded = "";
      FillingDisk.roomBytes = Long.MAX_VALUE;
    }
  }

  @Test
  void aFullDiskStopsItAndTheSameCommandGoesOnWhenThereIsRoom() throws IOException {
    String out = FillingDisk.SCHEME + ":" + folder.resolve("full");
    FillingDisk.roomBytes = 100_000;
    TrainingRecorder stopped = new TrainingRecorder();
    SmallTraining full = training(out).stopAfter(Duration.ofMillis(1));
    assertEquals(RenderOutcome.STOPPED, Training.run(full.request(), stopped));
    assertTrue(stopped.text().contains("No space left on device"), stopped::text);
    assertTrue(stopped.text().contains("device). Make room"), stopped::text);
    assertFalse(stopped.isKept());
    assertFalse(Files.exists(folder.resolve("full/deploy.prototxt")));
    FillingDisk.roomBytes = Long.MAX_VALUE;
    TrainingRecorder finished = new TrainingRecorder();
    assertEquals(RenderOutcome.DONE, Training.run(full.stopAfter(null).request(), finished));
    assertTrue(Files.exists(folder.resolve("full/card.md")), finished::text);
  }

  @Test
  void aCaffeBrainLearnsOnAndWhatIsFrozenStays() throws IOException {
    builtInBrain("first");
    TrainingRecorder tuned = new TrainingRecorder();
    TrainingRequest request =
        training(folder.resolve("réglé").toString())
            .from(folder.resolve("first").toString(), "inception_4a/output")
            .seed(3)
            .request();
    assertEquals(RenderOutcome.DONE, Training.run(request, tuned), tuned::text);
    Brain before = brain("first");
    Brain after = brain("réglé");
    assertEquals("réglé", after.name());
    assertEquals("réglé", brain("réglé/training/brain").name());
    assertTrue(Files.readString(folder.resolve("réglé/card.md")).startsWith("# réglé\n"));
    for (String record : List.of("card.md", "brain.yaml")) {
      String text = Files.readString(folder.resolve("réglé").resolve(record));
      assertTrue(text.contains("from: first\n"), text);
      assertTrue(text.contains("from-sha256: " + before.hash() + "\n"), text);
      assertTrue(text.contains("freeze-to: inception_4a/output\n"), text);
      assertTrue(text.contains("workers: 1\n"), text);
      assertFalse(text.contains("architecture:"), text);
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("first"));
    TrainingRecorder again = new TrainingRecorder();
    TrainingRequest byLink =
        training(folder.resolve("réglé").toString())
            .from(link + "/", "inception_4a/output")
            .seed(3)
            .request();
    assertEquals(RenderOutcome.DONE, Training.run(byLink, again), again::text);
    assertTrue(again.text().contains("is there already"), again::text);
    assertArrayEquals(weights(before, "conv2"), weights(after, "conv2"));
    assertArrayEquals(weights(before, "inception_4a/3x3"), weights(after, "inception_4a/3x3"));
    assertFalse(
        Arrays.equals(weights(before, "inception_4b/3x3"), weights(after, "inception_4b/3x3")));
  }

  @Test
  void whatIsSkippedIsListedAndALongListEndsInTheLog() throws IOException {
    Path images = folder.resolve("images");
    Pictures.stripes(images, "upright", "lying", 18);
    for (int i = 10; i < 42; i++) {
      Files.writeString(images.resolve("lying/fake" + i + ".png"), "no picture");
    }
    TrainingRecorder told = new TrainingRecorder();
    SmallTraining training =
        new SmallTraining(images.toString(), folder.resolve("out").toString())
            .stopAfter(Duration.ofMillis(1));
    List<String> logged = new ArrayList<>();
    Appender log =
        new AbstractAppender("skipped", null, null, true, Property.EMPTY_ARRAY) {
          @Override
          public void append(LogEvent event) {
            logged.add(event.getMessage().getFormattedMessage());
          }
        };
    log.start();
    Logger logger = (Logger) LogManager.getLogger(Training.class);
    Level level = logger.getLevel();
    Configurator.setLevel(logger, Level.WARN);
    logger.addAppender(log);
    try {
      assertEquals(RenderOutcome.STOPPED, Training.run(training.request(), told));
    } finally {
      logger.removeAppender(log);
      Configurator.setLevel(logger, level);
    }
    String start = "skipped " + images + "/lying/fake";
    assertEquals(30, told.lines().stream().filter(line -> line.startsWith(start)).count());
    assertTrue(
        told.lines().contains("skipped 2 more files that cannot be used; the log names them"),
        told::text);
    assertEquals(2, logged.size(), logged::toString);
    assertTrue(logged.get(0).startsWith(start + "40.png: "), logged::toString);
    assertTrue(logged.get(1).startsWith(start + "41.png: "), logged::toString);
  }

  private void builtInBrain(String name) throws IOException {
    Path brain = Files.createDirectories(folder.resolve(name));
    for (String file : List.of("deploy.prototxt", "brain.caffemodel", "brain.yaml")) {
      try (InputStream in = BuiltInBrain.open(file)) {
        Files.copy(in, brain.resolve(file));
      }
    }
  }

  private Brain brain(String name) throws IOException {
    return BrainFolder.read(
            Pictures.files(), Pictures.path(folder.resolve(name)), OptionalLong.empty())
        .brain();
  }

  private static float[] weights(Brain brain, String layer) {
    int index = brain.find(layer).orElseThrow();
    return ((Operation.Convolution) brain.layers().get(index).operation()).weights();
  }

  private RenderOutcome train(String out, Duration stopAfter, long seed, TrainingView view)
      throws IOException {
    return Training.run(
        training(folder.resolve(out).toString()).stopAfter(stopAfter).seed(seed).request(), view);
  }

  private static SmallTraining training(String out) {
    return new SmallTraining(shared.toString(), out);
  }
}
