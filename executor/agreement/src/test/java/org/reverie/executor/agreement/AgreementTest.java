package org.reverie.executor.agreement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.executor.agreement.CaffeProcess.Answer;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.GradientError;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * Every published network on every engine of this machine, and in Caffe where Caffe loads it. Five
 * pictures each: activations within 1e-5 of a blob's largest, gradients within 1e-4 relative (l2).
 * Of two gradients that are further apart, because a rectifier or a maximum stood at a tie and fell
 * either way, each must be within that of the float64 one with such ties turned. What was found is
 * written to {@code target/agreement.md}.
 */
class AgreementTest {
  private static final String CAFFE = "Caffe";
  private static final int PICTURES = 5;
  private static final double ACTIVATION_TOLERANCE = 1e-5;
  private static final double GRADIENT_TOLERANCE = 1e-4;
  private static final Options OPTIONS = new Options(2, 0, Precision.FLOAT32);

  // Of another shape than the published ones, and no multiples of a stride.
  private static final int WIDTH = 107;
  private static final int HEIGHT = 91;

  /** For every network a layer in the middle and one near its end. */
  private static final Map<String, List<String>> LAYERS = new LinkedHashMap<>();

  static {
    LAYERS.put("googlenet_to_3b", List.of("conv2/norm2", "inception_3b/output"));
    LAYERS.put("squeezenet_v1.0", List.of("fire4/concat", "fire9/concat"));
    LAYERS.put("bvlc_googlenet", List.of("inception_4c/output", "inception_5b/output"));
    LAYERS.put("bvlc_googlenet_train_val", List.of("inception_4c/output", "inception_5b/output"));
    LAYERS.put("bvlc_reference_caffenet", List.of("norm2", "relu5"));
    LAYERS.put("gender_net", List.of("norm2", "conv3"));
    LAYERS.put("mobilenet_v1", List.of("relu3_1/dw", "relu4_2/sep"));
    LAYERS.put("nin_imagenet", List.of("cccp4", "relu9"));
    LAYERS.put("resnet18", List.of("res3a", "res5b_relu"));
    LAYERS.put("vgg_cnn_s", List.of("conv3", "relu5"));
  }

  /** What Caffe does not load, and the words in which it says so: its data is not at hand. */
  private static final Map<String, String> REFUSED =
      Map.of("bvlc_googlenet_train_val", "mdb_status == 0");

  private static final List<String> ROWS = new ArrayList<>();

  @TempDir private Path folder;

  @Test
  void everyDefinitionIsHeldAgainstCaffe() {
    TreeSet<String> named = new TreeSet<>(LAYERS.keySet());
    assertTrue(named.containsAll(PublishedNetwork.definitions()), named::toString);
  }

  @TestFactory
  Stream<DynamicTest> networks() {
    return LAYERS.keySet().stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> compare(name, LAYERS.get(name))));
  }

  private void compare(String name, List<String> layers) throws Exception {
    PublishedNetwork network = PublishedNetwork.of(name);
    LoadedBrain loaded = network.read();
    Map<String, List<Answer>> caffe = caffe(name, network, loaded, layers);
    for (String layer : layers) {
      Map<String, List<Answer>> answers = new LinkedHashMap<>();
      if (caffe.containsKey(layer)) {
        answers.put(CAFFE, caffe.get(layer));
      }
      for (EngineProvider provider : Engines.providers()) {
        if (provider.availability().available()) {
          answers.put(provider.name(), engine(provider, loaded, layer));
        }
      }
      assertTrue(answers.size() >= 2, "nothing to compare with: " + answers.keySet());
      Exact exact = new Exact(loaded.brain(), Objective.l2(loaded.layer(layer)));
      List<String> names = List.copyOf(answers.keySet());
      for (int i = 1; i < names.size(); i++) {
        for (int j = 0; j < i; j++) {
          String pair = "| " + names.get(i) + " and " + names.get(j);
          hold(
              "| " + name + " | " + layer + " " + pair,
              exact,
              answers.get(names.get(i)),
              answers.get(names.get(j)));
        }
      }
    }
  }

  /** For every layer what Caffe says; nothing where it cannot be asked. */
  private Map<String, List<Answer>> caffe(
      String name, PublishedNetwork network, LoadedBrain loaded, List<String> layers)
      throws Exception {
    Map<String, List<Answer>> answers = new LinkedHashMap<>();
    if (!CaffeProcess.isAvailable() || REFUSED.containsKey(name)) {
      return answers;
    }
    Path weights = network.caffemodel(loaded, folder);
    try (CaffeProcess caffe = new CaffeProcess(network.definition(), weights, folder, 2)) {
      for (String layer : layers) {
        List<Answer> ofLayer = new ArrayList<>();
        for (int i = 0; i < PICTURES; i++) {
          ofLayer.add(caffe.gradient(layer, WIDTH, HEIGHT, picture(i)));
        }
        answers.put(layer, ofLayer);
      }
    }
    return answers;
  }

  private static List<Answer> engine(EngineProvider provider, LoadedBrain loaded, String layer) {
    List<Answer> answers = new ArrayList<>();
    Objective objective = Objective.l2(loaded.layer(layer));
    WindowAxis x = new WindowAxis(Border.WRAP, WIDTH, 0, WIDTH, 0, WIDTH, 1);
    WindowAxis y = new WindowAxis(Border.WRAP, HEIGHT, 0, HEIGHT, 0, HEIGHT, 1);
    Window window = new Window(x, y);
    try (Engine engine = provider.open(loaded.brain(), objective, OPTIONS);
        Session session = engine.compile(WIDTH, HEIGHT)) {
      for (int i = 0; i < PICTURES; i++) {
        float[] picture = picture(i);
        session.load(window, picture);
        session.gradient(Roll.NONE, window.loadedRegion());
        float[] gradient = new float[picture.length];
        session.readGradient(window.loadedRegion(), gradient);
        answers.add(new Answer(engine.activations(picture, WIDTH, HEIGHT).get(0), gradient));
      }
    }
    return answers;
  }

  private static float[] picture(int number) {
    return BrainSketch.random("picture " + number, 3 * WIDTH * HEIGHT, 110);
  }

  /**
   * Where two gradients differ, each is held against the exact one; once, since that takes long.
   */
  private static final class Exact {
    private final Brain brain;
    private final Objective objective;
    private final Map<float[], Double> errors = new IdentityHashMap<>();

    Exact(Brain brain, Objective objective) {
      this.brain = brain;
      this.objective = objective;
    }

    double error(int picture, float[] gradient) {
      return errors.computeIfAbsent(
          gradient,
          key ->
              GradientError.besideTies(
                  brain, objective, WIDTH, HEIGHT, picture(picture), key, GRADIENT_TOLERANCE));
    }
  }

  private static void hold(String where, Exact exact, List<Answer> actual, List<Answer> expected) {
    double activations = 0;
    double[] gradients = new double[PICTURES];
    int tied = 0;
    for (int i = 0; i < PICTURES; i++) {
      float[] right = expected.get(i).activations();
      activations = Math.max(activations, worst(right, actual.get(i).activations()));
      gradients[i] = relative(expected.get(i).gradient(), actual.get(i).gradient());
      tied += gradients[i] < GRADIENT_TOLERANCE ? 0 : 1;
    }
    double[] sorted = gradients.clone();
    Arrays.sort(sorted);
    ROWS.add(
        String.format(
            Locale.ROOT,
            "%s | %.1e | %.1e | %.1e | %d |",
            where,
            activations,
            sorted[PICTURES / 2],
            sorted[PICTURES - 1],
            tied));
    assertTrue(activations < ACTIVATION_TOLERANCE, where + ": activations " + activations);
    for (int i = 0; i < PICTURES; i++) {
      if (gradients[i] >= GRADIENT_TOLERANCE) {
        for (Answer answer : List.of(actual.get(i), expected.get(i))) {
          double error = exact.error(i, answer.gradient());
          assertTrue(
              error < GRADIENT_TOLERANCE,
              where + ", picture " + i + ": " + gradients[i] + " apart, and " + error + " wrong");
        }
      }
    }
  }

  /** The largest difference over the largest value. */
  private static double worst(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    assertTrue(largest > 0 && Double.isFinite(difference), "nothing to compare");
    return difference / largest;
  }

  /** The l2 distance over the l2 norm. */
  private static double relative(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertTrue(norm > 0 && Double.isFinite(difference), "nothing to compare");
    return Math.sqrt(difference / norm);
  }

  /** The written weights are those of {@code --random-weights}, also by our own reader. */
  @Test
  void writtenWeightsAreTheRandomOnes() throws IOException {
    PublishedNetwork network = PublishedNetwork.of("resnet18");
    LoadedBrain drawn = network.read();
    Files.copy(network.definition(), folder.resolve("deploy.prototxt"));
    network.caffemodel(drawn, folder);
    LoadedBrain read =
        BrainReader.read(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(folder.toUri()),
            OptionalLong.empty());
    assertEquals(drawn.brain().hash(), read.brain().hash());
  }

  /** An oracle that is handed something else must say something else. */
  @Test
  void caffeSeesThePicture() throws Exception {
    Assumptions.assumeTrue(CaffeProcess.isAvailable(), "Caffe has no natives for this platform");
    PublishedNetwork network = PublishedNetwork.of("googlenet_to_3b");
    Path weights = network.caffemodel(network.read(), folder);
    try (CaffeProcess caffe = new CaffeProcess(network.definition(), weights, folder, 1)) {
      Answer first = caffe.gradient("conv2/norm2", WIDTH, HEIGHT, picture(0));
      Answer second = caffe.gradient("conv2/norm2", WIDTH, HEIGHT, picture(1));
      assertTrue(relative(first.gradient(), second.gradient()) > 0.5);
      caffe.leaveWeightsOut();
      Answer again = caffe.gradient("conv2/norm2", WIDTH, HEIGHT, picture(0));
      assertArrayEquals(first.gradient(), again.gradient());
    }
  }

  @TestFactory
  Stream<DynamicTest> refusedByCaffe() {
    return REFUSED.keySet().stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> refuse(name, REFUSED.get(name))));
  }

  private void refuse(String name, String words) throws IOException {
    Assumptions.assumeTrue(CaffeProcess.isAvailable(), "Caffe has no natives for this platform");
    PublishedNetwork network = PublishedNetwork.of(name);
    Path weights = folder.resolve("none.caffemodel"); // it does not come so far
    CaffeProcess.RefusedException refused =
        assertThrows(
            CaffeProcess.RefusedException.class,
            () -> new CaffeProcess(network.definition(), weights, folder, 1));
    ROWS.add("| " + name + " | | not loaded by Caffe: " + refused.getMessage() + " | | | | |");
    assertTrue(refused.getMessage().contains(words), refused.getMessage());
  }

  @AfterAll
  static void write() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| network | layer | pair | activations, worst | gradients, median | worst | tied, of 5 |");
    lines.add("|---|---|---|---|---|---|---|");
    lines.addAll(ROWS);
    Files.write(Path.of("target", "agreement.md"), lines);
    lines.forEach(System.out::println);
  }
}
