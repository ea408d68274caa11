package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.FileNotFoundException;
import java.util.Optional;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.reverie.conf.UserException;

/** Which ends of a training are a loss, to be gone on from, and which are mistakes. */
final class LossTest {
  @Test
  void executorsThatVanishAreALoss() {
    String words =
        "Job aborted due to stage failure: Task 0 in stage 3.0 failed 4 times, most recent failure:"
            + " ExecutorLostFailure (executor 1 exited) Reason: Command exited with code 137";
    assertEquals(
        Optional.of(words),
        Training.lost(new SparkException(words + "\nDriver stacktrace:", null), false));
  }

  @Test
  void filesThatCannotBeReadAnyMoreAreALoss() {
    Exception read = new RuntimeException(new FileNotFoundException("File x does not exist"));
    assertEquals(
        Optional.of("Job aborted: x"),
        Training.lost(new SparkException("Job aborted: x.", read), false));
  }

  @Test
  void soIsASparkThatEnded() {
    assertEquals(
        Optional.of("Spark has ended: no executor came before"),
        Training.lost(new IllegalStateException("no executor came before"), true));
  }

  @Test
  void othersAreNot() {
    assertEquals(
        Optional.empty(),
        Training.lost(
            new SparkException("Job aborted: y", new ClassCastException("unread block data")),
            false));
    assertEquals(Optional.empty(), Training.lost(new IllegalStateException("a mistake"), false));
    UserException refused = UserException.of("a", "b", "c", "d");
    assertEquals(Optional.empty(), Training.lost(new SparkException("x", refused), true));
  }
}
