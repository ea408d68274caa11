package org.reverie.executor.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** That the values are right is held by {@link OnednnContractTest}: its channels are seven. */
class NormalisationGradientTest {
  /** Seven channels are nothing that oneDNN's vectors take, so the loop of ours runs anywhere. */
  private static BrainSketch sketch(int channels) {
    return new BrainSketch("x")
        .convolution("c", channels, 3, 1, 1)
        .layer("y", new Lrn(LrnRegion.ACROSS_CHANNELS, 5, 0.003f, 0.75f, 1));
  }

  @ParameterizedTest
  @CsvSource({"7, 31, 23", "7, 1, 3", "200, 37, 29"})
  void threadsShareThePositions(int channels, int width, int height) {
    float[] alone = gradient(channels, width, height, 1);
    float largest = 0;
    for (float value : alone) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest > 0);
    for (int threads : new int[] {2, 3, 16}) {
      // The convolution may add in another order.
      assertArrayEquals(
          alone, gradient(channels, width, height, threads), 1e-5f * largest, threads + " threads");
    }
  }

  /** Whatever the processor: oneDNN's plain loop takes half of a gradient. */
  @Test
  void noGradientIsLeftToThePlainLoop() {
    try (OnednnEngine engine =
            new OnednnEngine(sketch(64).brain(), sketch(64).objective(), 1, Element.FLOAT32);
        Program program = engine.write(64, 48)) {
      assertTrue(
          program.steps().stream()
              .filter(Step.Native.class::isInstance)
              .map(Step.Native.class::cast)
              .filter(step -> step.name().contains("backward y"))
              .noneMatch(step -> NativeScope.isReference(step.desc())));
    }
  }

  private static float[] gradient(int channels, int width, int height, int threads) {
    BrainSketch sketch = sketch(channels);
    Window window =
        new Window(
            new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1),
            new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1));
    float[] input = new float[3 * width * height];
    Random random = new Random(channels);
    for (int i = 0; i < input.length; i++) {
      input[i] = random.nextFloat() * 200 - 100;
    }
    try (OnednnEngine engine =
            new OnednnEngine(sketch.brain(), sketch.objective(), threads, Element.FLOAT32);
        OnednnSession session = engine.session(width, height)) {
      StaleMemory.fill(engine, width, height);
      session.load(window, input);
      session.gradient(Roll.NONE, window.loadedRegion());
      float[] gradient = new float[input.length];
      session.readGradient(window.loadedRegion(), gradient);
      return gradient;
    }
  }
}
