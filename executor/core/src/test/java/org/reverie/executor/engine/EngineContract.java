package org.reverie.executor.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.tiling.Border;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * What every engine must do; an engine's module extends it. Values are held against the {@link
 * ReferenceEngine} within float32: activations 1e-5 of a blob's maximum, gradients 1e-4 relative
 * (l2).
 */
@ExtendWith(NamedFailures.class)
public abstract class EngineContract {
  /** One thread: these networks are too small for two, which would mostly wait for each other. */
  private static final Options OPTIONS = new Options(1, 0, Precision.FLOAT32);

  private static final Options TWO_THREADS = new Options(2, 0, Precision.FLOAT32);

  /** The engine under test. */
  protected abstract EngineProvider provider();

  static List<NetworkCase> networks() {
    return NetworkCase.all();
  }

  private Engine open(NetworkCase network) {
    return provider().open(network.brain(), network.objective(), OPTIONS);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void activationsAreTheReference(NetworkCase network) {
    float[] input = network.input();
    List<float[]> expected =
        new ReferenceEngine(network.brain(), network.objective())
            .activations(input, network.width(), network.height());
    try (Engine engine = open(network)) {
      List<float[]> actual = engine.activations(input, network.width(), network.height());
      assertEquals(expected.size(), actual.size());
      for (int t = 0; t < expected.size(); t++) {
        assertActivations(expected.get(t), actual.get(t));
      }
    }
  }

  private static void assertActivations(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    float largest = 1e-20f;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5f * largest, "value " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAreTheReference(NetworkCase network) {
    float[] input = network.input();
    int width = network.width();
    int height = network.height();
    double[] expected =
        new ReferenceEngine(network.brain(), network.objective())
            .gradient(ReferenceNetwork.doubles(input), width, height);
    try (Engine engine = open(network);
        Session session = engine.compile(width, height)) {
      Window window = whole(width, height);
      session.load(window, input);
      double sum = session.gradient(Roll.NONE, window.loadedRegion());
      float[] actual = gradient(session, window.loadedRegion());
      assertGradient(expected, actual, 1e-4);
      double expectedSum = Arrays.stream(expected).map(Math::abs).sum();
      assertEquals(expectedSum, sum, 1e-4 * expectedSum + 1e-12);
    }
  }

  /** The precisions of this engine, beside float32, in which all networks are tried. */
  protected List<Precision> rounded() {
    return List.of();
  }

  @TestFactory
  Stream<DynamicTest> roundedValuesAreNear() {
    return rounded().stream()
        .flatMap(
            precision ->
                networks().stream()
                    .map(
                        network ->
                            DynamicTest.dynamicTest(
                                precision + ", " + network, () -> assertNear(network, precision))));
  }

  /** An engine; where the machine does not have the precision, the test is skipped. */
  static Engine openOrSkip(
      EngineProvider provider, Brain brain, Objective objective, Options options) {
    try {
      return provider.open(brain, objective, options);
    } catch (UserException e) {
      Assumptions.assumeFalse(
          e.problems().get(0).code().equals("unsupported-precision"), e.getMessage());
      throw e;
    }
  }

  /**
   * With 8 significant bits a value is off by 2e-3 on average. A rectifier or a maximum that then
   * decides otherwise moves a gradient by as much as it is, and these networks have few values.
   */
  private void assertNear(NetworkCase network, Precision precision) {
    float[] input = network.input();
    int width = network.width();
    int height = network.height();
    ReferenceEngine reference = new ReferenceEngine(network.brain(), network.objective());
    List<float[]> exact = reference.activations(input, width, height);
    Options options = new Options(1, 0, precision);
    try (Engine engine = openOrSkip(provider(), network.brain(), network.objective(), options);
        Session session = engine.compile(width, height)) {
      List<float[]> activations = engine.activations(input, width, height);
      for (int t = 0; t < exact.size(); t++) {
        assertGradient(ReferenceNetwork.doubles(exact.get(t)), activations.get(t), 0.015);
      }
      boolean decides =
          network.brain().layers().stream()
              .map(Layer::operation)
              .anyMatch(o -> o instanceof Relu || o instanceof Pooling p && p.pool() == Pool.MAX);
      Window window = whole(width, height);
      session.load(window, input);
      session.gradient(Roll.NONE, window.loadedRegion());
      assertGradient(
          reference.gradient(ReferenceNetwork.doubles(input), width, height),
          gradient(session, window.loadedRegion()),
          decides ? 0.4 : 0.05);
    }
  }

  static void assertGradient(double[] expected, float[] actual, double tolerance) {
    double error = relativeError(expected, actual);
    assertTrue(error < tolerance, "relative l2 error " + error);
  }

  /** ||actual - expected|| / ||expected||; 0 where both are 0. */
  static double relativeError(double[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return difference == 0 ? 0 : Math.sqrt(difference / norm);
  }

  /** A network with stride 4, whose pooling grids show the phase. */
  private static BrainSketch sketch() {
    return new BrainSketch("session")
        .convolution("a", 4, 3, 2, 1)
        .relu("r")
        .layer("p", new Pooling(Pool.MAX, 3, 3, 2, 2, 0, 0, true))
        .convolution("b", 5, 3, 1, 1);
  }

  private static Window whole(int width, int height) {
    return new Window(
        new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1),
        new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1));
  }

  /**
   * The canvas x x x x x ... of {@code length} pixels with a mirrored border, one axis, stride 4:
   *
   * <pre>
   *   start -8      0                  length    start + 8 + ceil4(length) + 8
   *     m m m m m m c c c c c c c c c c c m m m m m m m
   * </pre>
   */
  private static WindowAxis mirrored(int length) {
    int input = 8 + (length + 3) / 4 * 4 + 8;
    return new WindowAxis(Border.MIRROR, length, -8, input, 0, length, 4);
  }

  @Test
  void mirroredWindowSeesReflectionsAndPhase() {
    Objective objective = sketch().objective();
    Window window = new Window(mirrored(21), mirrored(18));
    float[] canvas = BrainSketch.random("canvas", 3 * 21 * 18, 100);
    try (Engine engine = provider().open(sketch().brain(), objective, OPTIONS);
        Session session = engine.compile(window.x().length(), window.y().length())) {
      Session oracle =
          new ReferenceEngine(sketch().brain(), objective)
              .compile(window.x().length(), window.y().length());
      session.load(window, canvas);
      oracle.load(window, canvas);
      Region core = new Region(3, 2, 11, 9);
      List<float[]> gradients = new ArrayList<>();
      for (Roll roll : List.of(Roll.NONE, new Roll(1, 3), new Roll(-7, 6), new Roll(5, 7))) {
        double expected = oracle.gradient(roll, core);
        double actual = session.gradient(roll, core);
        assertEquals(expected, actual, 1e-4 * expected, "sum at " + roll);
        assertGradient(
            ReferenceNetwork.doubles(gradient(oracle, window.loadedRegion())),
            gradient(session, window.loadedRegion()),
            1e-4);
        gradients.add(gradient(session, window.loadedRegion()));
      }
      assertArrayEquals(gradients.get(1), gradients.get(3), "rolls of one phase");
      assertTrue(
          relativeError(ReferenceNetwork.doubles(gradients.get(0)), gradients.get(1)) > 1e-2,
          "a phase must matter");
    }
  }

  /**
   * Of a canvas that the window sees only in part, and in part only by its mirror image, the rest
   * has gradient 0.
   */
  @Test
  void unseenAndMirroredPixelsHaveNoGradient() {
    // Loaded -- columns 0..15 of 40 --, seen at roll 0: -4..11, so 12..15 are not seen at all, and
    // 1..4 are seen twice, once as mirror images that must not count.
    WindowAxis x = new WindowAxis(Border.MIRROR, 40, -4, 16, 0, 16, 4);
    WindowAxis y = new WindowAxis(Border.MIRROR, 40, 8, 16, 4, 20, 4);
    Window window = new Window(x, y);
    BrainSketch twice = new BrainSketch("twice").layer("t", new Power(1, 2, 0));
    float[] canvas = BrainSketch.random("part", 3 * 16 * 20, 100);
    try (Engine engine = provider().open(twice.brain(), twice.objective(), OPTIONS);
        Session session = engine.compile(16, 16)) {
      session.load(window, canvas);
      session.gradient(Roll.NONE, window.loadedRegion());
      float[] gradient = gradient(session, window.loadedRegion());
      for (int i = 0; i < gradient.length; i++) {
        boolean seen = i % 16 < 12 && i / 16 % 20 >= 4;
        assertEquals(seen ? 4 * canvas[i] : 0, gradient[i], 1e-3f, "value " + i);
      }
    }
  }

  /** Of 12 guide columns, region 0 has 5, region 1 one and region 2 six. */
  private static Objective regional() {
    float[] columns = BrainSketch.random("regional", 5 * 12, 30);
    return new Objective(
        List.of(
            new Objective.Target(
                sketch().index("b"), 0.5f, new Drive.Guide(columns, List.of(5, 6, 12)))));
  }

  /**
   * Regions are told by the pixel at the centre of what a position sees, mirror images included.
   */
  @Test
  void guidesByRegionAreTheReference() {
    Window window = new Window(mirrored(41), mirrored(38));
    float[] canvas = BrainSketch.random("canvas", 3 * 41 * 38, 100);
    byte[] halves = new byte[41 * 38];
    byte[] spots = new byte[41 * 38];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = (byte) (i % 41 < 19 ? 2 : 0);
      spots[i] = (byte) ((i % 41 / 7 + i / 41 / 5) % 3);
    }
    try (Engine engine = provider().open(sketch().brain(), regional(), OPTIONS);
        Session session = engine.compile(window.x().length(), window.y().length())) {
      Session oracle =
          new ReferenceEngine(sketch().brain(), regional())
              .compile(window.x().length(), window.y().length());
      List<float[]> gradients = new ArrayList<>();
      for (byte[] regions : List.of(halves, spots)) {
        for (Roll roll : List.of(Roll.NONE, new Roll(3, -2))) {
          for (Session each : List.of(oracle, session)) {
            each.load(window, canvas);
            each.regions(regions);
            each.gradient(roll, window.loadedRegion());
          }
          gradients.add(gradient(session, window.loadedRegion()));
          assertGradient(
              ReferenceNetwork.doubles(gradient(oracle, window.loadedRegion())),
              gradients.get(gradients.size() - 1),
              1e-4);
        }
      }
      assertTrue(
          relativeError(ReferenceNetwork.doubles(gradients.get(0)), gradients.get(2)) > 1e-2,
          "regions must matter");
    }
  }

  /** Regions last until the next canvas; without them the first guide is for all. */
  @Test
  void withoutRegionsTheFirstGuideIsForAll() {
    Window window = whole(26, 19);
    float[] canvas = BrainSketch.random("canvas", 3 * 26 * 19, 100);
    float[] columns = ((Drive.Guide) regional().targets().get(0).drive()).columns();
    float[] first = new float[5 * 5];
    for (int i = 0; i < first.length; i++) {
      first[i] = columns[i / 5 * 12 + i % 5];
    }
    Objective alone =
        new Objective(
            List.of(new Objective.Target(sketch().index("b"), 0.5f, new Drive.Guide(first, 5))));
    byte[] second = new byte[26 * 19];
    Arrays.fill(second, (byte) 1);
    try (Engine engine = provider().open(sketch().brain(), regional(), OPTIONS);
        Session session = engine.compile(26, 19);
        Engine single = provider().open(sketch().brain(), alone, OPTIONS);
        Session expected = single.compile(26, 19)) {
      expected.load(window, canvas);
      expected.gradient(Roll.NONE, window.loadedRegion());
      float[] wanted = gradient(expected, window.loadedRegion());
      session.load(window, canvas);
      session.regions(second);
      session.gradient(Roll.NONE, window.loadedRegion());
      assertTrue(
          relativeError(ReferenceNetwork.doubles(wanted), gradient(session, window.loadedRegion()))
              > 1e-2);
      session.load(window, canvas);
      session.gradient(Roll.NONE, window.loadedRegion());
      assertGradient(
          ReferenceNetwork.doubles(wanted), gradient(session, window.loadedRegion()), 1e-5);
      assertThrows(IllegalArgumentException.class, () -> session.regions(new byte[7]));
    }
  }

  /** A wrapped canvas rolled inside the session is the canvas rolled outside of it. */
  @Test
  void wrappedRollIsNumpyRoll() {
    int width = 23;
    int height = 18;
    float[] canvas = BrainSketch.random("torus", 3 * width * height, 100);
    Objective objective = sketch().objective();
    Roll roll = new Roll(-9, 31);
    try (Engine engine = provider().open(sketch().brain(), objective, OPTIONS);
        Session session = engine.compile(width, height)) {
      Window window = whole(width, height);
      session.load(window, rolled(canvas, width, height, roll));
      double expectedSum = session.gradient(Roll.NONE, window.loadedRegion());
      float[] expected =
          rolled(
              gradient(session, window.loadedRegion()),
              width,
              height,
              new Roll(-roll.x(), -roll.y()));
      session.load(window, canvas);
      double sum = session.gradient(roll, window.loadedRegion());
      assertArrayEquals(expected, gradient(session, window.loadedRegion()));
      assertEquals(expectedSum, sum, 1e-9 * expectedSum);
    }
  }

  static float[] rolled(float[] planes, int width, int height, Roll roll) {
    float[] out = new float[planes.length];
    for (int i = 0; i < planes.length; i++) {
      int x = Math.floorMod(i % width + roll.x(), width);
      int y = Math.floorMod(i / width % height + roll.y(), height);
      out[i / (width * height) * width * height + y * width + x] = planes[i];
    }
    return out;
  }

  @Test
  void sumIsOverTheCoreAlone() {
    Window window = whole(20, 17);
    try (Engine engine = provider().open(sketch().brain(), sketch().objective(), OPTIONS);
        Session session = engine.compile(20, 17)) {
      session.load(window, BrainSketch.random("core", 3 * 20 * 17, 100));
      Region core = new Region(5, 3, 7, 9);
      double sum = session.gradient(Roll.NONE, core);
      double expected = 0;
      for (float g : gradient(session, core)) {
        expected += Math.abs(g);
      }
      assertEquals(expected, sum, 1e-6 * expected);
      double whole = session.gradient(Roll.NONE, window.loadedRegion());
      assertTrue(whole > 1.5 * sum);
    }
  }

  @Test
  void regionsAreCutOutOfTheirPlanes() {
    Window window = whole(20, 17);
    float[] canvas = BrainSketch.random("regions", 3 * 20 * 17, 100);
    try (Engine engine = provider().open(sketch().brain(), sketch().objective(), OPTIONS);
        Session session = engine.compile(20, 17)) {
      session.load(window, canvas);
      session.gradient(Roll.NONE, window.loadedRegion());
      float[] whole = gradient(session, window.loadedRegion());
      for (Region region :
          List.of(new Region(0, 0, 1, 1), new Region(4, 5, 13, 2), new Region(19, 0, 1, 17))) {
        assertArrayEquals(cut(canvas, region, 20, 17), canvas(session, region));
        assertArrayEquals(cut(whole, region, 20, 17), gradient(session, region));
      }
    }
  }

  private static float[] cut(float[] planes, Region region, int width, int height) {
    float[] out = new float[3 * region.pixels()];
    int position = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = region.y(); y < region.y() + region.height(); y++) {
        for (int x = region.x(); x < region.x() + region.width(); x++) {
          out[position++] = planes[(c * height + y) * width + x];
        }
      }
    }
    return out;
  }

  @Test
  void stepAddsThenClips() {
    Window window = whole(20, 17);
    float[] canvas = BrainSketch.random("clip", 3 * 20 * 17, 100);
    Clip clip = new Clip(new float[] {-60, -50, -40}, new float[] {70, 80, 90});
    try (Engine engine = provider().open(sketch().brain(), sketch().objective(), OPTIONS);
        Session session = engine.compile(20, 17)) {
      session.load(window, canvas);
      double sum = session.gradient(Roll.NONE, window.loadedRegion());
      float factor = (float) (20 / (sum / canvas.length));
      float[] gradient = gradient(session, window.loadedRegion());
      session.step(factor, clip);
      float[] stepped = canvas(session, window.loadedRegion());
      int clipped = 0;
      for (int i = 0; i < stepped.length; i++) {
        int c = i / (20 * 17);
        float expected =
            Math.min(clip.high()[c], Math.max(clip.low()[c], canvas[i] + factor * gradient[i]));
        assertEquals(expected, stepped[i], 1e-4f, "value " + i);
        clipped += stepped[i] == clip.low()[c] || stepped[i] == clip.high()[c] ? 1 : 0;
      }
      assertTrue(clipped > 50 && clipped < stepped.length - 50, clipped + " clipped");
    }
  }

  @Test
  void runIsGradientAndStepInTurn() {
    Window window = new Window(mirrored(21), mirrored(18));
    float[] canvas = BrainSketch.random("run", 3 * 21 * 18, 100);
    List<Roll> rolls = List.of(new Roll(3, 1), new Roll(-2, 6), new Roll(0, 0));
    Clip clip = Clip.pixels(new float[] {104, 117, 123});
    Region core = new Region(2, 2, 15, 12);
    Scaling scaling = new Scaling.OwnMean(1.5f, 3L * core.pixels());
    try (Engine engine = provider().open(sketch().brain(), sketch().objective(), OPTIONS);
        Session run = engine.compile(window.x().length(), window.y().length());
        Session turns = engine.compile(window.x().length(), window.y().length())) {
      run.load(window, canvas);
      final double[] sums = run.run(rolls, scaling, core, clip);
      turns.load(window, canvas);
      double[] expected = new double[rolls.size()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = turns.gradient(rolls.get(i), core);
        turns.step(scaling.factor(i, expected[i]), clip);
      }
      assertArrayEquals(expected, sums);
      assertArrayEquals(canvas(turns, window.loadedRegion()), canvas(run, window.loadedRegion()));
    }
  }

  @Test
  void sameCallGivesSameBits() {
    int width = 61;
    int height = 53;
    BrainSketch sketch =
        new BrainSketch("bits")
            .convolution("a", 24, 7, 2, 3)
            .relu("r")
            .layer("p", new Pooling(Pool.MAX, 3, 3, 2, 2, 0, 0, true))
            .convolution("b", 40, 3, 1, 1)
            .relu("s")
            .convolution("c", 32, 1, 1, 0);
    Window window = whole(width, height);
    float[] canvas = BrainSketch.random("bits", 3 * width * height, 100);
    List<float[]> gradients = new ArrayList<>();
    for (int opening = 0; opening < 2; opening++) {
      try (Engine engine = provider().open(sketch.brain(), sketch.objective(), TWO_THREADS);
          Session session = engine.compile(width, height)) {
        for (int i = 0; i < 4; i++) {
          session.load(window, canvas);
          session.gradient(Roll.NONE, window.loadedRegion());
          gradients.add(gradient(session, window.loadedRegion()));
        }
      }
    }
    for (float[] gradient : gradients) {
      assertArrayEquals(gradients.get(0), gradient);
    }
  }

  @Test
  void overflowIsNotPassedOn() {
    BrainSketch sketch =
        new BrainSketch("overflow")
            .convolution("a", 4, 3, 1, 1)
            .layer("square", new Power(2, 1, 0))
            .layer("fourth", new Power(2, 1, 0));
    Window window = whole(12, 10);
    float[] canvas = new float[3 * 12 * 10];
    Arrays.fill(canvas, 1);
    try (Engine engine = provider().open(sketch.brain(), sketch.objective(), OPTIONS);
        Session session = engine.compile(12, 10)) {
      session.load(window, canvas);
      session.gradient(Roll.NONE, window.loadedRegion());
      Arrays.fill(canvas, 1e30f);
      session.load(window, canvas);
      NotFiniteException thrown =
          assertThrows(
              NotFiniteException.class, () -> session.gradient(Roll.NONE, window.loadedRegion()));
      assertEquals(0, thrown.iteration());
      assertArrayEquals(canvas, canvas(session, window.loadedRegion()));
    }
  }

  /** One corner overflows; the core is far away from it, but what is around it is stepped too. */
  @Test
  void overflowAroundTheCoreIsNotPassedOn() {
    BrainSketch sketch =
        new BrainSketch("corner")
            .convolution("a", 4, 3, 1, 1)
            .layer("square", new Power(2, 1, 0))
            .layer("fourth", new Power(2, 1, 0));
    Window window = whole(24, 20);
    float[] canvas = new float[3 * 24 * 20];
    Arrays.fill(canvas, 1);
    canvas[0] = 1e30f;
    Region core = new Region(12, 10, 8, 8);
    try (Engine engine = provider().open(sketch.brain(), sketch.objective(), OPTIONS);
        Session session = engine.compile(24, 20)) {
      session.load(window, canvas);
      assertThrows(NotFiniteException.class, () -> session.gradient(Roll.NONE, core));
      assertArrayEquals(canvas, canvas(session, window.loadedRegion()));
    }
  }

  @Test
  void sessionsOfOneEngineDoNotMeet() throws Exception {
    float[] first = BrainSketch.random("first", 3 * 20 * 17, 100);
    float[] second = BrainSketch.random("second", 3 * 20 * 17, 100);
    Window window = whole(20, 17);
    try (Engine engine = provider().open(sketch().brain(), sketch().objective(), OPTIONS);
        Session alone = engine.compile(20, 17)) {
      List<float[]> expected = new ArrayList<>();
      for (float[] canvas : List.of(first, second)) {
        alone.load(window, canvas);
        alone.gradient(Roll.NONE, window.loadedRegion());
        expected.add(gradient(alone, window.loadedRegion()));
      }
      List<Throwable> failures = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        float[] canvas = t == 0 ? first : second;
        float[] own = expected.get(t);
        threads.add(
            new Thread(
                () -> {
                  try (Session session = engine.compile(20, 17)) {
                    for (int i = 0; i < 10; i++) {
                      session.load(window, canvas);
                      session.gradient(Roll.NONE, window.loadedRegion());
                      assertArrayEquals(own, gradient(session, window.loadedRegion()));
                    }
                  } catch (Throwable e) {
                    synchronized (failures) {
                      failures.add(e);
                    }
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), failures);
    }
  }

  @Test
  void sessionsOfSeveralSizesShareAnEngine() {
    try (Engine engine = provider().open(sketch().brain(), sketch().objective(), OPTIONS)) {
      for (int round = 0; round < 2; round++) {
        for (int size : new int[] {16, 21, 33}) {
          float[] canvas = BrainSketch.random("size" + size, 3 * size * size, 100);
          Window window = whole(size, size);
          try (Session session = engine.compile(size, size)) {
            session.load(window, canvas);
            session.gradient(Roll.NONE, window.loadedRegion());
            assertGradient(
                new ReferenceEngine(sketch().brain(), sketch().objective())
                    .gradient(ReferenceNetwork.doubles(canvas), size, size),
                gradient(session, window.loadedRegion()),
                1e-4);
          }
        }
      }
    }
  }

  @Test
  void windowTooSmallIsTheUsersMistake() {
    BrainSketch sketch = new BrainSketch("small").convolution("deep", 4, 11, 4, 0);
    try (Engine engine = provider().open(sketch.brain(), sketch.objective(), OPTIONS)) {
      UserException thrown = assertThrows(UserException.class, () -> engine.compile(30, 10));
      assertTrue(thrown.getMessage().contains("deep"), thrown.getMessage());
      assertTrue(thrown.getMessage().contains("30 x 10"), thrown.getMessage());
      engine.compile(30, 11).close();
    }
  }

  @Test
  void windowMustFitTheSession() {
    try (Engine engine = provider().open(sketch().brain(), sketch().objective(), OPTIONS);
        Session session = engine.compile(20, 17)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> session.load(whole(17, 20), new float[3 * 20 * 17]));
      assertThrows(IllegalArgumentException.class, () -> session.load(whole(20, 17), new float[5]));
    }
  }

  @Test
  void closingTwiceIsHarmless() {
    Engine engine = provider().open(sketch().brain(), sketch().objective(), OPTIONS);
    Session session = engine.compile(20, 17);
    session.close();
    session.close();
    engine.close();
    engine.close();
  }

  @Test
  void bytesGrowWithTheWindow() {
    try (Engine engine = provider().open(sketch().brain(), sketch().objective(), OPTIONS)) {
      long small = engine.bytesFor(64, 64);
      long large = engine.bytesFor(256, 128);
      assertTrue(small > 3L * 64 * 64 * Float.BYTES, "bytes for 64 x 64: " + small);
      assertTrue(large > 4 * small, "bytes for 256 x 128: " + large);
    }
  }

  private static float[] gradient(Session session, Region region) {
    float[] out = new float[3 * region.pixels()];
    session.readGradient(region, out);
    return out;
  }

  private static float[] canvas(Session session, Region region) {
    float[] out = new float[3 * region.pixels()];
    session.readCanvas(region, out);
    return out;
  }
}
