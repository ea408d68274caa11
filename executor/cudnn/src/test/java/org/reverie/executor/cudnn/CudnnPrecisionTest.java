package org.reverie.executor.cudnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.ReferenceEngine;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/** Rounded precisions, repetition and memory on a GPU; skipped where none can be used. */
class CudnnPrecisionTest {
  private static final int WIDTH = 90;
  private static final int HEIGHT = 76;

  /**
   * A gradient within 0.1 relative and a cosine of at least 0.995. With the 8 bits of bfloat16 this
   * network of random weights, whose pools and rectifiers then choose otherwise here and there,
   * keeps a cosine of 0.9944 (0.992 on {@link EmulatedDevice}'s window).
   */
  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"TF32", "BFLOAT16", "FLOAT16"})
  void gradientsAreNear(Precision precision) {
    CudnnProvider provider = CudnnContractTest.available();
    BrainSketch sketch = Sketches.inception();
    Objective objective = Objective.l2(sketch.index("output"));
    float[] input = BrainSketch.random("input", 3 * WIDTH * HEIGHT, 100);
    double[] exact = new double[input.length];
    for (int i = 0; i < input.length; i++) {
      exact[i] = input[i];
    }
    double[] expected =
        new ReferenceEngine(sketch.brain(), objective).gradient(exact, WIDTH, HEIGHT);
    Window window = Sketches.whole(WIDTH, HEIGHT);
    try (Engine engine = provider.open(sketch.brain(), objective, new Options(1, 0, precision));
        Session session = engine.compile(WIDTH, HEIGHT)) {
      session.load(window, input);
      session.gradient(Roll.NONE, window.loadedRegion());
      float[] actual = new float[input.length];
      session.readGradient(window.loadedRegion(), actual);
      double product = 0;
      double square = 0;
      double norm = 0;
      double difference = 0;
      for (int i = 0; i < actual.length; i++) {
        product += actual[i] * expected[i];
        square += (double) actual[i] * actual[i];
        norm += expected[i] * expected[i];
        difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      }
      double cosine = product / Math.sqrt(square * norm);
      double error = Math.sqrt(difference / norm);
      boolean coarse = precision == Precision.BFLOAT16;
      assertTrue(cosine >= (coarse ? 0.99 : 0.995), precision + ": cosine " + cosine);
      assertTrue(error <= (coarse ? 0.15 : 0.1), precision + ": relative error " + error);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void repeatedRunsGiveTheSameBytes(Precision precision) {
    CudnnProvider provider = CudnnContractTest.available();
    BrainSketch sketch = Sketches.inception();
    float[] input = BrainSketch.random("repeated", 3 * WIDTH * HEIGHT, 100);
    Window window = Sketches.whole(WIDTH, HEIGHT);
    List<Roll> rolls = List.of(new Roll(3, 1), new Roll(-2, 6), Roll.NONE);
    Scaling scaling = new Scaling.OwnMean(1.5f, input.length);
    List<float[]> canvases = new ArrayList<>();
    for (int opening = 0; opening < 2; opening++) {
      try (Engine engine =
          provider.open(sketch.brain(), sketch.objective(), new Options(1, 0, precision))) {
        for (int i = 0; i < 2; i++) {
          try (Session session = engine.compile(WIDTH, HEIGHT)) {
            session.load(window, input);
            session.run(rolls, scaling, window.loadedRegion(), Clip.none());
            float[] canvas = new float[input.length];
            session.readCanvas(window.loadedRegion(), canvas);
            canvases.add(canvas);
          }
        }
      }
    }
    for (float[] canvas : canvases) {
      assertArrayEquals(canvases.get(0), canvas);
    }
  }

  @Test
  void aWindowBeyondTheDevicesMemoryIsRefusedAndASmallerOneStillFits() {
    CudnnProvider provider = CudnnContractTest.available();
    BrainSketch sketch = Sketches.inception();
    long free = provider.memoryBytes(0).orElseThrow();
    try (Engine engine =
        provider.open(sketch.brain(), sketch.objective(), new Options(1, 0, Precision.TF32))) {
      int edge = 1024;
      while (engine.bytesFor(edge, edge) < 2 * free && edge < 60_000) {
        edge += 1024;
      }
      int tooLarge = edge;
      assertTrue(engine.bytesFor(tooLarge, tooLarge) > free);
      assertThrows(OutOfDeviceMemoryException.class, () -> engine.compile(tooLarge, tooLarge));
      try (Session session = engine.compile(WIDTH, HEIGHT)) {
        Window window = Sketches.whole(WIDTH, HEIGHT);
        session.load(window, new float[3 * WIDTH * HEIGHT]);
        assertEquals(
            session.gradient(Roll.NONE, window.loadedRegion()),
            session.gradient(Roll.NONE, window.loadedRegion()));
      }
    }
  }
}
