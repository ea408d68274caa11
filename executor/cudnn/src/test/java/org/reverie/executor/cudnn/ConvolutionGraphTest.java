package org.reverie.executor.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.cuda.global.cudnn;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.cudnn.ConvolutionGraph.Machine;
import org.reverie.executor.cudnn.ProgramWriter.Workspaces;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.EngineProvider.Precision;

/**
 * cuDNN plans for GPUs that are not here: every convolution of GoogLeNet at print scale, by the
 * library itself. Skipped where it is not installed; {@code REVERIE_CUDA_PATH} may name folders.
 * Engines that compile at run time need the driver's library and are not seen without one.
 */
class ConvolutionGraphTest {
  private static final int EDGE = 2048;

  /** Why there is no cuDNN; null if there is one. */
  private static String missing;

  @BeforeAll
  static void findCudnn() throws IOException {
    try {
      loadCudnn();
    } catch (TestAbortedException e) {
      missing = e.getMessage();
    }
  }

  /** Surefire counts no test of a class that is skipped as a whole. */
  @BeforeEach
  void requireCudnn() {
    Assumptions.assumeTrue(missing == null, missing);
  }

  private static void loadCudnn() throws IOException {
    Assumptions.assumeFalse(
        StandIns.areUsed(), "what cuDNN itself says, not what stands in for it");
    LibrarySearch search = LibrarySearch.here();
    int major = CudaLibraries.major();
    List<Path> libraries = new ArrayList<>();
    for (String name :
        List.of(
            "libcudart.so." + major,
            "libcublasLt.so." + major,
            "libcublas.so." + major,
            "libnvrtc.so." + major,
            "libcudnn.so.9")) {
      Optional<Path> folder = search.folderOf(name);
      Assumptions.assumeTrue(folder.isPresent(), name + " is not installed");
      if (name.startsWith("libcudnn")) {
        libraries.addAll(LibrarySearch.files(folder.get(), "libcudnn_*.so.9"));
      }
      libraries.add(folder.get().resolve(name));
    }
    // The bindings load those of the driver, whose functions nothing here calls.
    Optional<Path> driver = search.folderOf("libcuda.so.1");
    libraries.add(
        driver.isPresent()
            ? driver.get().resolve("libcuda.so.1")
            : KernelCompilerTest.emptyLibrary("libcuda.so.1"));
    try {
      CudaLibraries.open(libraries);
      CudaLibraries.bind(cudnn.class);
    } catch (CudaLibraries.MissingException e) {
      Assumptions.abort(e.getMessage());
    }
    Assumptions.assumeTrue(
        cudnn.cudnnGetVersion() >= 91100, "cuDNN " + cudnn.cudnnGetVersion() + " needs the device");
  }

  static Stream<Arguments> machines() {
    return Stream.of(
            GpuDescription.T4,
            GpuDescription.A100,
            GpuDescription.A10G,
            GpuDescription.L40S,
            GpuDescription.H100,
            GpuDescription.B200)
        .flatMap(gpu -> Stream.of(Precision.values()).map(p -> Arguments.of(gpu, p)));
  }

  /** What takes every convolution as it lies. */
  private static final Workspaces FLEXIBLE =
      new Workspaces() {
        @Override
        public long bytes(Step.Convolution convolution) {
          return 0;
        }

        @Override
        public boolean takes(Step.Convolution convolution) {
          return true;
        }

        @Override
        public long productBytes() {
          return 0;
        }
      };

  /** What cuDNN plans for a machine. */
  private record Planned(Precision precision, Machine machine) implements Workspaces {
    @Override
    public long bytes(Step.Convolution step) {
      try (ConvolutionGraph graph = new ConvolutionGraph(step, precision, machine)) {
        return graph.workspaceBytes();
      } catch (RefusedException e) {
        return 0;
      }
    }

    @Override
    public boolean takes(Step.Convolution step) {
      try (ConvolutionGraph graph = new ConvolutionGraph(step, precision, machine)) {
        return true;
      } catch (RefusedException e) {
        return false;
      }
    }

    @Override
    public long productBytes() {
      return 0;
    }
  }

  /** The convolutions of one gradient that are no plain products. */
  private static List<Step.Convolution> convolutions(Precision precision, Workspaces workspaces) {
    BrainSketch sketch = Sketches.googLeNet();
    try (CudnnEngine engine =
        new CudnnEngine(
            sketch.brain(),
            sketch.objective(),
            Element.of(precision),
            new PaperDevice(precision, workspaces))) {
      return engine.write(EDGE, EDGE).steps().stream()
          .filter(Step.Convolution.class::isInstance)
          .map(Step.Convolution.class::cast)
          .toList();
    }
  }

  private static String line(Step.Convolution step, Precision precision, Machine machine) {
    try (ConvolutionGraph graph = new ConvolutionGraph(step, precision, machine)) {
      return graph.description();
    } catch (RefusedException e) {
      return "refused: " + e.getMessage();
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void everyConvolutionHasOnePlan(GpuDescription gpu, Precision precision) throws IOException {
    List<String> table = new ArrayList<>();
    try (BackendDescriptor properties = gpu.properties()) {
      Machine machine = new Machine(null, properties);
      List<Step.Convolution> dense = convolutions(precision, new Planned(precision, machine));
      assertEquals(24, dense.size());
      int onTensorCores = 0;
      for (Step.Convolution step : dense) {
        String line = line(step, precision, machine);
        table.add(step.name() + ": " + line);
        // Turing has no bfloat16.
        boolean known = gpu.capability() >= 80 || precision != Precision.BFLOAT16;
        assertEquals(known, line.startsWith("engine"), step.name() + ": " + line);
        assertEquals(line, line(step, precision, machine), "the same plan when asked again");
        onTensorCores += line.contains("tensor cores") ? 1 : 0;
      }
      int expected =
          switch (precision) {
            case FLOAT32 -> 0;
            case TF32, BFLOAT16 -> gpu.capability() >= 80 ? 24 : 0;
            case FLOAT16 -> 24;
          };
      // An L40S multiplies TF32 but twice as fast as float32; cuDNN 9.26 takes one without.
      int without = precision == Precision.TF32 && gpu == GpuDescription.L40S ? 1 : 0;
      assertTrue(
          onTensorCores <= expected && onTensorCores >= expected - without,
          onTensorCores + " of " + expected + " on tensor cores\n" + String.join("\n", table));
      for (Step.Convolution step : convolutions(precision, FLEXIBLE)) {
        if (!step.isOrdinary()) {
          table.add(step.name() + ", as it lies: " + line(step, precision, machine));
        }
      }
    }
    Path folder = Files.createDirectories(Path.of("target", "plans"));
    Files.write(folder.resolve(gpu.name() + "-" + precision + ".txt"), table);
  }

  private static Tensor tensor(int channels, int pitch) {
    return Tensor.alone("block", Element.FLOAT32, new Shape(pitch, 64, 64)).slice(0, channels);
  }

  private static Step.Convolution convolution(boolean transposed, boolean accumulate, Tensor to) {
    ConvolutionWindow window = new ConvolutionWindow(32, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1);
    WeightForm weights = new WeightForm("weights", Element.FLOAT32, 64 * 9 * 32, true, () -> null);
    Tensor from = transposed ? tensor(64, 64) : tensor(32, 32);
    return new Step.Convolution(
        "convolution", window, transposed, from, weights, null, false, to, accumulate);
  }

  @Test
  void transposesAndSumsHavePlansToo() {
    try (BackendDescriptor properties = GpuDescription.H100.properties()) {
      Machine machine = new Machine(null, properties);
      for (boolean accumulate : new boolean[] {false, true}) {
        for (Precision precision : List.of(Precision.FLOAT32, Precision.TF32)) {
          String forward = line(convolution(false, accumulate, tensor(64, 64)), precision, machine);
          assertTrue(forward.startsWith("engine"), forward);
          String back = line(convolution(true, accumulate, tensor(32, 32)), precision, machine);
          assertTrue(back.startsWith("engine"), back);
        }
      }
    }
  }

  /** GoogLeNet's gradient at the input: 512 blocks, for which one end needs more zeros. */
  @Test
  void aWindowMayHangOverTheEnd() {
    Step.Convolution hanging =
        convolutions(Precision.TF32, FLEXIBLE).stream()
            .filter(step -> step.name().equals("backward relu conv1"))
            .findFirst()
            .orElseThrow();
    assertEquals(512, hanging.to().width());
    assertFalse(hanging.isOrdinary());
    try (BackendDescriptor properties = GpuDescription.H100.properties()) {
      String line = line(hanging, Precision.TF32, new Machine(null, properties));
      assertTrue(line.startsWith("engine"), line);
    }
  }

  /** cuDNN would copy it to its scratch memory and back; a copy of ours rectifies on the way. */
  @Test
  void aSliceIsNotWrittenThroughACopy() {
    try (BackendDescriptor properties = GpuDescription.H100.properties()) {
      Machine machine = new Machine(null, properties);
      Tensor slice = tensor(64, 256);
      try (ConvolutionGraph graph =
          new ConvolutionGraph(convolution(false, false, slice), Precision.TF32, machine)) {
        assertTrue(graph.description().contains("tensor cores"), graph.description());
        assertTrue(graph.workspaceBytes() < slice.shape().values() * 4, graph.description());
      } catch (RefusedException e) {
        assertFalse(e.getMessage().isEmpty());
      }
    }
  }
}
