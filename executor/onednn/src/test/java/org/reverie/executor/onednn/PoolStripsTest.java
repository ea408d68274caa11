package org.reverie.executor.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * Poolings of small whole numbers, which bfloat16 holds exactly as float32 does, so that both must
 * give the same gradient.
 */
class PoolStripsTest {
  private static final int CHANNELS = 16;

  @BeforeAll
  static void bfloat16() {
    assumeTrue(Library.get().multipliesBfloat16(), "no bfloat16 on this processor");
  }

  /** The pictures' three channels, over and over, then the pooling. */
  private static BrainSketch sketch(Pooling pooling) {
    float[] chosen = new float[CHANNELS * 3];
    for (int c = 0; c < CHANNELS; c++) {
      chosen[3 * c + c % 3] = c % 2 == 0 ? 1 : -1;
    }
    return new BrainSketch("pools")
        .layer(
            "wide",
            new Convolution(3, CHANNELS, 1, 1, 1, 1, 0, 0, 1, 1, 1, chosen, new float[CHANNELS]))
        .layer("pool", pooling);
  }

  @ParameterizedTest
  @CsvSource({
    "MAX, 3, 2, 0, true, 40, 66",
    "MAX, 3, 2, 0, true, 37, 67",
    "MAX, 3, 2, 1, true, 40, 33",
    "MAX, 3, 2, 1, false, 21, 201",
    "MAX, 2, 2, 0, true, 24, 50",
    "MAX, 5, 2, 2, true, 24, 90",
    "MAX, 5, 3, 1, true, 24, 90",
    "AVERAGE, 2, 2, 0, true, 24, 80",
  })
  void gradientIsThatOfTheWhole(
      Pool pool, int kernel, int stride, int pad, boolean roundUp, int width, int height) {
    BrainSketch sketch =
        sketch(new Pooling(pool, kernel, kernel, stride, stride, pad, pad, roundUp));
    float[] input = new float[3 * width * height];
    Random random = new Random(kernel * 31 + height);
    for (int i = 0; i < input.length; i++) {
      input[i] = pool == Pool.AVERAGE ? 16 * (random.nextInt(7) - 3) : random.nextInt(31) - 15;
    }
    float[] whole = gradient(sketch, input, width, height, 1, Element.FLOAT32);
    for (int threads : new int[] {1, 2, 5}) {
      assertTrue(strips(sketch, width, height, threads) > 0, "no strips");
      assertArrayEquals(whole, gradient(sketch, input, width, height, threads, Element.BFLOAT16));
    }
  }

  /** What cannot be in strips, or gains nothing. */
  @Test
  void othersStayWhole() {
    Pooling same = new Pooling(Pool.MAX, 3, 3, 1, 1, 1, 1, true);
    assertEquals(0, strips(sketch(same), 64, 200, 2), "stride 1");
    Pooling gaps = new Pooling(Pool.MAX, 2, 2, 3, 3, 0, 0, true);
    assertEquals(0, strips(sketch(gaps), 64, 200, 2), "rows between the windows");
    Pooling left = new Pooling(Pool.MAX, 3, 3, 2, 2, 0, 0, false);
    assertEquals(0, strips(sketch(left), 64, 200, 2), "a last row that no window reaches");
    assertEquals(0, strips(sketch(left), 64, 15, 2), "few rows");
  }

  private static int strips(BrainSketch sketch, int width, int height, int threads) {
    try (OnednnEngine engine =
            new OnednnEngine(sketch.brain(), sketch.objective(), threads, Element.BFLOAT16);
        Program program = engine.write(width, height)) {
      return (int) program.steps().stream().filter(Step.Strips.class::isInstance).count();
    }
  }

  private static float[] gradient(
      BrainSketch sketch, float[] input, int width, int height, int threads, Element element) {
    Window window =
        new Window(
            new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1),
            new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1));
    try (OnednnEngine engine =
            new OnednnEngine(sketch.brain(), sketch.objective(), threads, element);
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
