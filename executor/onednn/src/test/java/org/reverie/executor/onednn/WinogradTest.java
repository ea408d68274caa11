package org.reverie.executor.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.ReferenceEngine;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * Tiles of four rows, at the edges and where the last has fewer:
 *
 * <pre>
 *   padding   0 .    rows -1 .. 4 of the input,  rows 0 .. 3 of the output
 *             0 #
 *             1 #                               tile 0
 *             2 #
 *             3 #  # rows 3 .. 8                 rows 4 .. 6: one fewer
 *             4 #  #
 *             5    #                            tile 1
 *             6    #
 *   padding   7    .
 * </pre>
 */
class WinogradTest {
  private static final int CHANNELS = 48;

  /** Kernel, stride, pad and dilation, of each the height before the width; width and height. */
  static Stream<Arguments> shapes() {
    int[] plain = {3, 3, 1, 1, 1, 1, 1, 1};
    return Stream.of(
        Arguments.of("whole tiles", plain, 40, 24),
        Arguments.of("one row in the last tile", plain, 41, 25),
        Arguments.of("two rows", plain, 40, 26),
        Arguments.of("three rows", plain, 43, 27),
        Arguments.of("a single tile", plain, 130, 4),
        Arguments.of("a tile and a row", plain, 120, 5),
        Arguments.of("no padding", new int[] {3, 3, 1, 1, 0, 0, 1, 1}, 40, 29),
        Arguments.of("padding of two", new int[] {3, 3, 1, 1, 2, 2, 1, 1}, 37, 22),
        Arguments.of("five columns", new int[] {3, 5, 1, 1, 1, 2, 1, 1}, 30, 22),
        Arguments.of("one column", new int[] {3, 1, 1, 1, 1, 0, 1, 1}, 80, 40),
        Arguments.of("columns apart", new int[] {3, 3, 1, 1, 1, 2, 1, 2}, 40, 23));
  }

  private static BrainSketch sketch(String name, int[] geometry) {
    return new BrainSketch(name)
        .convolution("first", CHANNELS, 1, 1, 0)
        .relu("rectified")
        .convolution("tested", CHANNELS, geometry, 1)
        .relu("last");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void gradientIsTheReference(String name, int[] geometry, int width, int height) {
    for (int threads : new int[] {1, 2, 5}) {
      assertIsReference(sketch(name, geometry), width, height, threads, 2);
    }
  }

  /** Both convolutions of the block in strips, and the sums with them, there and back. */
  @Test
  void sumsAreMadeWithIt() {
    BrainSketch block =
        new BrainSketch("block")
            .convolution("first", CHANNELS, 1, 1, 0)
            .relu("in")
            .convolution("a", CHANNELS, 3, 1, 1)
            .relu("between")
            .convolution("b", CHANNELS, 3, 1, 1)
            .sum("sum", "in", "b")
            .relu("out")
            .convolution("c", CHANNELS, 3, 1, 1)
            .convolution("d", CHANNELS, 3, 1, 1, "out")
            .sum("end", "c", "d");
    assertIsReference(block, 39, 26, 2, 8);
  }

  @Test
  void smallAndNarrowConvolutionsStayDirect() {
    int[] plain = {3, 3, 1, 1, 1, 1, 1, 1};
    assertEquals(0, strips(sketch("few pixels", plain), 8, 8, 2));
    assertEquals(0, strips(sketch("rows", new int[] {1, 3, 1, 1, 0, 1, 1, 1}), 200, 200, 2));
    assertEquals(0, strips(sketch("strided", new int[] {3, 3, 2, 2, 1, 1, 1, 1}), 200, 200, 2));
    assertEquals(0, strips(sketch("apart", new int[] {3, 3, 1, 1, 2, 2, 2, 2}), 200, 200, 2));
    BrainSketch few = new BrainSketch("few channels").convolution("c", CHANNELS, 3, 1, 1);
    assertEquals(0, strips(few, 400, 400, 2));
  }

  private static int strips(BrainSketch sketch, int width, int height, int threads) {
    try (OnednnEngine engine =
            new OnednnEngine(sketch.brain(), sketch.objective(), threads, Element.FLOAT32);
        Program program = engine.write(width, height)) {
      return (int) program.steps().stream().filter(Step.Strips.class::isInstance).count();
    }
  }

  private static void assertIsReference(
      BrainSketch sketch, int width, int height, int threads, int strips) {
    assertEquals(strips, strips(sketch, width, height, threads));
    float[] input = BrainSketch.random("input", 3 * width * height, 100);
    double[] exact = new double[input.length];
    for (int i = 0; i < input.length; i++) {
      exact[i] = input[i];
    }
    double[] expected =
        new ReferenceEngine(sketch.brain(), sketch.objective()).gradient(exact, width, height);
    Window window =
        new Window(
            new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1),
            new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1));
    try (OnednnEngine engine =
            new OnednnEngine(sketch.brain(), sketch.objective(), threads, Element.FLOAT32);
        OnednnSession session = engine.session(width, height)) {
      StaleMemory.fill(engine, width, height);
      float[] first = gradient(session, window, input);
      double difference = 0;
      double norm = 0;
      for (int i = 0; i < expected.length; i++) {
        difference += (first[i] - expected[i]) * (first[i] - expected[i]);
        norm += expected[i] * expected[i];
      }
      double error = Math.sqrt(difference / norm);
      // One rectifier that falls the other way is 1e-4; rounding alone is 1e-6.
      assertTrue(error < 1e-4, "relative error " + error);
      assertArrayEquals(first, gradient(session, window, input), "whichever lane was faster");
    }
  }

  private static float[] gradient(OnednnSession session, Window window, float[] input) {
    session.load(window, input);
    session.gradient(Roll.NONE, window.loadedRegion());
    float[] gradient = new float[input.length];
    session.readGradient(window.loadedRegion(), gradient);
    return gradient;
  }

  /** The activations of what is given, computed in strips, are those of the sum it replaces. */
  @Test
  void activationsAreTheReference() {
    BrainSketch sketch = sketch("activations", new int[] {3, 3, 1, 1, 1, 1, 1, 1});
    int width = 40;
    int height = 31;
    float[] input = BrainSketch.random("input", 3 * width * height, 100);
    float[] expected =
        new ReferenceEngine(sketch.brain(), sketch.objective())
            .activations(input, width, height)
            .get(0);
    try (OnednnEngine engine =
        new OnednnEngine(sketch.brain(), sketch.objective(), 2, Element.FLOAT32)) {
      List<float[]> actual = engine.activations(input, width, height);
      float largest = 0;
      float worst = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        worst = Math.max(worst, Math.abs(expected[i] - actual.get(0)[i]));
      }
      assertTrue(worst < 1e-5 * largest, worst + " of " + largest);
    }
  }
}
