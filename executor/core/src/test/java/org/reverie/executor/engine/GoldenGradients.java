package org.reverie.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.ReceptiveFields;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;
import org.reverie.tiling.Border;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * An engine against gradients and dreams of published brains that an independent program computed
 * in float64. An engine's module extends it; without the folder beside the repository it is
 * skipped; errors are {@link GradientError}s.
 */
public abstract class GoldenGradients {
  private static final Options OPTIONS = new Options(2, 0, Precision.FLOAT32);
  private static final float STEP = 1.5f;

  private final Map<String, LoadedBrain> brains = new HashMap<>();

  /** The engine under test. */
  protected abstract EngineProvider provider();

  @TestFactory
  Stream<DynamicTest> gradients() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : cases("gradient")) {
      String name = golden.get("end").asText() + " " + golden.get("objective").asText();
      tests.add(DynamicTest.dynamicTest(name, () -> gradient(golden)));
    }
    assertEquals(7, tests.size());
    return tests.stream();
  }

  /**
   * How near values of a rounded precision must be.
   *
   * @param activation the most that one may be from that of float32, relative to the largest one of
   *     its layer
   * @param gradient the relative error of a gradient, at most
   * @param cosine of a gradient and the exact one, at least
   */
  public record Near(double activation, double gradient, double cosine) {
    /** What ten and more bits are held to. */
    public static Near of(double activation) {
      return new Near(activation, 0.1, 0.995);
    }
  }

  /** The rounded precisions of this engine. */
  protected Map<Precision, Near> rounded() {
    return Map.of();
  }

  @TestFactory
  Stream<DynamicTest> roundedGradients(TestReporter reporter) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<Precision, Near> precision : rounded().entrySet()) {
      for (JsonNode golden : cases("gradient")) {
        String name =
            golden.get("end").asText()
                + " "
                + golden.get("objective").asText()
                + " "
                + precision.getKey();
        tests.add(
            DynamicTest.dynamicTest(
                name,
                () ->
                    reporter.publishEntry(
                        name, rounded(golden, precision.getKey(), precision.getValue()))));
      }
    }
    return tests.stream();
  }

  /** Says how far. */
  private String rounded(JsonNode golden, Precision precision, Near bound) throws IOException {
    LoadedBrain loaded = brain(golden);
    NumpyArray input = array(golden.get("input"));
    float[] expected = array(golden.get("gradient")).values();
    Objective objective = objective(golden, loaded);
    List<float[]> exact;
    try (Engine engine = provider().open(loaded.brain(), objective, OPTIONS)) {
      exact = engine.activations(input.values(), input.width(), input.height());
    }
    Options options = new Options(2, 0, precision);
    try (Engine engine = EngineContract.openOrSkip(provider(), loaded.brain(), objective, options);
        Session session = engine.compile(input.width(), input.height())) {
      double distance =
          distance(
              exact.get(0),
              engine.activations(input.values(), input.width(), input.height()).get(0));
      Window window = whole(input.width(), input.height());
      session.load(window, input.values());
      session.gradient(Roll.NONE, window.loadedRegion());
      float[] gradient = new float[expected.length];
      session.readGradient(window.loadedRegion(), gradient);
      double cosine = cosine(expected, gradient);
      double error = EngineContract.relativeError(ReferenceNetwork.doubles(expected), gradient);
      assertTrue(
          distance <= bound.activation(), precision + ": activations are off by " + distance);
      assertTrue(cosine >= bound.cosine(), precision + ": cosine " + cosine + ", error " + error);
      assertTrue(error <= bound.gradient(), precision + ": relative error " + error);
      return String.format(
          Locale.ROOT, "activations %.1e, gradient %.3f, cosine %.4f", distance, error, cosine);
    }
  }

  private static double distance(float[] expected, float[] actual) {
    double largest = 0;
    double distance = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      distance = Math.max(distance, Math.abs(expected[i] - actual[i]));
    }
    return distance / largest;
  }

  private static double cosine(float[] expected, float[] actual) {
    double product = 0;
    double norm = 0;
    double square = 0;
    for (int i = 0; i < expected.length; i++) {
      product += (double) expected[i] * actual[i];
      norm += (double) expected[i] * expected[i];
      square += (double) actual[i] * actual[i];
    }
    return product / Math.sqrt(norm * square);
  }

  private Objective objective(JsonNode golden, LoadedBrain loaded) throws IOException {
    int layer = loaded.layer(golden.get("end").asText());
    Objective objective = Objective.l2(layer);
    if (!golden.get("objective").asText().equals("guide")) {
      return objective;
    }
    NumpyArray guide = array(golden.get("guide"));
    try (Engine engine = provider().open(loaded.brain(), objective, OPTIONS)) {
      float[] columns = engine.activations(guide.values(), guide.width(), guide.height()).get(0);
      int count = columns.length / loaded.brain().layers().get(layer).channels();
      return new Objective(List.of(new Target(layer, 1, new Drive.Guide(columns, count))));
    }
  }

  private void gradient(JsonNode golden) throws IOException {
    LoadedBrain loaded = brain(golden);
    NumpyArray input = array(golden.get("input"));
    NumpyArray expected = array(golden.get("gradient"));
    Objective objective = objective(golden, loaded);
    try (Engine engine = provider().open(loaded.brain(), objective, OPTIONS);
        Session session = engine.compile(input.width(), input.height())) {
      Window window = whole(input.width(), input.height());
      session.load(window, input.values());
      double sum = session.gradient(Roll.NONE, window.loadedRegion());
      float[] gradient = new float[input.values().length];
      session.readGradient(window.loadedRegion(), gradient);
      ReferenceNetwork oracle =
          new ReferenceNetwork(loaded.brain(), objective, input.width(), input.height());
      double[] golden64 = ReferenceNetwork.doubles(expected.values());
      double error = GradientError.besideTies(oracle, input.values(), golden64, gradient, 1e-4);
      assertTrue(error < 1e-4, "relative error " + error);
      if (golden.has("mean_abs_gradient")) {
        double mean = golden.get("mean_abs_gradient").asDouble();
        assertEquals(mean, sum / gradient.length, 1e-4 * mean);
      }
    }
  }

  /**
   * Of the exact 96 px, what a picture shows to matter: 32 px leave 4 % of the gradient, 64 px 0.07
   * %.
   */
  @Test
  void autoHaloOfInception3b() throws IOException {
    LoadedBrain loaded = brain("googlenet_to_3b");
    int layer = loaded.layer("inception_3b/output");
    LayerGeometry geometry = ReceptiveFields.of(loaded.brain()).geometry(layer);
    assertEquals(96, geometry.exactHalo());
    try (Engine engine = provider().open(loaded.brain(), Objective.l2(layer), OPTIONS)) {
      HaloMeasurement halo = HaloMeasurement.of(engine, geometry, loaded.brain().mean());
      assertTrue(halo.haloPixels() >= 32 && halo.haloPixels() <= 64, halo.toString());
      assertTrue(halo.influence() < HaloMeasurement.NEGLIGIBLE, halo.toString());
    }
  }

  @TestFactory
  Stream<DynamicTest> dreams() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : cases("dream")) {
      tests.add(DynamicTest.dynamicTest(golden.get("end").asText(), () -> dream(golden)));
    }
    assertEquals(2, tests.size());
    return tests.stream();
  }

  /** From each given state one step with its roll must lead to the next given state. */
  private void dream(JsonNode golden) throws IOException {
    LoadedBrain loaded = brain(golden);
    Objective objective = Objective.l2(loaded.layer(golden.get("end").asText()));
    ReferenceEngine oracle = new ReferenceEngine(loaded.brain(), objective);
    Clip clip = Clip.pixels(loaded.brain().mean());
    List<Double> errors = new ArrayList<>();
    int iteration = 0;
    try (Engine engine = provider().open(loaded.brain(), objective, OPTIONS)) {
      for (JsonNode octave : golden.get("states")) {
        for (int t = 0; t + 1 < octave.size(); t++) {
          JsonNode pair = golden.get("rolls_xy").get(iteration++);
          Roll roll = new Roll(pair.get(0).asInt(), pair.get(1).asInt());
          NumpyArray before = array(octave.get(t));
          float[] after = array(octave.get(t + 1)).values();
          int width = before.width();
          int height = before.height();
          Window window = whole(width, height);
          float[] rolled = EngineContract.rolled(before.values(), width, height, roll);
          float[] expected =
              EngineContract.rolled(
                  ReferenceNetwork.floats(
                      oracle.gradient(ReferenceNetwork.doubles(rolled), width, height)),
                  width,
                  height,
                  new Roll(-roll.x(), -roll.y()));
          try (Session session = engine.compile(width, height)) {
            session.load(window, before.values());
            double sum = session.gradient(roll, window.loadedRegion());
            float[] gradient = new float[after.length];
            session.readGradient(window.loadedRegion(), gradient);
            double[] expected64 = ReferenceNetwork.doubles(expected);
            errors.add(EngineContract.relativeError(expected64, gradient));
            double error =
                GradientError.besideTies(
                    new ReferenceNetwork(loaded.brain(), objective, width, height),
                    rolled,
                    ReferenceNetwork.doubles(EngineContract.rolled(expected, width, height, roll)),
                    EngineContract.rolled(gradient, width, height, roll),
                    1e-3);
            assertTrue(error < 1e-3, "iteration " + iteration + ": error " + error);
            session.step((float) (STEP / (sum / after.length)), clip);
            float[] stepped = new float[after.length];
            session.readCanvas(window.loadedRegion(), stepped);
            double difference = meanDifference(after, stepped);
            assertTrue(difference < 0.01, "iteration " + iteration + ": " + difference);
          }
        }
      }
    }
    assertEquals(9, errors.size());
    double median = errors.stream().sorted().toList().get(4);
    assertTrue(median < 1e-5, "median error " + median);
  }

  private static double meanDifference(float[] expected, float[] actual) {
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += Math.abs(actual[i] - expected[i]);
    }
    return sum / expected.length;
  }

  private static Window whole(int width, int height) {
    return new Window(
        new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1),
        new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1));
  }

  private static List<JsonNode> cases(String kind) throws IOException {
    List<JsonNode> cases = new ArrayList<>();
    JsonNode all = new ObjectMapper().readTree(shared("golden/cases.json").toFile());
    all.get("cases")
        .forEach(
            golden -> {
              if (golden.get("kind").asText().equals(kind)) {
                cases.add(golden);
              }
            });
    return cases;
  }

  private LoadedBrain brain(JsonNode golden) throws IOException {
    return brain(golden.get("brain").asText());
  }

  private LoadedBrain brain(String name) throws IOException {
    LoadedBrain known = brains.get(name);
    if (known == null) {
      Configuration configuration = new Configuration(false);
      known =
          BrainReader.read(
              FileSystem.getLocal(configuration),
              new org.apache.hadoop.fs.Path(shared("brains/" + name).toUri()),
              OptionalLong.empty());
      brains.put(name, known);
    }
    return known;
  }

  private static NumpyArray array(JsonNode name) throws IOException {
    return NumpyArray.read(shared("golden/" + name.asText()));
  }

  /** A file beside the repository; skips the test where it is missing. */
  private static Path shared(String name) {
    String given = System.getenv("REVERIE_SHARED");
    Path found = given == null ? null : Path.of(given);
    for (Path at = Path.of("").toAbsolutePath(); found == null && at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared").resolve("golden"))) {
        found = at.resolve("shared");
      }
    }
    Assumptions.assumeTrue(
        found != null && Files.exists(found.resolve(name)),
        "no golden gradients beside the repository");
    return found.resolve(name);
  }
}
