package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.UserException;

/** What is taken from a folder of classes, and what is refused. */
final class CorpusTest {
  @TempDir Path folder;

  @Test
  void classesMayHaveSpacesAndAccents() throws IOException {
    Pictures.stripes(folder, "Éventail de côté", "b c", 2);
    Corpus corpus = list();
    assertEquals(List.of("b c", "Éventail de côté"), corpus.classes());
    assertArrayEquals(new int[] {0, 0, 1, 1}, corpus.labels());
    for (Survey.Finding finding : survey(corpus)) {
      assertEquals("", finding.problem());
    }
  }

  @Test
  void anEmptyClassIsNamed() throws IOException {
    Pictures.stripes(folder, "upright", "lying", 1);
    Files.createDirectories(folder.resolve("nothing"));
    Files.writeString(folder.resolve("nothing").resolve("notes.txt"), "no picture");
    assertProblem("training-empty-class", "nothing");
  }

  @Test
  void aClassThatHasFoldersOnlyIsToldSo() throws IOException {
    Pictures.stripes(folder, "upright", "lying", 1);
    Pictures.write(folder.resolve("more/deep/1.png"), Pictures.stripes(8, true, 1));
    assertProblem("training-empty-class", "more itself (folders in a class are not looked into)");
  }

  @Test
  void ofManyEmptyClassesSomeAreNamed() throws IOException {
    for (int i = 10; i < 30; i++) {
      Files.createDirectories(folder.resolve("class" + i));
    }
    assertProblem("training-empty-class", "class18, class19 and 10 more. Put");
  }

  @Test
  void aFileIsNoFolderOfClasses() throws IOException {
    Path file = folder.resolve("a.png");
    Pictures.write(file, Pictures.stripes(8, true, 1));
    UserException thrown =
        assertThrows(UserException.class, () -> Corpus.list(Pictures.files(), Pictures.path(file)));
    assertEquals("training-images-missing", thrown.problems().get(0).code());
    assertTrue(thrown.getMessage().contains("a.png: this is a file"), thrown::getMessage);
  }

  @Test
  void oneClassIsTooFew() throws IOException {
    Pictures.write(folder.resolve("only/1.png"), Pictures.stripes(8, true, 1));
    assertProblem("training-too-few-classes", "only");
  }

  @Test
  void noFolderAtAll() {
    UserException thrown =
        assertThrows(
            UserException.class,
            () -> Corpus.list(Pictures.files(), Pictures.path(folder.resolve("missing"))));
    assertEquals("training-images-missing", thrown.problems().get(0).code());
  }

  @Test
  void aDamagedPictureIsListedAndSkipped() throws IOException {
    Pictures.stripes(folder, "upright", "lying", 40);
    byte[] whole = Files.readAllBytes(folder.resolve("lying/0.png"));
    Files.write(folder.resolve("lying/cut.png"), java.util.Arrays.copyOf(whole, whole.length / 2));
    Files.writeString(folder.resolve("upright/fake.jpg"), "<html>not found</html>");
    Files.write(folder.resolve("upright/empty.tif"), new byte[0]);
    Corpus corpus = list();
    Division division = Division.of(corpus, survey(corpus), 0.2);
    assertEquals(3, division.skipped().size(), division.skipped()::toString);
    assertTrue(
        division.skipped().get(0).startsWith(folder.resolve("lying/cut.png") + ": "),
        division.skipped()::toString);
    assertEquals(80, division.training().size() + division.validation().size());
  }

  /** What somebody may take for a picture that is trained on; other files are not worth a word. */
  @Test
  void whatIsLeftOutIsListed() throws IOException {
    Pictures.stripes(folder, "upright", "lying", 4);
    Pictures.write(folder.resolve("beside.png"), Pictures.stripes(8, true, 1));
    Pictures.write(folder.resolve("lying/more/deep.png"), Pictures.stripes(8, true, 1));
    for (String name : List.of("a.webp", "b.BMP", "c.gif", "notes.txt", ".hidden.gif")) {
      Files.writeString(folder.resolve("upright").resolve(name), "bytes");
    }
    Files.createSymbolicLink(folder.resolve("gone"), folder.resolve("nowhere"));
    Files.createSymbolicLink(folder.resolve("lying/circle.png"), Path.of("circle.png"));
    Files.createSymbolicLink(folder.resolve("lying/gone.png"), folder.resolve("nowhere.png"));
    Files.createSymbolicLink(folder.resolve("lying/good.png"), folder.resolve("beside.png"));
    Corpus corpus = list();
    assertEquals(9, corpus.paths().length);
    List<String> expected =
        List.of(
            "beside.png: it lies in no class",
            "lying/more: it is a folder in a class",
            "lying/circle.png: it is a link that leads nowhere",
            "lying/gone.png: it is a link that leads nowhere",
            "upright/a.webp: it is no JPEG, PNG or TIFF",
            "upright/b.BMP: it is no JPEG, PNG or TIFF",
            "upright/c.gif: it is no JPEG, PNG or TIFF",
            "gone: it is a link that leads nowhere");
    assertEquals(
        expected.stream().map(line -> folder + "/" + line).toList(),
        Division.of(corpus, survey(corpus), 0.4).skipped());
  }

  /** One was called with the pictures' folder as --out once; its sheets are pictures too. */
  @Test
  void whatATrainingKeptIsNoClass() throws IOException {
    Pictures.stripes(folder, "upright", "lying", 4);
    Path training = folder.resolve("training");
    Pictures.write(training.resolve("epoch-001.png"), Pictures.stripes(8, true, 1));
    Files.createDirectories(training.resolve("brain"));
    Files.write(training.resolve("checkpoint-000000000012"), new byte[] {'R', 'V', 'C', 'P', 0});
    Corpus corpus = list();
    assertEquals(List.of("lying", "upright"), corpus.classes());
    assertEquals(
        List.of(training + ": it is what a training kept, and no class"), corpus.leftOut());

    Pictures.write(training.resolve("shoes.png"), Pictures.stripes(8, true, 2));
    Corpus mixed = list();
    assertEquals(List.of("lying", "training", "upright"), mixed.classes());
    assertEquals(4 + 1 + 4, mixed.paths().length);
    assertEquals(
        List.of(
            training + "/brain: it is what a training kept",
            training + "/epoch-001.png: it is what a training kept"),
        mixed.leftOut());
  }

  /** Somebody made room, or --fresh was stopped before its first checkpoint. */
  @Test
  void norAreTheSheetsOfATrainingWhoseCheckpointsAreGone() throws IOException {
    Pictures.stripes(folder, "upright", "lying", 4);
    Path training = folder.resolve("training");
    Pictures.write(training.resolve("epoch-001.png"), Pictures.stripes(8, true, 1));
    Pictures.write(training.resolve("epoch-1000.png"), Pictures.stripes(8, true, 1));
    Corpus corpus = list();
    assertEquals(List.of("lying", "upright"), corpus.classes());
    assertEquals(
        List.of(training + ": it is what a training kept, and no class"), corpus.leftOut());
    Files.move(training, folder.resolve("epochs"));
    assertEquals(List.of("epochs", "lying", "upright"), list().classes());
  }

  /** A file of a checkpoint's name is none, nor is a folder with one that is called otherwise. */
  @Test
  void aClassMayBeCalledTraining() throws IOException {
    Pictures.stripes(folder, "training", "racing", 2);
    Pictures.write(folder.resolve("training/epoch-001.png"), Pictures.stripes(8, true, 1));
    Files.writeString(folder.resolve("training/checkpoint-1"), "mine");
    Files.writeString(folder.resolve("racing/checkpoint-1"), "RVCP");
    Corpus corpus = list();
    assertEquals(List.of("racing", "training"), corpus.classes());
    assertEquals(5, corpus.paths().length);
    assertEquals(List.of(), corpus.leftOut());
  }

  /** Nobody writes to the pipe: to open it is to wait for ever. */
  @Test
  void aPipeOrADeviceIsLeftOut() throws Exception {
    Pictures.stripes(folder, "upright", "lying", 4);
    Path pipe = folder.resolve("lying/pipe.png");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Path device =
        Files.createSymbolicLink(folder.resolve("upright/device.jpg"), Path.of("/dev/zero"));
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          Corpus corpus = list();
          assertEquals(8, corpus.paths().length);
          String problem = ": it is no file, but a pipe, a socket or a device";
          assertEquals(
              List.of(pipe + problem, device + problem),
              Division.of(corpus, survey(corpus), 0.4).skipped());
        });
  }

  @Test
  void picturesOfOnePixelAndOfTwentyThousand() throws IOException {
    Pictures.write(
        folder.resolve("a/point.png"), new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
    Pictures.write(
        folder.resolve("a/wide.png"),
        new BufferedImage(20_000, 300, BufferedImage.TYPE_BYTE_BINARY));
    Pictures.write(
        folder.resolve("a/tall.png"), new BufferedImage(3, 20_000, BufferedImage.TYPE_BYTE_GRAY));
    Pictures.write(
        folder.resolve("a/large.png"),
        new BufferedImage(20_000, 1_500, BufferedImage.TYPE_BYTE_BINARY));
    Pictures.write(folder.resolve("b/usual.png"), Pictures.stripes(40, true, 1));
    Corpus corpus = list();
    for (Survey.Finding finding : survey(corpus)) {
      assertEquals("", finding.problem());
    }
    for (String path : corpus.paths()) {
      TrainingPicture picture =
          TrainingPicture.read(Pictures.files(), new org.apache.hadoop.fs.Path(path), 40);
      assertTrue(picture.width() <= 4096 && picture.height() <= 4096, path);
      assertEquals(3 * 32 * 32, picture.middle(32).length);
    }
  }

  @Test
  void aPictureStaysOnItsSideWhateverJoinsIt() throws IOException {
    Pictures.stripes(folder, "upright", "lying", 40);
    Set<String> before = validation();
    Pictures.stripes(folder, "another", "last", 40);
    assertTrue(validation().containsAll(before));
    assertTrue(before.size() > 4 && before.size() < 32, before.size() + " of 80");
  }

  private Set<String> validation() throws IOException {
    Corpus corpus = list();
    Set<String> paths = new HashSet<>();
    for (int index : Division.of(corpus, survey(corpus), 0.2).validation()) {
      paths.add(corpus.paths()[index]);
    }
    return paths;
  }

  private Corpus list() throws IOException {
    return Corpus.list(Pictures.files(), Pictures.path(folder));
  }

  private List<Survey.Finding> survey(Corpus corpus) throws IOException {
    List<Survey.Finding> findings = new ArrayList<>();
    for (String path : corpus.paths()) {
      findings.add(Survey.look(Pictures.files(), new org.apache.hadoop.fs.Path(path), 32));
    }
    return findings;
  }

  private void assertProblem(String code, String named) {
    UserException thrown = assertThrows(UserException.class, this::list);
    assertEquals(code, thrown.problems().get(0).code());
    assertTrue(thrown.getMessage().contains(named), thrown.getMessage());
  }
}
