package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.UserException;
import org.reverie.driver.RenderOutcome;
import org.reverie.driver.TrainingRequest;
import org.reverie.driver.TrainingRequest.Architecture;
import org.reverie.driver.TrainingRequest.Optimiser;
import org.reverie.driver.TrainingRequest.Policy;
import org.reverie.driver.TrainingView;

/** Whole trainings of the small network on stripes, on a Spark of one slot; about a minute. */
final class TrainingTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  @BeforeAll
  static void draw() throws IOException {
    Pictures.stripes(shared, "debout", "couché", 18);
    Files.writeString(shared.resolve("debout/fake.png"), "no picture");
  }

  @Test
  void aStoppedTrainingGoesOnAndEndsInTheSameWeights() throws IOException {
    Recorder whole = new Recorder();
    assertEquals(RenderOutcome.DONE, train("whole", null, 7, whole));
    assertTrue(whole.lines.stream().anyMatch(line -> line.contains("fake.png")), whole::text);
    Recorder parts = new Recorder();
    assertEquals(RenderOutcome.STOPPED, train("parts", Duration.ofMillis(1), 7, parts));
    assertTrue(!Files.exists(folder.resolve("parts/deploy.prototxt")));
    assertEquals(RenderOutcome.DONE, train("parts", null, 7, parts));
    assertTrue(parts.lines.stream().anyMatch(line -> line.startsWith("goes on")), parts::text);
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("whole/brain.caffemodel")),
        Files.readAllBytes(folder.resolve("parts/brain.caffemodel")));
    String card = Files.readString(folder.resolve("whole/card.md"));
    assertTrue(card.contains("couché"), card);
    assertTrue(Files.exists(folder.resolve("whole/training/epoch-001.png")));

    UserException other =
        assertThrows(UserException.class, () -> train("whole", null, 8, new Recorder()));
    assertEquals("training-other", other.problems().get(0).code());
  }

  private RenderOutcome train(String out, Duration stopAfter, long seed, TrainingView view)
      throws IOException {
    return Training.run(
        new TrainingRequest(
            shared.toString(),
            folder.resolve(out).toString(),
            Architecture.SMALL,
            null,
            null,
            32,
            1,
            4,
            3,
            Policy.POLY,
            0.01,
            Optimiser.SGD,
            0.0002,
            0.1,
            true,
            true,
            0.2,
            seed,
            stopAfter,
            "local[1]",
            1,
            false),
        view);
  }

  private static final class Recorder implements TrainingView {
    private final List<String> lines = new ArrayList<>();

    @Override
    public synchronized void result(String line) {
      lines.add(line);
    }

    @Override
    public void progress(String line) {}

    @Override
    public synchronized void note(String line) {
      lines.add(line);
    }

    String text() {
      return String.join("\n", lines);
    }
  }
}
