package org.reverie.executor.cudnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.ReferenceEngine;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/**
 * Maximum poolings of small whole numbers, which every type of activations holds exactly: the
 * gradient has to be the reference's to the last bit, ties and borders included.
 */
class PoolingKernelsTest {
  /** The largest value: what up to 4 channels and 9 windows add up to is exact in bfloat16. */
  private static final int RANGE = 3;

  static Stream<Arguments> poolings() {
    int[][] geometries = {
      // kernel, stride, pad; those that kernels know beforehand, then others
      {3, 1, 1},
      {3, 1, 0},
      {3, 1, 2},
      {3, 2, 0},
      {3, 2, 1},
      {2, 2, 0},
      {2, 2, 1},
      {5, 2, 2},
      {4, 3, 1},
    };
    List<Arguments> all = new ArrayList<>();
    for (Element element : Element.values()) {
      for (int[] g : geometries) {
        for (int channels : new int[] {16, 72, 5}) {
          for (boolean rectified : new boolean[] {false, true}) {
            all.add(
                Arguments.of(
                    element,
                    new Pooling(Pool.MAX, g[0], g[0], g[1], g[1], g[2], g[2], true),
                    channels,
                    rectified));
          }
        }
      }
    }
    return all.stream();
  }

  /** A dozen channels are one colour each, as it is or turned round, and one more or not. */
  private static Convolution colours(int channels) {
    float[] weights = new float[3 * channels];
    float[] bias = new float[channels];
    int step = (channels + 11) / 12;
    for (int c = 0; c < channels; c++) {
      int own = c / step;
      weights[3 * c + own % 3] = c % step != step / 2 ? 0 : own % 2 == 0 ? 1 : -1;
      bias[c] = own / 6 % 2;
    }
    return new Convolution(3, channels, 1, 1, 1, 1, 0, 0, 1, 1, 1, weights, bias);
  }

  @ParameterizedTest(name = "{0} {1} {2} channels, rectified {3}")
  @MethodSource("poolings")
  void gradientsAreExact(Element element, Pooling pooling, int channels, boolean rectified) {
    BrainSketch sketch = new BrainSketch("pooling").layer("c", colours(channels));
    if (rectified) {
      sketch.relu("r");
    }
    sketch.layer("p", pooling);
    // More than a block of threads takes, and no multiple of a cell.
    for (int[] size : new int[][] {{19, 21}, {12, 10}}) {
      compare(sketch, element, size[0], size[1]);
    }
  }

  private static void compare(BrainSketch sketch, Element element, int width, int height) {
    float[] noise = BrainSketch.random("noise", 3 * width * height, RANGE + 0.5);
    float[] canvas = new float[noise.length];
    double[] exact = new double[noise.length];
    for (int i = 0; i < noise.length; i++) {
      canvas[i] = Math.round(noise[i]);
      exact[i] = canvas[i];
    }
    double[] reference =
        new ReferenceEngine(sketch.brain(), sketch.objective()).gradient(exact, width, height);
    float[] expected = new float[reference.length];
    boolean any = false;
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (float) reference[i];
      any |= expected[i] != 0;
    }
    assertTrue(any, "a gradient that is nothing but 0 proves nothing");
    Window window = Sketches.whole(width, height);
    float[] gradient = new float[canvas.length];
    try (CudnnEngine engine =
            new CudnnEngine(
                sketch.brain(), sketch.objective(), element, EmulatedDevice.of(element));
        Session session = engine.compile(width, height)) {
      session.load(window, canvas);
      session.gradient(Roll.NONE, window.loadedRegion());
      session.readGradient(window.loadedRegion(), gradient);
    }
    assertArrayEquals(expected, gradient, width + " x " + height);
  }
}
