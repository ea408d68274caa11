package org.reverie.executor.cudnn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reverie.executor.cudnn.ProgramWriter.Workspaces;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.EngineProvider.Precision;

/**
 * What a gradient of GoogLeNet moves between a device's memory and its processors, if every step
 * reads and writes each value once, over what the roof counts. No rate hides a step too many here.
 */
class TrafficTest {
  private static final int EDGE = 2048;

  /** A rectifier's and a pooling's own passes, and branches whose gradients meet. */
  private static final double MOST_OVER_ROOF = 1.2;

  /** As on every GPU whose plans are known: what is not dense is copied. */
  private static final Workspaces ORDINARY =
      new Workspaces() {
        @Override
        public long bytes(Step.Convolution convolution) {
          return 0;
        }

        @Override
        public boolean takes(Step.Convolution convolution) {
          return convolution.isOrdinary();
        }

        @Override
        public long productBytes() {
          return 0;
        }
      };

  /** Steps of one kind. */
  private record Kind(int steps, double bytes, double operations) {
    static Kind of(Step step) {
      return new Kind(1, step.bytes(), step.operations());
    }

    Kind plus(Kind other) {
      return new Kind(steps + other.steps, bytes + other.bytes, operations + other.operations);
    }
  }

  private static String kind(Step step) {
    return step instanceof Step.Launch launch
        ? launch.kernel()
        : step.name().split(" ")[0] + " " + step.getClass().getSimpleName();
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"TF32", "BFLOAT16"})
  void movesLittleMoreThanTheRoofCounts(Precision precision) throws IOException {
    BrainSketch sketch = Sketches.googLeNet();
    Map<String, Kind> kinds = new TreeMap<>();
    double roof;
    double held;
    try (CudnnEngine engine =
        new CudnnEngine(
            sketch.brain(),
            sketch.objective(),
            Element.of(precision),
            new PaperDevice(precision, ORDINARY))) {
      roof = engine.valueBytes(EDGE, EDGE);
      held = engine.bytesFor(EDGE, EDGE);
      engine
          .write(EDGE, EDGE)
          .steps()
          .forEach(step -> kinds.merge(kind(step), Kind.of(step), Kind::plus));
    }
    double pixels = (double) EDGE * EDGE;
    double all = kinds.values().stream().mapToDouble(Kind::bytes).sum();
    List<String> table = new ArrayList<>();
    table.add(
        String.format(
            Locale.ROOT,
            "%.0f bytes per pixel, the roof %.0f; %.0f are held at a time",
            all / pixels,
            roof / pixels,
            held / pixels));
    kinds.forEach(
        (name, kind) ->
            table.add(
                String.format(
                    Locale.ROOT,
                    "%-24s %3d steps %8.1f bytes %8.1f thousand operations per pixel",
                    name,
                    kind.steps(),
                    kind.bytes() / pixels,
                    kind.operations() / pixels / 1e3)));
    Path folder = Files.createDirectories(Path.of("target", "traffic"));
    Files.write(folder.resolve(precision + ".txt"), table);
    assertTrue(all <= MOST_OVER_ROOF * roof, String.join("\n", table));
  }
}
