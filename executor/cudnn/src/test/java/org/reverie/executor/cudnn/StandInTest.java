package org.reverie.executor.cudnn;

import static org.bytedeco.cuda.global.cudart.cudaDeviceReset;
import static org.bytedeco.cuda.global.cudart.cudaDeviceSynchronize;
import static org.bytedeco.cuda.global.cudart.cudaErrorIllegalAddress;
import static org.bytedeco.cuda.global.cudart.cudaErrorInvalidValue;
import static org.bytedeco.cuda.global.cudart.cudaErrorLaunchFailure;
import static org.bytedeco.cuda.global.cudart.cudaErrorStreamCaptureInvalidated;
import static org.bytedeco.cuda.global.cudart.cudaErrorStreamCaptureUnsupported;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMemcpy;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamCaptureModeRelaxed;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamEndCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reverie.executor.cudnn.Cuda.Address;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** What only the stand-ins for NVIDIA's libraries can tell; skipped where they are not used. */
class StandInTest {
  private static final int WIDTH = 40;
  private static final int HEIGHT = 36;

  @TempDir Path folder;

  private final CudnnProvider provider = provider();

  private static CudnnProvider provider() {
    Assumptions.assumeTrue(StandIns.areUsed(), "no stand-ins are asked for");
    return CudnnContractTest.available();
  }

  @BeforeEach
  void onTheFirstDevice() {
    assertEquals(0, cudaSetDevice(0));
  }

  /** A misuse whose status somebody passed over is found all the same, and ends with its test. */
  @AfterEach
  void nothingWasMisused() {
    endWithoutMisuse();
  }

  static void endWithoutMisuse() {
    int status = cudaDeviceSynchronize();
    for (int device = 0; device < 2; device++) {
      cudaSetDevice(device);
      cudaDeviceReset();
    }
    assertEquals(0, status);
  }

  private Engine open(int device, Precision precision) {
    BrainSketch sketch = Sketches.inception();
    return provider.open(sketch.brain(), sketch.objective(), new Options(1, device, precision));
  }

  private static float[] dream(Engine engine, int width, int height) {
    float[] canvas = BrainSketch.random("canvas", 3 * width * height, 100);
    Window window = Sketches.whole(width, height);
    try (Session session = engine.compile(width, height)) {
      session.load(window, canvas);
      session.run(
          List.of(new Roll(3, 1), Roll.NONE),
          new Scaling.OwnMean(1.5f, canvas.length),
          window.loadedRegion(),
          Clip.none());
      session.readCanvas(window.loadedRegion(), canvas);
    }
    return canvas;
  }

  /** All that lives takes memory of the first device here, so that nothing is left behind. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void allIsGivenBack(Precision precision) {
    long before = CudaMachine.freeBytes(0);
    try (Engine engine = open(0, precision)) {
      dream(engine, WIDTH, HEIGHT);
      engine.activations(new float[3 * WIDTH * HEIGHT], WIDTH, HEIGHT);
      assertTrue(CudaMachine.freeBytes(0) < before);
    }
    assertEquals(before, CudaMachine.freeBytes(0));
  }

  /** Weights stay for the next window; what a large one took is free for a smaller. */
  @Test
  void theLastSessionGivesBackAllButTheWeights() {
    try (Engine engine = open(0, Precision.FLOAT32)) {
      dream(engine, WIDTH, HEIGHT);
      long between = CudaMachine.freeBytes(0);
      dream(engine, 8 * WIDTH, 8 * HEIGHT);
      long kept = between - CudaMachine.freeBytes(0);
      // A few more forms of weights.
      long whole = engine.bytesFor(8 * WIDTH, 8 * HEIGHT);
      assertTrue(kept < whole / 20, "%d of %d bytes are kept".formatted(kept, whole));
    }
  }

  /** A larger window moves the buffers; what was queued for the old ones must be over. */
  @Test
  void aLargerWindowIsLoadedAtOnceAfterASmaller() {
    try (Engine engine = open(0, Precision.FLOAT32);
        Session session = engine.compile(WIDTH, HEIGHT)) {
      for (int more = 0; more <= 200; more += 40) {
        Window window =
            new Window(
                new WindowAxis(Border.MIRROR, 1000, 0, WIDTH, 0, WIDTH + more, 1),
                new WindowAxis(Border.MIRROR, 1000, 0, HEIGHT, 0, HEIGHT + more, 1));
        float[] canvas = new float[3 * window.loadedRegion().pixels()];
        canvas[canvas.length - 1] = more;
        session.load(window, canvas);
        if (more % 80 == 0) {
          float[] loaded = new float[canvas.length];
          session.readCanvas(window.loadedRegion(), loaded);
          assertArrayEquals(canvas, loaded);
        }
      }
    }
  }

  /** One records while another uploads weights, on one device and on two. */
  @Test
  void enginesSideBySide() throws Exception {
    float[] expected;
    try (Engine engine = open(0, Precision.TF32)) {
      expected = dream(engine, WIDTH, HEIGHT);
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<float[]>> dreams = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        int device = i % 3 / 2;
        Callable<float[]> dream =
            () -> {
              try (Engine engine = open(device, Precision.TF32)) {
                dream(engine, WIDTH + 8, HEIGHT);
                return dream(engine, WIDTH, HEIGHT);
              }
            };
        dreams.add(threads.submit(dream));
      }
      for (Future<float[]> dream : dreams) {
        assertArrayEquals(expected, dream.get());
      }
    } finally {
      threads.shutdownNow();
      assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
    }
  }

  /** Sessions of one engine on several threads share its arena, handles and weights. */
  @Test
  void sessionsSideBySide() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (Engine engine = open(1, Precision.FLOAT32)) {
      float[] expected = dream(engine, WIDTH, HEIGHT);
      List<Future<float[]>> dreams = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        int more = i % 4;
        dreams.add(
            threads.submit(
                () -> {
                  dream(engine, WIDTH + more, HEIGHT + more);
                  return dream(engine, WIDTH, HEIGHT);
                }));
      }
      for (Future<float[]> dream : dreams) {
        assertArrayEquals(expected, dream.get());
      }
    } finally {
      threads.shutdownNow();
      assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
    }
  }

  /** A device that NVRTC does not know gets text, which the driver translates. */
  @Test
  void kernelsThatTheDriverTranslates() {
    byte[] text = new KernelCompiler(folder).compile(Element.FLOAT32, 95);
    assertTrue(new String(text, StandardCharsets.US_ASCII).contains(".target sm_90"));
    BrainSketch sketch = Sketches.inception();
    CudaDevice device = new CudaDevice(0, Precision.FLOAT32, text);
    try (Engine engine =
            new CudnnEngine(sketch.brain(), sketch.objective(), Element.FLOAT32, device);
        Engine usual = open(0, Precision.FLOAT32)) {
      assertArrayEquals(dream(usual, WIDTH, HEIGHT), dream(engine, WIDTH, HEIGHT));
    }
  }

  @Test
  void kernelsThatAreNone() {
    long before = CudaMachine.freeBytes(0);
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () -> new CudaDevice(0, Precision.FLOAT32, new byte[] {1, 2, 3, 4}));
    assertTrue(thrown.getMessage().contains("INVALID_IMAGE"), thrown.getMessage());
    assertEquals(before, CudaMachine.freeBytes(0));
  }

  /** Wherever memory runs out, all that was had by then comes back. */
  @Test
  void memoryThatRunsOutSomewhere() {
    try (Engine engine = open(0, Precision.FLOAT32)) {
      dream(engine, WIDTH, HEIGHT);
      Device device = ((CudnnEngine) engine).device();
      long before = CudaMachine.freeBytes(0);
      int refused = 0;
      for (long left = 1 << 12; left <= 1 << 24; left *= 8) {
        long taken = device.allocate(CudaMachine.freeBytes(0) - left);
        try {
          dream(engine, 3 * WIDTH, 3 * HEIGHT);
        } catch (OutOfDeviceMemoryException e) {
          refused++;
        }
        device.free(taken);
        // The arena may be gone, or have grown.
        dream(engine, 3 * WIDTH, 3 * HEIGHT);
        assertTrue(CudaMachine.freeBytes(0) > before - (1 << 26));
      }
      assertTrue(refused > 2, refused + " were refused");
    }
  }

  /** cuDNN describes no tensor of more values. */
  @Test
  void windowsWithMoreThanTwoBillionValues() {
    try (Engine engine = open(0, Precision.FLOAT16)) {
      assertTrue(engine.bytesFor(8000, 8000) < Long.MAX_VALUE);
      assertEquals(Long.MAX_VALUE, engine.bytesFor(20_000, 20_000));
      assertThrows(OutOfDeviceMemoryException.class, () -> engine.compile(20_000, 20_000));
    }
  }

  /** What {@code bench --profile} prints. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void profiles(Precision precision) {
    long before = CudaMachine.freeBytes(0);
    BrainSketch sketch = Sketches.inception();
    float[] canvas = BrainSketch.random("canvas", 3 * WIDTH * HEIGHT, 100);
    String text =
        provider
            .profile(
                sketch.brain(),
                sketch.objective(),
                new Options(1, 0, precision),
                WIDTH,
                HEIGHT,
                canvas)
            .orElseThrow();
    assertTrue(text.contains(" steps one by one, "), text);
    assertTrue(text.contains("forward convolutions"), text);
    assertTrue(text.contains("cuDNN"), text);
    assertFalse(text.contains("NaN") || text.contains("-0.") || text.contains("Inf"), text);
    assertEquals(before, CudaMachine.freeBytes(0));
  }

  /** The stand-ins see what they are for. */
  @Test
  void misuseIsFound() {
    try (BytePointer bytes = new BytePointer(1024)) {
      Pointer memory = new Address(0);
      assertEquals(0, cudaMalloc(memory, 512));
      assertEquals(cudaErrorIllegalAddress, cudaMemcpy(memory, bytes, 513, cudaMemcpyHostToDevice));
      assertEquals(cudaErrorIllegalAddress, cudaDeviceSynchronize());
      cudaDeviceReset();
      assertEquals(cudaErrorInvalidValue, cudaFree(memory));
      assertEquals(cudaErrorLaunchFailure, cudaFree(new Address(0)));
      cudaDeviceReset();
      CUstream_st stream = new CUstream_st();
      CUgraph_st graph = new CUgraph_st();
      assertEquals(0, cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
      assertEquals(0, cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
      assertEquals(cudaErrorStreamCaptureUnsupported, cudaDeviceSynchronize());
      assertEquals(cudaErrorStreamCaptureInvalidated, cudaStreamEndCapture(stream, graph));
      cudaDeviceReset();
      assertEquals(0, cudaStreamDestroy(stream));
    }
  }
}
