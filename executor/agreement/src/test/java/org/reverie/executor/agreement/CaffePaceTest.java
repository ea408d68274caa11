package org.reverie.executor.agreement;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * One gradient of GoogLeNet's whole definition in Caffe and in the fastest engine, in turn: a row
 * for docs/measurements.md, Mpx/s of both and the median ratio, in {@code target/caffe-pace.md}.
 * Takes a minute on two idle cores.
 */
@EnabledIfSystemProperty(named = "reverie.full", matches = ".*")
class CaffePaceTest {
  private static final String NETWORK = "bvlc_googlenet";
  private static final String LAYER = "inception_4c/output";
  private static final int SIZE = Integer.getInteger("reverie.size", 1024);
  /** Caffe computes the gradients of weights too, unless told otherwise. */
  private static final boolean STOCK = !Boolean.getBoolean("reverie.lean");

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
    try (CaffeProcess caffe = new CaffeProcess(network.definition(), weights, folder, threads);
        Engine engine =
            provider.open(
                loaded.brain(),
                Objective.l2(loaded.layer(LAYER)),
                new Options(threads, 0, Precision.FLOAT32));
        Session session = engine.compile(SIZE, SIZE)) {
      if (!STOCK) {
        caffe.leaveWeightsOut();
      }
      session.load(window, picture);
      for (int round = 0; round <= ROUNDS; round++) {
        double[] seconds = new double[2];
        seconds[0] = caffe.seconds(LAYER, SIZE, SIZE, picture);
        long start = System.nanoTime();
        session.gradient(Roll.NONE, window.loadedRegion());
        seconds[1] = (System.nanoTime() - start) / 1e9;
        if (round > 0) { // the first warms up
          rounds.add(seconds);
        }
      }
    }
    double[] ratios = rounds.stream().mapToDouble(r -> r[0] / r[1]).sorted().toArray();
    double ratio = ratios[ratios.length / 2];
    String line =
        String.format(
            Locale.ROOT,
            "| %d px, %s | %s | %s | %.2f |",
            SIZE,
            STOCK ? "as google/deepdream has it" : "without the gradients of weights",
            rates(rounds, 0),
            rates(rounds, 1),
            ratio);
    Files.writeString(Path.of("target", "caffe-pace.md"), line + "\n");
    System.out.println(line);
    assertTrue(ratio > 1, "slower than Caffe");
  }

  private static String rates(List<double[]> rounds, int column) {
    double[] seconds = rounds.stream().mapToDouble(r -> r[column]).sorted().toArray();
    double megapixels = SIZE * (double) SIZE / 1e6;
    return String.format(
        Locale.ROOT,
        "%.3f (%.3f to %.3f)",
        megapixels / seconds[seconds.length / 2],
        megapixels / seconds[seconds.length - 1],
        megapixels / seconds[0]);
  }
}
