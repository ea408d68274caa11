package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmittedStatusTest {
  private static final SubmittedStatus REFUSED = new SubmittedStatus(2, "", List.of("no layer"));
  private static final SubmittedStatus DONE = new SubmittedStatus(0, "Wrote x.tif", List.of());

  @TempDir Path folder;

  private String file;

  @BeforeEach
  void submit() {
    file = SubmittedStatus.beside(folder.resolve("x.tif").toString());
    System.setProperty(SubmittedStatus.PROPERTY, file);
  }

  @AfterEach
  void end() {
    System.clearProperty(SubmittedStatus.PROPERTY);
  }

  @Test
  void whatIsHandedIsTakenOnce() throws IOException {
    DONE.hand();
    assertEquals(Optional.of(DONE), SubmittedStatus.take(file));
    assertEquals(Optional.empty(), SubmittedStatus.take(file));
    assertEquals(0, folder.toFile().list().length);
  }

  /** Spark's --supervise starts a driver again that ended with another status than 0. */
  @Test
  void theLastOfSeveralAttemptsCounts() throws IOException {
    REFUSED.hand();
    DONE.hand();
    assertEquals(Optional.of(DONE), SubmittedStatus.take(file));
  }

  @Test
  void nothingIsLeftForASubmitterWhoIsGone() throws IOException {
    SubmittedStatus.abandon(file);
    DONE.hand();
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void nobodyAwaitsWhatWasNotSubmitted() throws IOException {
    assertTrue(SubmittedStatus.isAwaited());
    System.clearProperty(SubmittedStatus.PROPERTY);
    assertFalse(SubmittedStatus.isAwaited());
    DONE.hand();
    assertFalse(Files.exists(Path.of(java.net.URI.create(file))));
  }
}
