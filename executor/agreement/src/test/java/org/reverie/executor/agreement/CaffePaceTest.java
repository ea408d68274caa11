package org.reverie.executor.agreement;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * One gradient of GoogLeNet's whole definition in Caffe and in the fastest engine, in turn: a table
 * for docs/measurements.md, in {@code target/caffe-pace.md}. Takes two minutes on two idle cores.
 */
@EnabledIfSystemProperty(named = "reverie.full", matches = ".*")
class CaffePaceTest {
  private static final String NETWORK = "bvlc_googlenet";
  private static final String LAYER = "inception_4c/output";
  private static final int SIZE = Integer.getInteger("reverie.size", 1024);
  private static final int ROUNDS = Integer.getInteger("reverie.rounds", 7);

  @TempDir private Path folder;

  @Test
  void caffeAndTheEngineInTurn() throws Exception {
    Assumptions.assumeTrue(CaffeProcess.isAvailable(), "Caffe has no natives for this platform");
    int threads = Runtime.getRuntime().availableProcessors();
    PublishedNetwork network = PublishedNetwork.of(NETWORK);
    LoadedBrain loaded = network.read();
    Path weights = network.caffemodel(loaded, folder);
    float[] picture = BrainSketch.random("pace", 3 * SIZE * SIZE, 110);
    WindowAxis axis = new WindowAxis(Border.WRAP, SIZE, 0, SIZE, 0, SIZE, 1);
    Window window = new Window(axis, axis);
    EngineProvider provider = Engines.choose(Engines.AUTO).provider();
    List<double[]> rounds = new ArrayList<>();
    try (CaffeProcess stock = new CaffeProcess(network.definition(), weights, folder, threads);
        CaffeProcess lean = new CaffeProcess(network.definition(), weights, folder, threads);
        Engine engine =
            provider.open(
                loaded.brain(),
                Objective.l2(loaded.layer(LAYER)),
                new Options(threads, 0, Precision.FLOAT32));
        Session session = engine.compile(SIZE, SIZE)) {
      lean.leaveWeightsOut();
      session.load(window, picture);
      for (int round = 0; round <= ROUNDS; round++) {
        double[] seconds = new double[3];
        seconds[0] = stock.seconds(LAYER, SIZE, SIZE, picture);
        seconds[1] = lean.seconds(LAYER, SIZE, SIZE, picture);
        long start = System.nanoTime();
        session.gradient(Roll.NONE, window.loadedRegion());
        seconds[2] = (System.nanoTime() - start) / 1e9;
        if (round > 0) { // the first warms up
          rounds.add(seconds);
        }
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "| " + SIZE + " px, " + threads + " threads | Mpx/s, median of " + ROUNDS + " | ratio |");
    lines.add("|---|---|---|");
    lines.add(row("Caffe 1.0, as google/deepdream has it", rounds, 0));
    lines.add(row("Caffe 1.0 without the gradients of weights", rounds, 1));
    lines.add(row("`" + provider.name() + "`", rounds, 2));
    Files.write(Path.of("target", "caffe-pace.md"), lines);
    lines.forEach(System.out::println);
    assertTrue(ratio(rounds, 0) > 1, "slower than Caffe");
  }

  private static String row(String name, List<double[]> rounds, int column) {
    double megapixels = SIZE * (double) SIZE / 1e6;
    double[] seconds = sorted(rounds, column);
    return String.format(
        Locale.ROOT,
        "| %s | %.3f (%.3f to %.3f) | %s |",
        name,
        megapixels / seconds[seconds.length / 2],
        megapixels / seconds[seconds.length - 1],
        megapixels / seconds[0],
        column == 2 ? "" : String.format(Locale.ROOT, "%.2f", ratio(rounds, column)));
  }

  /** How many times as fast as Caffe the engine is, the median over the rounds. */
  private static double ratio(List<double[]> rounds, int column) {
    double[] ratios = rounds.stream().mapToDouble(r -> r[column] / r[2]).sorted().toArray();
    return ratios[ratios.length / 2];
  }

  private static double[] sorted(List<double[]> rounds, int column) {
    double[] seconds = rounds.stream().mapToDouble(r -> r[column]).toArray();
    Arrays.sort(seconds);
    return seconds;
  }
}
