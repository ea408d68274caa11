package org.reverie.executor.cudnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reverie.executor.brain.Operation.Convolution;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.NotFiniteException;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.ReferenceEngine;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** What the contract does not reach: whole packs of channels, short values, memory. */
class EmulatedEngineTest {
  private static final int WIDTH = 45;
  private static final int HEIGHT = 38;

  static Stream<Arguments> objectives() {
    BrainSketch inception = Sketches.inception();
    float[] columns = BrainSketch.random("columns", 64 * 7, 30);
    return Stream.of(
        Arguments.of("last layer", inception.objective()),
        Arguments.of("concat alone", Objective.l2(inception.index("output"))),
        Arguments.of("before its rectifier", Objective.l2(inception.index("3x3"))),
        Arguments.of(
            "guide",
            new Objective(
                List.of(new Target(inception.index("output"), 1, new Drive.Guide(columns, 7))))),
        Arguments.of("a channel of one branch", channels(inception, "output", 20, 47)),
        Arguments.of("channels of two branches", channels(inception, "output", 3, 16, 63)),
        Arguments.of("channels that others read", channels(inception, "relu1", 0, 31)),
        Arguments.of(
            "several layers",
            new Objective(
                List.of(
                    new Target(inception.index("output"), 1, new Drive.Square()),
                    new Target(inception.index("last"), 2, new Drive.Square()),
                    new Target(inception.index("relu next"), 1, new Drive.Square())))));
  }

  /** Some channels of a layer, with weights 1, 2, 3 and so on. */
  private static Objective channels(BrainSketch sketch, String layer, int... channels) {
    int index = sketch.index(layer);
    float[] weights = new float[sketch.brain().layers().get(index).channels()];
    for (int i = 0; i < channels.length; i++) {
      weights[channels[i]] = i + 1;
    }
    return new Objective(List.of(new Target(index, 1, new Drive.Channels(weights))));
  }

  private static float[] input() {
    return BrainSketch.random("input", 3 * WIDTH * HEIGHT, 100);
  }

  private static double[] reference(Objective objective) {
    float[] input = input();
    double[] exact = new double[input.length];
    for (int i = 0; i < input.length; i++) {
      exact[i] = input[i];
    }
    return new ReferenceEngine(Sketches.inception().brain(), objective)
        .gradient(exact, WIDTH, HEIGHT);
  }

  private static float[] gradient(CudnnEngine engine, float[] input, int width, int height) {
    Window window = Sketches.whole(width, height);
    try (Session session = engine.compile(width, height)) {
      session.load(window, input);
      session.gradient(Roll.NONE, window.loadedRegion());
      float[] gradient = new float[input.length];
      session.readGradient(window.loadedRegion(), gradient);
      return gradient;
    }
  }

  private static CudnnEngine engine(Objective objective, Element element) {
    return new CudnnEngine(
        Sketches.inception().brain(), objective, element, EmulatedDevice.of(element));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("objectives")
  void packsOfChannelsGiveTheReference(String name, Objective objective) {
    try (CudnnEngine engine = engine(objective, Element.FLOAT32)) {
      double error = error(reference(objective), gradient(engine, input(), WIDTH, HEIGHT));
      assertTrue(error < 1e-4, "relative error " + error);
    }
  }

  /** 13 MB, more than is read at once. */
  @Test
  void activationsAreReadInPieces() {
    int width = 256;
    int height = 200;
    int outputs = 64;
    BrainSketch sketch = new BrainSketch("wide").convolution("conv", outputs, 1, 1, 0);
    Convolution conv = (Convolution) sketch.brain().layers().get(1).operation();
    float[] input = BrainSketch.random("wide input", 3 * width * height, 100);
    try (CudnnEngine engine =
        new CudnnEngine(
            sketch.brain(),
            sketch.objective(),
            Element.FLOAT32,
            EmulatedDevice.of(Element.FLOAT32))) {
      float[] found = engine.activations(input, width, height).get(0);
      int pixels = width * height;
      assertEquals(outputs * pixels, found.length);
      for (int output = 0; output < outputs; output++) {
        for (int pixel = 0; pixel < pixels; pixel++) {
          double expected = conv.bias()[output];
          for (int c = 0; c < 3; c++) {
            expected += (double) conv.weights()[3 * output + c] * input[c * pixels + pixel];
          }
          assertEquals(expected, found[output * pixels + pixel], 1e-3 + 1e-5 * Math.abs(expected));
        }
      }
    }
  }

  @Test
  void profileTellsOfEveryStepAndLeavesTheCanvas() {
    Objective objective = Objective.l2(Sketches.inception().index("last"));
    Window window = Sketches.whole(WIDTH, HEIGHT);
    try (CudnnEngine engine = engine(objective, Element.FLOAT32);
        CudnnSession session = (CudnnSession) engine.compile(WIDTH, HEIGHT)) {
      session.load(window, input());
      List<Step> steps = session.iterationSteps();
      String text = session.profile(Roll.NONE, 2).text(Map.of("forward conv1", "by hand"));
      assertTrue(
          text.contains("in %d steps one by one".formatted(steps.size() - 1)),
          "all but the last, which counts: " + text);
      for (String kind : List.of("forward convolutions", "backward products", "canvas_step")) {
        assertTrue(text.contains("  " + kind), kind + " in " + text);
      }
      double bytes = steps.stream().mapToDouble(Step::bytes).sum();
      assertTrue(text.contains(String.format(Locale.ROOT, "%.2f GB moved", bytes / 1e9)), text);
      float[] after = new float[input().length];
      session.readCanvas(window.loadedRegion(), after);
      assertArrayEquals(input(), after);
    }
  }

  private static CudnnEngine flexible(Objective objective, Element element) {
    return new CudnnEngine(
        Sketches.inception().brain(),
        objective,
        element,
        EmulatedDevice.of(EmulatedDevice.precise(element), Long.MAX_VALUE, true, true));
  }

  /** Slices and hanging windows change where values lie, and none of the sums. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("objectives")
  void flexibleConvolutionsGiveTheSameBytes(String name, Objective objective) {
    try (CudnnEngine ordinary = engine(objective, Element.FLOAT32);
        CudnnEngine flexible = flexible(objective, Element.FLOAT32)) {
      assertArrayEquals(
          gradient(ordinary, input(), WIDTH, HEIGHT), gradient(flexible, input(), WIDTH, HEIGHT));
    }
  }

  private static List<Step.Convolution> convolutions(CudnnEngine engine) {
    return engine.write(WIDTH, HEIGHT).steps().stream()
        .filter(Step.Convolution.class::isInstance)
        .map(Step.Convolution.class::cast)
        .toList();
  }

  @Test
  void flexibleConvolutionsNeedNoCopies() {
    Objective objective = Sketches.inception().objective();
    try (CudnnEngine ordinary = engine(objective, Element.FLOAT32);
        CudnnEngine flexible = flexible(objective, Element.FLOAT32)) {
      assertTrue(convolutions(ordinary).stream().allMatch(Step.Convolution::isOrdinary));
      List<Step.Convolution> unusual =
          convolutions(flexible).stream().filter(step -> !step.isOrdinary()).toList();
      assertEquals(
          List.of("forward relu 3x3", "backward relu1"),
          unusual.stream().map(Step.Convolution::name).toList());
      Step.Convolution slice = unusual.get(0);
      assertEquals(32, slice.to().channels());
      assertEquals(64, slice.to().pitch());
      assertTrue(slice.rectified());
      // Blocks of 4 x 4 pixels cover 45 x 38 of them.
      Tensor blocks = unusual.get(1).to();
      assertEquals(new Shape(48, 10, 12), blocks.shape());
    }
  }

  /** Of the bounds that a rounded precision must keep: 0.1 relative, a cosine of 0.995. */
  @ParameterizedTest
  @EnumSource(
      value = Element.class,
      names = {"FLOAT16", "BFLOAT16"})
  void shortValuesAreNear(Element element) {
    Objective objective = Objective.l2(Sketches.inception().index("output"));
    double[] expected = reference(objective);
    try (CudnnEngine engine = engine(objective, element)) {
      float[] actual = gradient(engine, input(), WIDTH, HEIGHT);
      double product = 0;
      double square = 0;
      double norm = 0;
      for (int i = 0; i < actual.length; i++) {
        product += actual[i] * expected[i];
        square += (double) actual[i] * actual[i];
        norm += expected[i] * expected[i];
      }
      double cosine = product / Math.sqrt(square * norm);
      assertTrue(cosine > 0.99, "cosine " + cosine);
      double error = error(expected, actual);
      assertTrue(error > 1e-5, "these values were not rounded: " + error);
    }
  }

  private static double error(double[] expected, float[] actual) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  @Test
  void everyKindOfStepIsVectored() {
    EmulatedDevice device = EmulatedDevice.of(Element.FLOAT32);
    try (CudnnEngine engine =
        new CudnnEngine(
            Sketches.inception().brain(),
            Sketches.inception().objective(),
            Element.FLOAT32,
            device)) {
      gradient(engine, input(), WIDTH, HEIGHT);
      assertTrue(
          new HashSet<>(device.launched())
              .containsAll(
                  List.of(
                      "rectify_v",
                      "unrectify_v",
                      "pool_maximum_v",
                      "pool_maximum_back_v",
                      "normalise_v",
                      "normalise_back_v")),
          device.launched().toString());
    }
  }

  /** The arena and the session's own buffers, no more and no less. */
  @ParameterizedTest
  @CsvSource({"45, 38", "128, 96", "101, 203"})
  void bytesAreExact(int width, int height) {
    EmulatedDevice device = EmulatedDevice.of(Element.FLOAT32);
    Objective objective = Sketches.inception().objective();
    try (CudnnEngine engine =
        new CudnnEngine(Sketches.inception().brain(), objective, Element.FLOAT32, device)) {
      long said = engine.bytesFor(width, height);
      assertEquals(0, device.usedBytes(), "asking allocates nothing");
      Program program = engine.write(width, height);
      try (Session session = engine.compile(width, height)) {
        long weights = program.weights().stream().mapToLong(WeightForm::bytes).sum();
        long used = device.usedBytes() - weights;
        assertTrue(
            used <= said && used > said - 6 * Program.LAYOUT.alignmentBytes(),
            used + " of " + said);
        Window window = Sketches.whole(width, height);
        session.load(window, input(new int[] {width, height}));
        session.gradient(Roll.NONE, window.loadedRegion());
        assertEquals(used + weights, device.usedBytes(), "computing allocates nothing");
      }
    }
    assertEquals(0, device.usedBytes());
  }

  private static float[] input(int[] size) {
    return BrainSketch.random("sized", 3 * size[0] * size[1], 100);
  }

  /** A window of 1.5 times another's size does not take the memory of both. */
  @Test
  void sessionsShareTheirArena() {
    EmulatedDevice device = EmulatedDevice.of(Element.FLOAT32);
    Objective objective = Sketches.inception().objective();
    float[] first = input(new int[] {64, 64});
    float[] second = input(new int[] {96, 64});
    try (CudnnEngine engine =
            new CudnnEngine(Sketches.inception().brain(), objective, Element.FLOAT32, device);
        Session small = engine.compile(64, 64)) {
      Window smallWindow = Sketches.whole(64, 64);
      small.load(smallWindow, first);
      final double before = small.gradient(Roll.NONE, smallWindow.loadedRegion());
      long alone = device.usedBytes();
      try (Session large = engine.compile(96, 64)) {
        Window window = Sketches.whole(96, 64);
        large.load(window, second);
        large.gradient(Roll.NONE, window.loadedRegion());
        long arena = engine.write(96, 64).arenaBytes() - engine.write(64, 64).arenaBytes();
        assertEquals(alone + arena + SessionBuffersOf.bytes(96, 64), device.usedBytes());
        // Its recording pointed to an arena that is gone.
        assertEquals(before, small.gradient(Roll.NONE, smallWindow.loadedRegion()));
      }
    }
  }

  /** The exact bytes of a session's own buffers, without rounding up. */
  private static final class SessionBuffersOf {
    static long bytes(int width, int height) {
      EmulatedDevice device = EmulatedDevice.of(Element.FLOAT32);
      try (SessionBuffers buffers = new SessionBuffers(device, width, height)) {
        assertTrue(buffers.loadedWidth() > width);
        return device.usedBytes();
      }
    }
  }

  @Test
  void tooLittleMemoryIsSaidAndLeavesNothingBehind() {
    EmulatedDevice device = EmulatedDevice.of(Precision.FLOAT32, 4 << 20, true, false);
    Objective objective = Sketches.inception().objective();
    try (CudnnEngine engine =
        new CudnnEngine(Sketches.inception().brain(), objective, Element.FLOAT32, device)) {
      assertTrue(engine.bytesFor(512, 512) > 4 << 20);
      assertThrows(OutOfDeviceMemoryException.class, () -> engine.compile(512, 512));
      // A smaller window still fits.
      gradient(engine, input(), WIDTH, HEIGHT);
    }
    assertEquals(0, device.usedBytes());
  }

  /** Neither the libraries nor the kernels number more, whatever way a convolution takes. */
  @Test
  void windowsWithMoreThanTwoBillionValuesAreTooLarge() {
    try (CudnnEngine engine = flexible(Sketches.inception().objective(), Element.FLOAT16)) {
      // The first layer has 32 channels at half the size.
      assertTrue(engine.bytesFor(16_000, 16_000) < Long.MAX_VALUE);
      assertEquals(Long.MAX_VALUE, engine.bytesFor(17_000, 17_000));
    }
  }

  @Test
  void moreIterationsThanAreQueuedAtOnce() {
    BrainSketch sketch = new BrainSketch("many").convolution("a", 4, 3, 2, 1).relu("r");
    Window window = Sketches.whole(16, 12);
    float[] canvas = BrainSketch.random("many", 3 * 16 * 12, 100);
    List<Roll> rolls = new ArrayList<>();
    float[] factors = new float[SessionBuffers.MOST_ITERATIONS + 6];
    for (int i = 0; i < factors.length; i++) {
      rolls.add(new Roll(i % 5 - 2, i % 7 - 3));
      factors[i] = 1e-5f * (i + 1);
    }
    Clip clip = Clip.none();
    try (CudnnEngine engine =
            new CudnnEngine(
                sketch.brain(),
                sketch.objective(),
                Element.FLOAT32,
                EmulatedDevice.of(Element.FLOAT32));
        Session run = engine.compile(16, 12);
        Session turns = engine.compile(16, 12)) {
      run.load(window, canvas);
      turns.load(window, canvas);
      Scaling scaling = new Scaling.Given(factors);
      double[] sums = run.run(rolls, scaling, window.loadedRegion(), clip);
      for (int i = 0; i < sums.length; i++) {
        assertEquals(sums[i], turns.gradient(rolls.get(i), window.loadedRegion()));
        turns.step(factors[i], clip);
      }
      float[] one = new float[canvas.length];
      float[] other = new float[canvas.length];
      run.readCanvas(window.loadedRegion(), one);
      turns.readCanvas(window.loadedRegion(), other);
      assertArrayEquals(one, other);
    }
  }

  /** The second gradient overflows: the run says so, and the canvas is that of the first step. */
  @Test
  void aRunStopsWhereItIsNoLongerFinite() {
    BrainSketch sketch =
        new BrainSketch("burst").convolution("a", 4, 3, 1, 1).layer("square", new Power(2, 1, 0));
    Window window = Sketches.whole(12, 10);
    float[] canvas = BrainSketch.random("burst", 3 * 12 * 10, 100);
    float[] factors = {1e6f, 1e6f, 1e6f};
    try (CudnnEngine engine =
            new CudnnEngine(
                sketch.brain(),
                sketch.objective(),
                Element.FLOAT32,
                EmulatedDevice.of(Element.FLOAT32));
        Session session = engine.compile(12, 10)) {
      session.load(window, canvas);
      NotFiniteException thrown =
          assertThrows(
              NotFiniteException.class,
              () ->
                  session.run(
                      List.of(Roll.NONE, Roll.NONE, Roll.NONE),
                      new Scaling.Given(factors),
                      window.loadedRegion(),
                      Clip.none()));
      assertEquals(1, thrown.iteration());
      float[] left = new float[canvas.length];
      session.readCanvas(window.loadedRegion(), left);
      for (float value : left) {
        assertTrue(Float.isFinite(value), "value " + value);
      }
    }
  }

  /** A window may load more than its own size and margin. */
  @Test
  void windowsThatLoadFarMoreThanTheySee() {
    int stride = 128;
    BrainSketch sketch = new BrainSketch("far").convolution("a", 4, 3, 1, 1).relu("r");
    WindowAxis axis = new WindowAxis(Border.MIRROR, 1000, 128, 64, 20, 200, stride);
    Window window = new Window(axis, axis);
    float[] canvas = BrainSketch.random("far", 3 * 200 * 200, 100);
    try (CudnnEngine engine =
            new CudnnEngine(
                sketch.brain(),
                sketch.objective(),
                Element.FLOAT32,
                EmulatedDevice.of(Element.FLOAT32));
        Session session = engine.compile(64, 64);
        Session oracle = new ReferenceEngine(sketch.brain(), sketch.objective()).compile(64, 64)) {
      session.load(window, canvas);
      oracle.load(window, canvas);
      double expected = oracle.gradient(new Roll(9, 77), window.loadedRegion());
      assertEquals(
          expected, session.gradient(new Roll(9, 77), window.loadedRegion()), 1e-4 * expected);
    }
  }

  @Test
  void roofIsTheLargerOfTwoTimes() {
    CudnnEngine engine =
        engine(Objective.l2(Sketches.inception().index("output")), Element.FLOAT32);
    try (DeviceRoof roof = new DeviceRoof(engine, 64, 64, 64, 64, 64)) {
      roof.round();
      assertTrue(roof.seconds() > 0);
      assertTrue(roof.description().contains("GB/s"), roof.description());
      // Every convolution forward, and back but for what the objective's own layer needs not.
      double conv1 = 2.0 * 32 * 32 * 32 * 3 * 49;
      assertTrue(roof.operations() > 2 * conv1, "operations " + roof.operations());
    }
  }

  /** A product of zeros, or of whatever memory holds, would take another time than a network's. */
  @ParameterizedTest
  @EnumSource(Element.class)
  void roofMultipliesAndCopiesNoise(Element element) {
    List<Float> uploaded = new ArrayList<>();
    Device emulated = EmulatedDevice.of(element);
    Device.Stream inner = emulated.stream();
    Device.Stream stream =
        proxy(
            Device.Stream.class,
            (method, arguments) -> {
              if (method.getName().equals("upload")) {
                ByteBuffer bytes = ((ByteBuffer) arguments[1]).duplicate();
                bytes.order(ByteOrder.nativeOrder());
                while (bytes.hasRemaining()) {
                  uploaded.add(element.decode(bytes));
                }
              }
              return method.invoke(inner, arguments);
            });
    Device device =
        proxy(
            Device.class,
            (method, arguments) ->
                method.getName().equals("stream") ? stream : method.invoke(emulated, arguments));
    BrainSketch sketch = Sketches.inception();
    CudnnEngine engine = new CudnnEngine(sketch.brain(), sketch.objective(), element, device);
    try (DeviceRoof roof = new DeviceRoof(engine, 64, 64, 64, 48, 64)) {
      roof.round();
    }
    assertEquals((64 + 48) * 64, uploaded.size());
    assertTrue(uploaded.stream().allMatch(value -> value != 0 && Math.abs(value) <= 1));
    assertTrue(uploaded.stream().distinct().count() > 200);
  }

  private interface Call {
    Object of(Method method, Object[] arguments) throws ReflectiveOperationException;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> call.of(method, arguments)));
  }
}
