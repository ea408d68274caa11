package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskBody;

class InProcessRunnerTest extends TileRunnerContract {
  @Override
  protected TileRunner runner(RenderSetup setup, TaskBody body) {
    return new InProcessRunner(SLOTS, setup, body);
  }

  @Test
  void whatFailedOnALostDeviceIsNotTriedThereAgain() {
    AtomicInteger attempts = new AtomicInteger();
    TaskBody body =
        (setup, stage, task) -> {
          attempts.incrementAndGet();
          throw new IllegalStateException(new DeviceLostException("gone"));
        };
    Stage stage = new Stage(Stage.Kind.START, 0, 0, new float[0]);
    try (TileRunner runner =
        runner(Setups.of(new byte[0], new byte[0], new float[0][], "file:/work", "id"), body)) {
      StageFailedException failed =
          assertThrows(StageFailedException.class, () -> runner.run(stage, 1, unused -> {}));
      assertEquals(
          stage.description() + ", task 0: " + new DeviceLostException("gone").getMessage(),
          failed.getMessage());
      assertEquals(1, attempts.get());
    }
  }

  @ParameterizedTest
  @CsvSource({"Java heap space, true", "unable to create native thread, false"})
  void aHeapThatIsTooSmallIsToldWithWhatToDo(String words, boolean heap) {
    TaskBody body =
        (setup, stage, task) -> {
          throw new OutOfMemoryError(words);
        };
    Stage stage = new Stage(Stage.Kind.START, 0, 0, new float[0]);
    try (TileRunner runner =
        runner(Setups.of(new byte[0], new byte[0], new float[0][], "file:/work", "id"), body)) {
      StageFailedException failed =
          assertThrows(StageFailedException.class, () -> runner.run(stage, 1, unused -> {}));
      assertTrue(failed.getMessage().contains(words), failed::getMessage);
      assertEquals(
          heap,
          failed.getMessage().contains("Java's heap is too small")
              && failed.getMessage().contains("REVERIE_JAVA_OPTIONS=-Xmx"),
          failed::getMessage);
    }
  }
}
