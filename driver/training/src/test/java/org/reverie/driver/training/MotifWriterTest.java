package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.UserException;
import org.reverie.driver.MotifRequest;

/** Motifs take the place of motifs only. */
final class MotifWriterTest {
  @TempDir Path folder;

  @Test
  void aPictureOfSomebodyElseIsKept() throws IOException {
    Path wave = Files.createDirectories(folder.resolve("wave")).resolve("wave-000001.jpg");
    // By the same library, of another quality.
    ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), "jpg", wave.toFile());
    byte[] foreign = Files.readAllBytes(wave);
    UserException refused = assertThrows(UserException.class, () -> write(2, 16, 0));
    assertEquals("output-not-ours", refused.problems().get(0).code());
    assertEquals(wave.toString(), refused.problems().get(0).where());
    assertArrayEquals(foreign, Files.readAllBytes(wave));
    assertFalse(Files.exists(folder.resolve("fern")), "nothing is drawn before");
    write(1, 16, 0); // which does not come as far
  }

  /** Nobody writes to the pipe: to open it is to wait for ever. */
  @Test
  void aPipeIsNoMotif() throws Exception {
    Path pipe = Files.createDirectories(folder.resolve("wave")).resolve("wave-000001.jpg");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    UserException refused =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20), () -> assertThrows(UserException.class, () -> write(2, 16, 0)));
    assertEquals("output-not-ours", refused.problems().get(0).code());
    assertEquals(pipe.toString(), refused.problems().get(0).where());
  }

  @Test
  void motifsOfOtherSizesAndSeedsAreReplacedAndHalfOnesToo() throws IOException {
    write(2, 16, 0);
    Path fern = folder.resolve("fern").resolve("fern-000001.jpg");
    final byte[] first = Files.readAllBytes(fern);
    write(2, 24, 7);
    for (int length : new int[] {0, 9, 400}) {
      Files.write(fern, Arrays.copyOf(first, length));
      write(2, 16, 0);
      assertArrayEquals(first, Files.readAllBytes(fern));
    }
  }

  /** A training of the folder would take them all. */
  @Test
  void motifsBeyondThoseAskedForAreRemovedAndNothingElse() throws IOException {
    write(3, 16, 0);
    Path wave = folder.resolve("wave");
    Files.copy(wave.resolve("wave-000002.jpg"), wave.resolve("best.jpg"));
    Files.copy(wave.resolve("wave-000002.jpg"), wave.resolve("wave-0000004.jpg"));
    Files.createSymbolicLink(wave.resolve("wave-000005.jpg"), Path.of("best.jpg"));
    Files.writeString(wave.resolve("wave-000006.jpg"), "mine");
    TrainingRecorder told = new TrainingRecorder();
    MotifWriter.write(new MotifRequest(folder, 1, 16, 0), told);
    assertEquals(List.of("fern-000000.jpg"), names("fern"));
    assertEquals(
        List.of(
            "best.jpg",
            "wave-000000.jpg",
            "wave-0000004.jpg",
            "wave-000005.jpg",
            "wave-000006.jpg"),
        names("wave"));
    assertEquals(
        "removed 80 motifs of an earlier call, of which there were more than 1 per class",
        told.lines().get(0));
  }

  private List<String> names(String motif) {
    return List.of(folder.resolve(motif).toFile().list()).stream().sorted().toList();
  }

  @Test
  void allThatIsInTheWayIsToldBeforeAnythingIsDrawn() throws IOException {
    Path wave = Files.createDirectories(folder.resolve("wave"));
    for (int i = 0; i < 12; i++) {
      Files.writeString(wave.resolve("wave-%06d.jpg".formatted(i)), "mine");
    }
    Files.writeString(folder.resolve("fern"), "mine");
    UserException refused = assertThrows(UserException.class, () -> write(20, 16, 0));
    assertEquals(10 + 1, refused.problems().size(), refused::getMessage);
    assertTrue(
        refused.getMessage().contains("fern: motifs go into a folder, and this is a file"),
        refused::getMessage);
    assertTrue(refused.getMessage().contains("and 3 more files like these"), refused::getMessage);
    assertEquals(
        List.of("fern", "wave"), List.of(folder.toFile().list()).stream().sorted().toList());
  }

  @Test
  void aLinkThatLeadsNowhereIsToldAsOne() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("gone"));
    MotifRequest request = new MotifRequest(link, 1, 16, 0);
    UserException refused =
        assertThrows(UserException.class, () -> MotifWriter.write(request, new TrainingRecorder()));
    assertTrue(refused.getMessage().contains("a link that leads nowhere"), refused::getMessage);
  }

  private void write(int perClass, int size, long seed) {
    MotifWriter.write(new MotifRequest(folder, perClass, size, seed), new TrainingRecorder());
  }
}
