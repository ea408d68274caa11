package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cudart.cudaDeviceReset;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/** Calls that fail when a test says so: a dream goes another way, says so, and is the same. */
class StandInFaultsTest {
  private static final int WIDTH = 40;
  private static final int HEIGHT = 36;

  private final CudnnProvider provider = provider();

  /** What the stand-ins look for; they read it at every call. */
  private final Path faults =
      Path.of(System.getenv("STAND_IN_FAULTS") + "." + ProcessHandle.current().pid());

  private static CudnnProvider provider() {
    Assumptions.assumeTrue(StandIns.areUsed(), "no stand-ins are asked for");
    Assumptions.assumeTrue(System.getenv("STAND_IN_FAULTS") != null, "no faults can be asked for");
    return CudnnContractTest.available();
  }

  @BeforeEach
  void onTheFirstDevice() {
    assertEquals(0, cudaSetDevice(0));
  }

  @AfterEach
  void nothingWasMisused() throws IOException {
    Files.deleteIfExists(faults);
    StandInTest.endWithoutMisuse();
  }

  private CudnnEngine open(Objective objective) {
    return (CudnnEngine)
        provider.open(
            Sketches.inception().brain(), objective, new Options(1, 0, Precision.FLOAT32));
  }

  private static float[] dream(Engine engine) {
    float[] canvas = BrainSketch.random("canvas", 3 * WIDTH * HEIGHT, 100);
    Window window = Sketches.whole(WIDTH, HEIGHT);
    try (Session session = engine.compile(WIDTH, HEIGHT)) {
      session.load(window, canvas);
      session.run(
          List.of(new Roll(3, 1), Roll.NONE, new Roll(0, 2)),
          new Scaling.OwnMean(1.5f, canvas.length),
          window.loadedRegion(),
          Clip.none());
      session.readCanvas(window.loadedRegion(), canvas);
    }
    return canvas;
  }

  /** What CUDA says of graphs that it cannot make; everything else is done as before. */
  @ParameterizedTest
  @CsvSource({
    "cudaStreamBeginCapture, 801, always",
    "cudaStreamEndCapture, 901, always",
    "cudaGraphInstantiate, 801, always",
    "cudaGraphLaunch, 801, always",
    // Every launch of a kernel spoils a recording, so that no step may be recorded.
    "cuLaunchKernel, 900, recorded"
  })
  void withoutGraphsStepsAreQueuedOneByOne(String function, int status, String condition)
      throws IOException {
    Objective objective = Sketches.inception().objective();
    float[] expected;
    try (CudnnEngine engine = open(objective)) {
      expected = dream(engine);
      assertFalse(engine.device().decisions().containsKey(CudaDevice.RECORDING));
    }
    try (CudnnEngine engine = open(objective)) {
      Files.writeString(faults, "%s %d %s%n".formatted(function, status, condition));
      assertArrayEquals(expected, dream(engine));
      String how = engine.device().decisions().get(CudaDevice.RECORDING);
      assertTrue(how != null && how.contains("slower"), how);
    }
  }

  /** A library that cannot be recorded costs its own steps, and no others. */
  @Test
  void whatCannotBeRecordedIsQueuedBetweenGraphs() throws IOException {
    Objective objective = Sketches.inception().objective();
    float[] expected;
    try (CudnnEngine engine = open(objective)) {
      expected = dream(engine);
    }
    try (CudnnEngine engine = open(objective)) {
      Files.writeString(faults, "cublasLtMatmul 14 recorded\n");
      assertArrayEquals(expected, dream(engine));
      String how = engine.device().decisions().get(CudaDevice.RECORDING);
      assertTrue(how != null && how.contains("steps are no part of a graph"), how);
    }
  }

  /** Without cuBLAS products are done by our own kernels, those with a guide's columns too. */
  @ParameterizedTest
  @CsvSource({
    "cublasLtMatmulAlgoGetHeuristic, 15",
    "cublasLtMatmul, 15",
    "cublasLtMatmulDescCreate, 15",
    "cublasLtMatrixLayoutCreate, 7"
  })
  void withoutProductsOfALibrary(String function, int status) throws IOException {
    BrainSketch sketch = Sketches.inception();
    float[] columns = BrainSketch.random("columns", 64 * 7, 30);
    for (Objective objective :
        List.of(
            sketch.objective(),
            new Objective(
                List.of(new Target(sketch.index("output"), 1, new Drive.Guide(columns, 7)))))) {
      float[] expected;
      try (CudnnEngine engine = open(objective)) {
        expected = dream(engine);
      }
      try (CudnnEngine engine = open(objective)) {
        Files.writeString(faults, "%s %d always%n".formatted(function, status));
        assertNear(expected, dream(engine));
        Map<String, String> decisions = engine.device().decisions();
        assertTrue(
            decisions.values().stream().noneMatch(how -> how.startsWith("cuBLAS")),
            decisions.toString());
      } finally {
        Files.deleteIfExists(faults);
      }
    }
  }

  /** Copies through memory that is not pinned wait, and copy the same. */
  @Test
  void withoutPinnedMemoryCopiesAreSlower() throws IOException {
    Objective objective = Sketches.inception().objective();
    float[] expected;
    try (CudnnEngine engine = open(objective)) {
      expected = dream(engine);
    }
    try (CudnnEngine engine = open(objective)) {
      Files.writeString(faults, "cudaHostAlloc 2 always\n");
      assertArrayEquals(expected, dream(engine));
      String how = engine.device().decisions().get("staging memory");
      assertTrue(how != null && how.contains("not pinned"), how);
    }
  }

  /** Whatever of cuDNN refuses, the next way takes over, at the end our own kernel. */
  @ParameterizedTest
  @CsvSource({
    "cudnnBackendSetAttribute, 3000, 'cuDNN, bias'",
    "cudnnBackendFinalize, 3000, 'cuDNN, bias'",
    "cudnnBackendGetAttribute, 3000, 'cuDNN, bias'",
    "cudnnBackendExecute, 5000, 'cuDNN, bias'",
    "cudnnBackendFinalize+cudnnSetTensor4dDescriptor, 3000, a kernel of our own",
    "cudnnBackendFinalize+cudnnSetConvolution2dDescriptor, 3000, a kernel of our own",
    "cudnnBackendFinalize+cudnnConvolutionForward+cudnnConvolutionBiasActivationForward+cudnnConvolutionBackwardData, 3000, a kernel of our own"
  })
  void withoutConvolutionsOfALibrary(String functions, int status, String way) throws IOException {
    Objective objective = Sketches.inception().objective();
    float[] expected;
    try (CudnnEngine engine = open(objective)) {
      expected = dream(engine);
    }
    StringBuilder lines = new StringBuilder();
    for (String function : functions.split("\\+")) {
      lines.append("%s %d always%n".formatted(function, status));
    }
    Files.writeString(faults, lines);
    try (CudnnEngine engine = open(objective)) {
      assertNear(expected, dream(engine));
      String how = engine.device().decisions().get("forward relu1");
      assertTrue(how.startsWith(way), how);
    }
  }

  /** No other way is tried on a device that is gone, and closing what was on it goes quietly. */
  @ParameterizedTest
  @CsvSource({
    "cudaMemcpyAsync, 214",
    "cudaMalloc, 719",
    "cuLaunchKernel, 700",
    "cudaGraphLaunch, 702",
    "cudaStreamEndCapture, 716",
    "cudaStreamSynchronize, 719",
    "cudnnBackendExecute, 718",
    "cudaMemcpy2DAsync, 715",
    "cublasLtMatmul, 999"
  })
  void aLostDeviceIsSaidToBeLost(String function, int status) throws IOException {
    try (CudnnEngine engine = open(Sketches.inception().objective())) {
      Files.writeString(faults, "%s %d dies%n".formatted(function, status));
      DeviceLostException lost = assertThrows(DeviceLostException.class, () -> dream(engine));
      assertTrue(lost.getMessage().contains("must start anew"), lost.getMessage());
    } finally {
      Files.deleteIfExists(faults);
      cudaDeviceReset();
    }
  }

  /** An engine that had no memory for a window goes on with smaller ones. */
  @ParameterizedTest
  @ValueSource(strings = {"cudaMalloc 2", "cuLaunchKernel 2", "cudnnBackendExecute 4004"})
  void aGradientWithoutMemorySaysSo(String fault) throws IOException {
    Objective objective = Sketches.inception().objective();
    try (CudnnEngine engine = open(objective)) {
      float[] expected = dream(engine);
      Files.writeString(faults, fault + " always\n");
      assertThrows(OutOfDeviceMemoryException.class, () -> dream(engine));
      Files.deleteIfExists(faults);
      assertArrayEquals(expected, dream(engine));
    }
  }

  private static void assertNear(float[] expected, float[] actual) {
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
    }
    assertTrue(difference < 0.05, "off by " + difference + " grey levels");
  }
}
