package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.UserException;

/** What executors find of files that the driver listed. */
final class SurveyTest {
  @TempDir Path folder;

  /** One machine of two has the pictures: half of them would not be trained on. */
  @Test
  void whatOnlySomeMachinesSeeIsRefused() throws Exception {
    Path there = Files.writeString(folder.resolve("there.png"), "no picture");
    Path away = folder.resolve("away.png");
    String[] paths = {there.toString(), away.toString()};
    List<Survey.Finding> findings = List.of(look(there), look(away));
    UserException refused =
        assertThrows(
            UserException.class, () -> Survey.requireShared("file:/pictures", paths, findings));
    assertEquals("images-not-shared", refused.problems().get(0).code());
    assertTrue(
        refused
            .getMessage()
            .contains(
                "file:/pictures: 1 of 2 files are not there for executors, such as %s on "
                    .formatted(away)),
        refused::getMessage);
  }

  /** A damaged picture, and what stands in the place of one, are skipped as ever. */
  @Test
  void whatIsThereAndCannotBeReadIsNone() throws Exception {
    Path damaged = Files.writeString(folder.resolve("damaged.png"), "no picture");
    Path inside = Files.createDirectory(folder.resolve("folder.png"));
    String[] paths = {damaged.toString(), inside.toString()};
    List<Survey.Finding> findings = List.of(look(damaged), look(inside));
    assertEquals(0, findings.stream().filter(finding -> finding.problem().isEmpty()).count());
    assertDoesNotThrow(() -> Survey.requireShared("file:/pictures", paths, findings));
  }

  private static Survey.Finding look(Path file) throws Exception {
    return Survey.look(Pictures.files(), new org.apache.hadoop.fs.Path(file.toUri()), 32);
  }
}
