package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.driver.RenderOutcome;
import org.reverie.driver.TrainingRequest;

/**
 * A training of two workers, in a process of its own, that is killed (SIGKILL) once a checkpoint is
 * there. Workers take seven steps between two averages: enough for whatever fetches batches ahead
 * to run far ahead.
 */
final class KilledTrainingTest {
  private static final long PATIENCE_SECONDS = 300;
  private static final int EPOCHS = 2;
  private static final int AVERAGING = 10;

  /** The usual one, and ND4J's word for "by the clock". */
  private static final long SEED = 0;

  @TempDir Path folder;

  @Test
  void theSameCommandGoesOnAndEndsInTheWeightsOfOneThatNobodyKilled() throws Exception {
    Pictures.stripes(folder.resolve("images"), "upright", "lying", 18);
    Process process = start();
    try {
      waitForCheckpoint(process);
    } finally {
      process.destroyForcibly();
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    assertFalse(
        Files.exists(folder.resolve("killed/deploy.prototxt")), "it was not killed in time");

    TrainingRecorder notes = new TrainingRecorder();
    assertEquals(RenderOutcome.DONE, Training.run(request(folder, "killed"), notes));
    assertTrue(notes.lines().stream().anyMatch(line -> line.startsWith("goes on at step")));
    assertEquals(
        RenderOutcome.DONE, Training.run(request(folder, "whole"), new TrainingRecorder()));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/brain.caffemodel")),
        Files.readAllBytes(folder.resolve("killed/brain.caffemodel")));
  }

  /** The process that is killed; its argument is the folder. */
  public static void main(String[] arguments) throws IOException {
    Training.run(request(Path.of(arguments[0]), "killed"), new TrainingRecorder());
  }

  private Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Djava.awt.headless=true",
            // Killed, Spark cannot remove what it made there.
            "-Djava.io.tmpdir=" + folder,
            "-cp",
            System.getProperty("java.class.path"),
            KilledTrainingTest.class.getName(),
            folder.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("killed.log").toFile())
        .start();
  }

  private void waitForCheckpoint(Process process) throws IOException, InterruptedException {
    Path kept = folder.resolve("killed/training");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!hasCheckpoint(kept)) {
      assertTrue(process.isAlive(), () -> "it ended by itself: " + log());
      assertTrue(System.nanoTime() < end, () -> "no checkpoint: " + log());
      Thread.sleep(10);
    }
  }

  private static boolean hasCheckpoint(Path kept) throws IOException {
    if (!Files.isDirectory(kept)) {
      return false;
    }
    try (Stream<Path> files = Files.list(kept)) {
      return files.anyMatch(file -> file.getFileName().toString().matches("checkpoint-\\d+"));
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("killed.log"));
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private static TrainingRequest request(Path folder, String out) {
    return new SmallTraining(folder.resolve("images").toString(), folder.resolve(out).toString())
        .epochs(EPOCHS)
        .steps(2, AVERAGING)
        .grain(10)
        .adversarial(4)
        .seed(SEED)
        .master("local[2]")
        .request();
  }
}
