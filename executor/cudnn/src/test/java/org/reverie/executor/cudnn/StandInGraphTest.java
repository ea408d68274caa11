package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cudart.cudaDeviceReset;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_DIMENSIONS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_UNIQUE_ID;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_VARIANT_PACK_WORKSPACE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_TENSOR_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_DATA_TYPE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.ReferenceEngine;
import org.reverie.executor.engine.Session;
import org.reverie.executor.engine.arena.Block;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/**
 * Convolutions as graphs over the stand-ins for NVIDIA's libraries; skipped where they are not
 * used.
 */
class StandInGraphTest {
  /** What the stand-in names, and the engine's rules must not take. */
  private static final List<String> FORBIDDEN =
      List.of("engine 4 ", "engine 52 ", "engine 58 ", "engine 61 ", "2147483648 bytes");

  private final CudnnProvider provider = provider();

  private static CudnnProvider provider() {
    Assumptions.assumeTrue(StandIns.areUsed(), "no stand-ins are asked for");
    Assumptions.assumeTrue(
        CudaConvolutions.Interfaces.chosen() == CudaConvolutions.Interfaces.GRAPH,
        "graphs are not asked for");
    return CudnnContractTest.available();
  }

  @BeforeEach
  void onTheFirstDevice() {
    assertEquals(0, cudaSetDevice(0));
  }

  @AfterEach
  void nothingWasMisused() {
    StandInTest.endWithoutMisuse();
  }

  private CudnnEngine open(BrainSketch sketch, Precision precision) {
    return (CudnnEngine)
        provider.open(sketch.brain(), sketch.objective(), new Options(1, 0, precision));
  }

  private static float[] gradient(Engine engine, float[] input, int width, int height) {
    Window window = Sketches.whole(width, height);
    try (Session session = engine.compile(width, height)) {
      session.load(window, input);
      session.gradient(Roll.NONE, window.loadedRegion());
      float[] gradient = new float[input.length];
      session.readGradient(window.loadedRegion(), gradient);
      return gradient;
    }
  }

  private static boolean isGraph(String decision) {
    return decision.startsWith("cuDNN's graph, ");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void plansAreTakenByTheRules(Precision precision) {
    try (CudnnEngine engine = open(Sketches.inception(), precision)) {
      for (int width = 40; width < 48; width++) {
        gradient(engine, new float[3 * width * 36], width, 36);
        List<String> graphs =
            engine.device().decisions().values().stream()
                .filter(StandInGraphTest::isGraph)
                .toList();
        for (String graph : graphs) {
          assertTrue(FORBIDDEN.stream().noneMatch(graph::contains), graph);
          if (precision == Precision.FLOAT32) {
            assertFalse(graph.contains("tensor cores"), graph);
          }
        }
        assertTrue(graphs.stream().anyMatch(graph -> graph.contains("fused")), graphs.toString());
        assertTrue(graphs.size() >= 2, graphs.toString());
      }
    }
  }

  /** Plans that cannot be made, and plans that cannot be executed: the older calls do it then. */
  @Test
  void refusedPlansFallBack() {
    BrainSketch sketch =
        new BrainSketch("refusals")
            .convolution("a", 8, 3, 1, 1)
            .relu("relu a")
            .convolution("b", 6, 3, 2, 1)
            .relu("relu b")
            .convolution("c", 5, 5, 1, 2);
    Map<String, Integer> seen = new HashMap<>();
    try (CudnnEngine engine = open(sketch, Precision.FLOAT32)) {
      for (int width = 12; width < 36; width++) {
        int height = 12;
        float[] input = BrainSketch.random("refusals", 3 * width * height, 100);
        double[] exact = new double[input.length];
        for (int i = 0; i < input.length; i++) {
          exact[i] = input[i];
        }
        double[] expected =
            new ReferenceEngine(sketch.brain(), sketch.objective()).gradient(exact, width, height);
        float[] actual = gradient(engine, input, width, height);
        double norm = 0;
        double difference = 0;
        for (int i = 0; i < actual.length; i++) {
          norm += expected[i] * expected[i];
          difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        }
        assertTrue(Math.sqrt(difference / norm) < 1e-4, "at " + width);
        for (String how : engine.device().decisions().values()) {
          if (isGraph(how)) {
            seen.merge("graph", 1, Integer::sum);
          } else if (how.contains("algorithm") && how.contains("no graph: none of the ")) {
            seen.merge("no plan", 1, Integer::sum);
          } else if (how.contains("algorithm") && how.contains("its graph did not run")) {
            seen.merge("not executed", 1, Integer::sum);
          }
        }
      }
    }
    assertEquals(3, seen.size(), "not all of it happened: " + seen);
  }

  /**
   * A convolution by itself.
   *
   * @param sliced whether both sides are slices of wider blocks
   * @param hanging whether one end needs more zeros than the other
   */
  record Case(
      boolean transposed, boolean accumulate, boolean biased, boolean sliced, boolean hanging) {}

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int bits = 0; bits < 32; bits++) {
      Case one =
          new Case(
              (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0);
      if (!one.biased() || (!one.transposed() && !one.accumulate())) {
        cases.add(one);
      }
    }
    return cases;
  }

  /** Small whole numbers, which every precision but none of the forbidden engines keeps. */
  private static float[] numbers(String key, int count) {
    float[] values = BrainSketch.random(key, count, 3);
    for (int i = 0; i < count; i++) {
      values[i] = Math.round(values[i]);
    }
    return values;
  }

  /** A convolution in the device's memory, to be given back at the end. */
  private final class Alone implements AutoCloseable {
    private static final int FINE = 8;

    private final Case one;
    private final int coarse;
    private final Device device;
    private final Map<Object, Long> addresses = new HashMap<>();
    private final Step.Convolution step;
    private final float[] from;
    private final float[] before;
    private final float[] weights;
    private final float[] bias;

    Alone(Device device, Case one, int coarse) {
      this.device = device;
      this.one = one;
      this.coarse = coarse;
      int stride = one.hanging() ? 2 : 1;
      ConvolutionWindow window =
          new ConvolutionWindow(FINE, coarse, 3, 3, stride, stride, 1, 1, 1, 1, 1);
      Tensor fine = tensor("fine", FINE, one.hanging() ? 11 : 9, one.hanging() ? 9 : 7);
      Tensor other = tensor("coarse", coarse, one.hanging() ? 7 : 9, one.hanging() ? 5 : 7);
      Tensor source = one.transposed() ? other : fine;
      Tensor target = one.transposed() ? fine : other;
      int count = coarse * 9 * FINE;
      WeightForm form = new WeightForm("weights", Element.FLOAT32, count, true, () -> null);
      WeightForm added =
          one.biased() ? new WeightForm("bias", Element.FLOAT32, coarse, false, () -> null) : null;
      Step.Convolution plain =
          new Step.Convolution(
              one + " " + coarse,
              window,
              one.transposed(),
              source,
              form,
              added,
              one.biased(),
              target,
              one.accumulate());
      long bytes = device.workspaces().bytes(plain);
      this.step = plain.with(new Block("workspace", bytes));
      this.from = numbers("from", (int) (source.block().bytes() / Float.BYTES));
      this.before = numbers("before", (int) (target.block().bytes() / Float.BYTES));
      this.weights = numbers("weights", count);
      this.bias = numbers("bias", coarse);
      upload(source.block(), from);
      upload(target.block(), before);
      upload("weights", weights);
      if (one.biased()) {
        upload("bias", bias);
      }
      if (bytes > 0) {
        addresses.put(step.workspace(), device.allocate(bytes));
      }
    }

    private Tensor tensor(String name, int channels, int height, int width) {
      int pitch = one.sliced() ? channels + 16 : channels;
      Tensor whole = Tensor.alone(name, Element.FLOAT32, new Shape(pitch, height, width));
      return one.sliced() ? whole.slice(8, channels) : whole;
    }

    private void upload(Object key, float[] values) {
      addresses.put(key, device.allocate((long) values.length * Float.BYTES));
      device.upload(addresses.get(key), Element.FLOAT32.encode(values));
    }

    private long address(Place place) {
      if (place instanceof Place.Arena arena) {
        return addresses.get(arena.block()) + arena.offsetBytes();
      }
      // Kernels of our own take the same bias in a form of another name.
      return place instanceof Place.Weights of
          ? addresses.get(of.form().multiplied() ? "weights" : "bias")
          : 0;
    }

    /** Writes what was there at first. */
    void reset(Device.Stream stream) {
      stream.upload(addresses.get(step.to().block()), before);
    }

    void check(Device.Stream stream, int times) {
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(before.length * Float.BYTES).order(ByteOrder.nativeOrder());
      stream.download(addresses.get(step.to().block()), bytes);
      float[] actual = new float[before.length];
      bytes.clear().asFloatBuffer().get(actual);
      for (int i = 0; i < actual.length; i++) {
        // Of -0 it makes 0, which is the same to who reads it.
        actual[i] += 0f;
      }
      assertArrayEquals(expected(times), actual, step.name());
    }

    private float[] expected(int times) {
      float[] values = before.clone();
      for (int i = 0; i < values.length; i++) {
        values[i] += 0f;
      }
      Tensor target = step.to();
      for (int position = 0; position < target.positions(); position++) {
        for (int c = 0; c < target.channels(); c++) {
          int y = position / target.width();
          int x = position % target.width();
          float sum = one.transposed() ? back(c, y, x) : forward(c, y, x);
          int at = at(target, c, y, x);
          if (one.accumulate()) {
            values[at] += times * sum;
          } else {
            values[at] = one.biased() ? Math.max(0, sum + bias[c]) : sum + 0f;
          }
        }
      }
      return values;
    }

    private int at(Tensor tensor, int c, int y, int x) {
      return tensor.first() + c + tensor.pitch() * (y * tensor.width() + x);
    }

    private float forward(int o, int y, int x) {
      float sum = 0;
      for (int tap = 0; tap < 9; tap++) {
        int row = y * step.window().strideHeight() - 1 + tap / 3;
        int column = x * step.window().strideWidth() - 1 + tap % 3;
        if (inside(step.from(), row, column)) {
          for (int c = 0; c < FINE; c++) {
            sum += weights[(o * 9 + tap) * FINE + c] * from[at(step.from(), c, row, column)];
          }
        }
      }
      return sum;
    }

    private float back(int c, int y, int x) {
      float sum = 0;
      int stride = step.window().strideHeight();
      for (int tap = 0; tap < 9; tap++) {
        int row = y + 1 - tap / 3;
        int column = x + 1 - tap % 3;
        if (row % stride == 0
            && column % stride == 0
            && inside(step.from(), row / stride, column / stride)
            && row >= 0
            && column >= 0) {
          for (int o = 0; o < coarse; o++) {
            sum +=
                weights[(o * 9 + tap) * FINE + c]
                    * from[at(step.from(), o, row / stride, column / stride)];
          }
        }
      }
      return sum;
    }

    private boolean inside(Tensor tensor, int row, int column) {
      return row >= 0 && column >= 0 && row < tensor.height() && column < tensor.width();
    }

    @Override
    public void close() {
      addresses.values().forEach(device::free);
    }
  }

  /** Replays do what was recorded, to the bit, and nothing beside a slice is touched. */
  @ParameterizedTest
  @MethodSource("cases")
  void graphsAreRecordedAndReplayed(Case one) {
    boolean ordinary = !one.sliced() && !one.hanging();
    for (Precision precision : List.of(Precision.TF32, Precision.FLOAT32)) {
      int graphs = 0;
      try (CudnnEngine engine = open(Sketches.inception(), precision);
          Device.Stream stream = engine.device().stream()) {
        for (int coarse = 8; coarse <= 64; coarse += 8) {
          try (Alone alone = new Alone(engine.device(), one, coarse)) {
            try (Device.Recording recording = stream.record(List.of(alone.step), alone::address)) {
              alone.reset(stream);
              recording.replay();
              recording.replay();
              alone.check(stream, 2);
            }
            String how = engine.device().decisions().get(alone.step.name());
            if (isGraph(how)) {
              graphs++;
              assertTrue(ordinary || how.contains("tensor cores"), how);
              long most = Math.min(alone.step.from().bytes(), alone.step.to().bytes());
              assertTrue(!one.sliced() || alone.step.workspace().bytes() < most, how);
            }
          }
        }
      }
      if (ordinary || precision == Precision.TF32) {
        assertTrue(graphs >= 3, graphs + " were graphs in " + precision);
      } else {
        assertEquals(0, graphs, "only tensor cores are worth it");
      }
    }
  }

  /** Eight rounds, and the one that makes it ready. */
  @Test
  void timesAreOfWorkThatIsDone() {
    try (CudnnEngine engine = open(Sketches.inception(), Precision.TF32);
        Device.Stream stream = engine.device().stream();
        Alone alone = new Alone(engine.device(), new Case(false, true, false, false, false), 16)) {
      double[] seconds = stream.time(List.of(alone.step), alone::address, 8);
      assertEquals(1, seconds.length);
      assertTrue(seconds[0] > 0 && seconds[0] < 1, seconds[0] + " s");
      alone.check(stream, 9);
    }
  }

  private static void assertMisuse(Consumer<BackendDescriptor> use) {
    try (BackendDescriptor descriptor = new BackendDescriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR)) {
      assertThrows(RefusedException.class, () -> use.accept(descriptor));
      assertThrows(
          RefusedException.class, () -> new BackendDescriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR));
    }
    cudaDeviceReset();
  }

  @Test
  void misuseIsFound() {
    assertMisuse(BackendDescriptor::finish);
    assertMisuse(tensor -> tensor.setNumbers(CUDNN_ATTR_TENSOR_UNIQUE_ID, 1, 2));
    assertMisuse(tensor -> tensor.setNumbers(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, 1));
    assertMisuse(
        tensor -> tensor.choose(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_DATA_TYPE, 16));
    assertMisuse(tensor -> tensor.number(CUDNN_ATTR_TENSOR_DIMENSIONS));
    try (BackendDescriptor pack = new BackendDescriptor(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR)) {
      pack.setNumbers(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, 1)
          .setAddresses(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, 4096)
          .setAddresses(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, 0)
          .finish();
      assertThrows(
          RefusedException.class, () -> pack.setNumbers(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, 2));
    }
    cudaDeviceReset();
  }
}
