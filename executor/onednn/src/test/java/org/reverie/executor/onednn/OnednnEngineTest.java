package org.reverie.executor.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Operation.Affine;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Identity;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.LayerMemory;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;
import org.reverie.executor.engine.ReferenceEngine;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** What the contract's small networks do not reach: joined layers, whole vectors, sharing. */
class OnednnEngineTest {
  private static final Pooling POOLING = new Pooling(Pool.MAX, 3, 3, 2, 2, 0, 0, true);
  private static final Pooling SAME = new Pooling(Pool.MAX, 3, 3, 1, 1, 1, 1, true);

  /** GoogLeNet in small: whole vectors of channels, normalisation, two kinds of branches. */
  private static BrainSketch inception() {
    return new BrainSketch("inception")
        .convolution("conv1", 32, 7, 2, 3)
        .relu("relu1")
        .layer("pool1", POOLING)
        .layer("norm1", new Lrn(LrnRegion.ACROSS_CHANNELS, 5, 1e-2f, 0.75f, 1))
        .convolution("1x1", 16, 1, 1, 0, "norm1")
        .relu("relu 1x1")
        .convolution("reduce", 24, 1, 1, 0, "norm1")
        .relu("relu reduce")
        .convolution("3x3", 32, 3, 1, 1)
        .relu("relu 3x3")
        .layer("pool", SAME, "norm1")
        .convolution("project", 16, 1, 1, 0)
        .relu("relu project")
        .layer("output", new Concat(), "relu 1x1", "relu 3x3", "relu project")
        .convolution("next", 16, 1, 1, 0, "output")
        .relu("relu next")
        .layer("pool2", POOLING, "output")
        .convolution("last", 16, 3, 1, 1);
  }

  static Stream<Arguments> networks() {
    BrainSketch inception = inception();
    float[] scales = BrainSketch.random("scales", 16, 2);
    BrainSketch folded =
        new BrainSketch("folded")
            .convolution("c", 16, 3, 1, 1)
            .layer("norm", new Affine(scales, BrainSketch.random("shift", 16, 2)))
            .layer("scale", new Affine(BrainSketch.random("more", 16, 2), scales))
            .layer("leaky", new Relu(0.1f))
            .layer("pool", POOLING)
            .convolution("d", 16, 3, 1, 1);
    BrainSketch split =
        new BrainSketch("split")
            .convolution("c", 16, 3, 1, 1)
            .layer("one", new Identity(), "c")
            .layer("two", new Identity(), "c")
            .relu("r", "one")
            .layer("s", new Relu(0.5f), "two")
            .layer("join", new Concat(), "r", "s")
            .convolution("end", 8, 1, 1, 0);
    BrainSketch shared =
        new BrainSketch("shared")
            .convolution("fine", 16, 7, 2, 3, "data")
            .convolution("other", 16, 5, 4, 2, "data")
            .layer("smaller", new Pooling(Pool.AVERAGE, 2, 2, 2, 2, 0, 0, true), "data")
            .convolution("half", 16, 7, 1, 3)
            .convolution("coarse", 24, 7, 2, 3, "smaller")
            .layer("join", new Concat(), "fine", "half")
            .layer("pooled", new Pooling(Pool.AVERAGE, 2, 2, 2, 2, 0, 0, true))
            .layer("all", new Concat(), "pooled", "other", "coarse");
    return Stream.of(
        Arguments.of("picture that several layers read", shared, shared.objective()),
        Arguments.of(
            "picture that is a target as well",
            shared,
            new Objective(
                List.of(
                    new Target(shared.index("data"), 0.5f, new Drive.Square()),
                    new Target(shared.index("all"), 1, new Drive.Square())))),
        Arguments.of("concat alone", inception, Objective.l2(inception.index("output"))),
        Arguments.of(
            "concat that others read",
            inception,
            new Objective(
                List.of(
                    new Target(inception.index("output"), 1, new Drive.Square()),
                    new Target(inception.index("last"), 2, new Drive.Square()),
                    new Target(inception.index("relu next"), 1, new Drive.Square())))),
        Arguments.of(
            "convolution before its rectifier", inception, Objective.l2(inception.index("3x3"))),
        Arguments.of("pooled concat", inception, inception.objective()),
        Arguments.of("folded scales", folded, folded.objective()),
        Arguments.of("target inside a fold", folded, Objective.l2(folded.index("norm"))),
        Arguments.of("identities of one value", split, split.objective()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void gradientIsTheReference(String name, BrainSketch sketch, Objective objective) {
    int width = 45;
    int height = 38;
    float[] input = BrainSketch.random(name, 3 * width * height, 100);
    double[] exact = new double[input.length];
    for (int i = 0; i < input.length; i++) {
      exact[i] = input[i];
    }
    double[] expected =
        new ReferenceEngine(sketch.brain(), objective).gradient(exact, width, height);
    float[] actual = gradient(sketch, objective, input, width, height, 2);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    double error = Math.sqrt(difference / norm);
    assertTrue(error < 1e-4, "relative error " + error);
  }

  private static float[] gradient(
      BrainSketch sketch, Objective objective, float[] input, int width, int height, int threads) {
    return gradient(sketch, objective, input, width, height, threads, Element.FLOAT32);
  }

  private static float[] gradient(
      BrainSketch sketch,
      Objective objective,
      float[] input,
      int width,
      int height,
      int threads,
      Element element) {
    try (OnednnEngine engine = new OnednnEngine(sketch.brain(), objective, threads, element);
        OnednnSession session = engine.session(width, height)) {
      Window window = window(width, height);
      session.load(window, input);
      session.gradient(Roll.NONE, window.loadedRegion());
      float[] gradient = new float[input.length];
      session.readGradient(window.loadedRegion(), gradient);
      return gradient;
    }
  }

  /**
   * Four layers shrink the gradient by 3e-10 each: to 1e-37 and below, among float32's denormals.
   */
  @Test
  void threadsFlushDenormals() {
    float[] tiny = new float[16];
    Arrays.fill(tiny, 3e-10f);
    BrainSketch sketch = new BrainSketch("tiny").convolution("c", 16, 3, 1, 1);
    for (int i = 0; i < 4; i++) {
      sketch.layer("shrink" + i, new Affine(tiny, new float[16])).relu("r" + i);
      sketch.convolution("c" + i, 16, 3, 1, 1);
    }
    int flushed = 0;
    for (float value :
        gradient(
            sketch, sketch.objective(), BrainSketch.random("tiny", 3 * 20 * 20, 100), 20, 20, 2)) {
      assertTrue(value == 0 || Math.abs(value) >= Float.MIN_NORMAL, "denormal " + value);
      flushed += value == 0 ? 1 : 0;
    }
    assertTrue(flushed > 0, "nothing was small enough to be flushed");
  }

  @Test
  void isFoundAndRunsHere() {
    EngineProvider provider =
        ServiceLoader.load(EngineProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("onednn"))
            .findFirst()
            .orElseThrow();
    assertTrue(provider.availability().available(), provider.availability().reason());
    assertTrue(provider.instructionSet().matches("[a-z0-9_-]+"), provider.instructionSet());
    Options half = new Options(1, 0, Precision.FLOAT16);
    UserException refused =
        assertThrows(
            UserException.class,
            () -> provider.open(inception().brain(), inception().objective(), half));
    assertEquals("unsupported-precision", refused.problems().get(0).code());
  }

  /**
   * What the last user left in an arena must not show. Not a number spreads through whatever reads
   * it before it is written.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void staleContentsDoNotMatter(String name, BrainSketch sketch, Objective objective) {
    staleContentsDoNotMatter(name, sketch, objective, Element.FLOAT32);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void norDoTheyInBfloat16(String name, BrainSketch sketch, Objective objective) {
    assumeTrue(Library.get().multipliesBfloat16(), "no bfloat16 on this processor");
    staleContentsDoNotMatter(name, sketch, objective, Element.BFLOAT16);
  }

  private static void staleContentsDoNotMatter(
      String name, BrainSketch sketch, Objective objective, Element element) {
    int width = 45;
    int height = 38;
    float[] input = BrainSketch.random(name, 3 * width * height, 100);
    float[] fresh = gradient(sketch, objective, input, width, height, 2, element);
    try (OnednnEngine engine = new OnednnEngine(sketch.brain(), objective, 2, element);
        OnednnSession session = engine.session(width, height)) {
      StaleMemory.fill(engine, width, height);
      Window window = window(width, height);
      float[] stale = new float[input.length];
      for (int round = 0; round < 2; round++) {
        session.load(window, input);
        session.gradient(Roll.NONE, window.loadedRegion());
        session.readGradient(window.loadedRegion(), stale);
        assertArrayEquals(fresh, stale);
      }
      assertEquals(engine.bytesFor(width, height), engine.arenas().mostBytes());
    }
  }

  /** Sizes as exact mode draws them, each compiled anew, some while others are still open. */
  @Test
  void sessionsInTurnTakeWhatTheLargestDoes() {
    BrainSketch sketch = inception();
    int[][] sizes = {{48, 64}, {96, 64}, {48, 64}, {72, 120}, {56, 56}, {120, 96}, {64, 48}};
    try (OnednnEngine engine =
        new OnednnEngine(sketch.brain(), sketch.objective(), 2, Element.FLOAT32)) {
      long largest = 0;
      List<OnednnSession> open = new ArrayList<>();
      for (int[] size : sizes) {
        float[] input = BrainSketch.random("turns", 3 * size[0] * size[1], 100);
        Window window = window(size[0], size[1]);
        OnednnSession session = engine.session(size[0], size[1]);
        open.add(session);
        float[] gradient = new float[input.length];
        session.load(window, input);
        session.gradient(Roll.NONE, window.loadedRegion());
        session.readGradient(window.loadedRegion(), gradient);
        assertArrayEquals(
            gradient(sketch, sketch.objective(), input, size[0], size[1], 2), gradient);
        largest = Math.max(largest, engine.bytesFor(size[0], size[1]));
        assertEquals(largest, engine.arenas().mostBytes(), "after " + Arrays.toString(size));
      }
      // The first of them was made for an arena that is gone since.
      float[] input = BrainSketch.random("again", 3 * 48 * 64, 100);
      open.get(0).load(window(48, 64), input);
      open.get(0).gradient(Roll.NONE, window(48, 64).loadedRegion());
      float[] gradient = new float[input.length];
      open.get(0).readGradient(window(48, 64).loadedRegion(), gradient);
      assertArrayEquals(gradient(sketch, sketch.objective(), input, 48, 64, 2), gradient);
      assertEquals(largest, engine.arenas().mostBytes());
      open.forEach(OnednnSession::close);
    }
  }

  private static Window window(int width, int height) {
    return new Window(
        new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1),
        new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1));
  }

  @Test
  void planTakesNoMemoryAndGrowsWithTheWindow() {
    BrainSketch sketch = inception();
    try (OnednnEngine engine =
        new OnednnEngine(sketch.brain(), sketch.objective(), 2, Element.FLOAT32)) {
      long small = engine.bytesFor(128, 128);
      long large = engine.bytesFor(256, 256);
      assertTrue(large > 3 * small && large < 5 * small, small + " and " + large);
      // 30 000 x 30 000 px would be hundreds of GiB.
      assertTrue(engine.bytesFor(30_000, 30_000) > 50L << 30);
    }
  }

  @Test
  void bfloat16TakesLessMemory() {
    assumeTrue(Library.get().multipliesBfloat16(), "no bfloat16 on this processor");
    BrainSketch sketch = inception();
    try (OnednnEngine whole =
            new OnednnEngine(sketch.brain(), sketch.objective(), 2, Element.FLOAT32);
        OnednnEngine half =
            new OnednnEngine(sketch.brain(), sketch.objective(), 2, Element.BFLOAT16)) {
      double share = (double) half.bytesFor(512, 512) / whole.bytesFor(512, 512);
      assertTrue(share > 0.4 && share < 0.9, "share " + share);
    }
  }

  @Test
  void recommendsOnlyWhatTheProcessorMultiplies() {
    Optional<Precision> faster = new OnednnProvider().fasterPrecision();
    assertTrue(
        faster.isEmpty()
            || faster.get() == Precision.BFLOAT16 && Library.get().multipliesBfloat16(),
        "recommends " + faster);
  }

  @Test
  void roundsToTheNearestBfloat16() {
    float step = 1 / 128f;
    assertEquals(1, Element.widen(Element.round(1)));
    assertEquals(1, Element.widen(Element.round(1 + step * 0.49f)));
    assertEquals(1, Element.widen(Element.round(1 + step * 0.5f)), "the even one of two");
    assertEquals(1 + 2 * step, Element.widen(Element.round(1 + step * 1.5f)));
    assertEquals(-1 - step, Element.widen(Element.round(-1 - step * 0.51f)));
    assertEquals(Float.POSITIVE_INFINITY, Element.widen(Element.round(Float.MAX_VALUE)));
    assertEquals(0, Element.widen(Element.round(0)));
    assertTrue(Float.isNaN(Element.widen(Element.round(Float.NaN))));
    assertTrue(Float.isNaN(Element.widen(Element.round(Float.intBitsToFloat(0x7F800001)))));
  }

  /** Every convolution has values and a gradient of its own, as large as its output. */
  @Test
  void memoryIsToldByLayer() {
    BrainSketch sketch = inception();
    int edge = 128;
    try (OnednnEngine engine =
        new OnednnEngine(sketch.brain(), sketch.objective(), 2, Element.FLOAT32)) {
      Map<String, LayerMemory> layers = new HashMap<>();
      engine.memoryByLayer(edge, edge).forEach(layer -> layers.put(layer.layer(), layer));
      // 32 channels at half the size, rectified in place; the input's gradient is in blocks.
      assertEquals(32 * 64 * 64 * 4, layers.get("relu1").activationBytes());
      assertEquals(3 * edge * edge * 4, layers.get("data").activationBytes());
      assertTrue(layers.get("data").gradientBytes() >= 3 * edge * edge * 4);
      assertTrue(layers.get("pool1").otherBytes() > 0, "where the maxima were is kept");
      assertFalse(layers.containsKey("conv1"), "it is computed together with its rectifier");
      long sum =
          layers.values().stream()
              .mapToLong(
                  layer -> layer.activationBytes() + layer.gradientBytes() + layer.otherBytes())
              .sum();
      long arena = engine.bytesFor(edge, edge);
      assertTrue(sum > arena && sum < 10 * arena, sum + " bytes share " + arena);
    }
  }

  @Test
  void matricesAreMultipliedAndTimed() {
    try (MatrixProduct product = new MatrixProduct(2)) {
      product.round();
      float expected = 0;
      for (long k = 0; k < 2048; k++) {
        expected += ((5L * 2048 + k) % 7 - 3) * ((k * 2048 + 9) % 5 - 2);
      }
      assertEquals(expected, product.value(5, 9), 1e-3f);
      assertTrue(product.gigaflopPerSecond() > 0.1, "GFLOP/s: " + product.gigaflopPerSecond());
      assertTrue(product.gigaflopPerSecond() < 1e6, "GFLOP/s: " + product.gigaflopPerSecond());
    }
  }
}
