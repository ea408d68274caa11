package org.reverie.executor.agreement;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.executor.agreement.PyTorchProcess.Numbers;
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
 * One gradient of a published network in the fastest engine and in other programs, in turn: a table
 * for docs/measurements.md, Mpx/s and the median of the ratios, in {@code target/pace-NETWORK.md}.
 * What to time: {@code -Dreverie.pace=NETWORK}; against what: Caffe with {@code
 * -Dreverie.caffe=stock} or {@code lean} (without the gradients of weights), PyTorch with {@code
 * -Dreverie.pythons=PYTHON,..}. With {@code -Dreverie.precision=bfloat16} engine and PyTorch are
 * timed in that, and in float32 besides.
 */
@EnabledIfSystemProperty(named = "reverie.pace", matches = ".+")
class PaceTest {
  private static final int SIZE = Integer.getInteger("reverie.size", 1024);
  private static final int ROUNDS = Integer.getInteger("reverie.rounds", 7);

  /** Of the engine; PyTorch then runs in it as well, in two layouts, and in float32. */
  private static final Precision PRECISION =
      Precision.valueOf(
          System.getProperty("reverie.precision", "float32").toUpperCase(Locale.ROOT));

  private static final int THREADS = Runtime.getRuntime().availableProcessors();

  private static final Map<String, String> LAYERS =
      Map.of(
          "bvlc_googlenet", "inception_4c/output",
          "squeezenet_v1.0", "fire9/concat",
          "resnet18", "res5b_relu",
          "vgg_cnn_s", "conv5",
          "mobilenet_v1", "relu6/sep");

  @TempDir private Path folder;

  /** Something that computes gradients. */
  private interface Runner extends AutoCloseable {
    String name();

    /** Of one gradient, after one that warms up where that matters. */
    double seconds() throws Exception;

    @Override
    void close();
  }

  @Test
  void engineAndOthersInTurn() throws Exception {
    String name = System.getProperty("reverie.pace");
    PublishedNetwork network = PublishedNetwork.of(name);
    String layer = LAYERS.get(name);
    List<Runner> runners = new ArrayList<>();
    List<List<Double>> seconds = new ArrayList<>();
    try {
      LoadedBrain loaded = network.read();
      runners.add(engine(loaded, layer, PRECISION));
      if (PRECISION != Precision.FLOAT32) {
        runners.add(engine(loaded, layer, Precision.FLOAT32));
      }
      String kind = System.getProperty("reverie.caffe");
      if (kind != null) {
        Assumptions.assumeTrue(CaffeProcess.isAvailable(), "no Caffe for this platform");
        runners.add(caffe(network, loaded, layer, kind.equals("stock")));
      }
      for (String python : System.getProperty("reverie.pythons", "").split(",")) {
        if (!python.isEmpty()) {
          for (Numbers numbers : pytorchs()) {
            runners.add(pytorch(python, network, layer, numbers));
          }
        }
      }
      assertTrue(runners.size() > 1, "nothing to compare with");
      runners.forEach(runner -> seconds.add(new ArrayList<>()));
      for (int round = 0; round <= ROUNDS; round++) {
        for (int i = 0; i < runners.size(); i++) {
          double time = runners.get(i).seconds();
          if (round > 0) { // the first warms up
            seconds.get(i).add(time);
          }
        }
        write(name, layer, runners, seconds);
      }
    } finally {
      runners.forEach(Runner::close);
    }
  }

  /** After every round, so that one that is stopped leaves what it has. */
  private static void write(
      String name, String layer, List<Runner> runners, List<List<Double>> seconds)
      throws IOException {
    int rounds = seconds.get(0).size();
    if (rounds == 0) {
      return;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < runners.size(); i++) {
      List<Double> sorted = seconds.get(i).stream().sorted().toList();
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        ratios.add(seconds.get(i).get(round) / seconds.get(0).get(round));
      }
      ratios.sort(null);
      double megapixels = SIZE * (double) SIZE / 1e6;
      text.append(
          String.format(
              Locale.ROOT,
              "| %s, `%s`, %d px, %d rounds | %s | %.3f (%.3f to %.3f) | %s |%n",
              name,
              layer,
              SIZE,
              rounds,
              runners.get(i).name(),
              megapixels / sorted.get(rounds / 2),
              megapixels / sorted.get(rounds - 1),
              megapixels / sorted.get(0),
              i == 0 ? "" : String.format(Locale.ROOT, "%.2f", ratios.get(rounds / 2))));
    }
    Files.writeString(Path.of("target", "pace-" + name + ".md"), text);
    if (rounds == ROUNDS) {
      System.out.print(text);
    }
  }

  private static Runner engine(LoadedBrain loaded, String layer, Precision precision) {
    EngineProvider provider = Engines.choose(Engines.AUTO).provider();
    Engine engine =
        provider.open(
            loaded.brain(), Objective.l2(loaded.layer(layer)), new Options(THREADS, 0, precision));
    Session session = engine.compile(SIZE, SIZE);
    WindowAxis axis = new WindowAxis(Border.WRAP, SIZE, 0, SIZE, 0, SIZE, 1);
    Window window = new Window(axis, axis);
    session.load(window, picture());
    return new Runner() {
      @Override
      public String name() {
        return "`%s`, %s".formatted(provider.name(), precision.written());
      }

      @Override
      public double seconds() {
        session.gradient(Roll.NONE, window.loadedRegion());
        long start = System.nanoTime();
        session.gradient(Roll.NONE, window.loadedRegion());
        return (System.nanoTime() - start) / 1e9;
      }

      @Override
      public void close() {
        session.close();
        engine.close();
      }
    };
  }

  private Runner caffe(PublishedNetwork network, LoadedBrain loaded, String layer, boolean stock)
      throws Exception {
    Path weights = network.caffemodel(loaded, folder);
    CaffeProcess caffe = new CaffeProcess(network.definition(), weights, folder, THREADS);
    if (!stock) {
      caffe.leaveWeightsOut();
    }
    float[] picture = picture();
    return new Runner() {
      @Override
      public String name() {
        return stock ? "Caffe 1.0" : "Caffe 1.0 without the gradients of weights";
      }

      @Override
      public double seconds() throws Exception {
        return caffe.seconds(layer, SIZE, SIZE, picture);
      }

      @Override
      public void close() {
        caffe.close();
      }
    };
  }

  /** In the ways in which it may be fastest. */
  private static List<Numbers> pytorchs() {
    Numbers plain = new Numbers("float32", false);
    return PRECISION == Precision.FLOAT32
        ? List.of(plain)
        : List.of(
            plain, new Numbers(PRECISION.written(), false), new Numbers(PRECISION.written(), true));
  }

  private static Runner pytorch(
      String python, PublishedNetwork network, String layer, Numbers numbers) throws IOException {
    Path peer = PublishedNetwork.shared("peer");
    Path brain = network.weights() == null ? network.definition() : network.weights().getParent();
    PyTorchProcess process = new PyTorchProcess(python, peer, brain, layer, SIZE, THREADS, numbers);
    return new Runner() {
      @Override
      public String name() {
        return "PyTorch %s, %s".formatted(process.version(), numbers);
      }

      @Override
      public double seconds() throws IOException {
        return process.seconds();
      }

      @Override
      public void close() {
        process.close();
      }
    };
  }

  private static float[] picture() {
    return BrainSketch.random("pace", 3 * SIZE * SIZE, 110);
  }
}
