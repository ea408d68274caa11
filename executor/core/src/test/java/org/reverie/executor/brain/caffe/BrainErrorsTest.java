package org.reverie.executor.brain.caffe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain.ColourOrder;
import org.reverie.executor.brain.KeptOut;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.CaffeSchema.NetParameter;

/** Mistakes in a brain's files, what becomes of the mean, and damaged weights. */
class BrainErrorsTest {
  private static final OptionalLong SEED = OptionalLong.of(1);
  private static final String CONVOLUTION =
      "layer { name: 'c' type: 'Convolution' bottom: 'data' top: 'c'\n"
          + "convolution_param { num_output: 2 kernel_size: 1 } }\n"
          + "layer { name: 'd' type: 'Convolution' bottom: 'c' top: 'd'\n"
          + "convolution_param { num_output: 2 kernel_size: 3 } }\n";

  @TempDir private Path folder;
  private BrainFolder brain;

  @BeforeEach
  void setUp() {
    brain = new BrainFolder(folder);
  }

  private static NetParameter.Builder weights() {
    return NetParameter.newBuilder()
        .setName("n")
        .addLayer(
            BrainFolder.layer("c", BrainFolder.counting(0, 2, 3, 1, 1), BrainFolder.counting(0, 2)))
        .addLayer(
            BrainFolder.layer(
                "d", BrainFolder.counting(0, 2, 2, 3, 3), BrainFolder.counting(0, 2)));
  }

  private static Problem problem(String code, Executable read) {
    UserException thrown = assertThrows(UserException.class, read);
    Problem problem = thrown.problems().get(0);
    assertEquals(code, problem.code(), thrown.getMessage());
    return problem;
  }

  private static void assertContains(String expected, String text) {
    assertTrue(text.contains(expected), text);
  }

  @Test
  void noFolder() throws IOException {
    FileSystem local = FileSystem.getLocal(new Configuration());
    var missing = new org.apache.hadoop.fs.Path(folder.resolve("missing").toUri());
    assertContains(
        "missing", problem("brain-missing", () -> BrainReader.read(local, missing, SEED)).where());
  }

  @Test
  void noDefinitionSeveralAndNeither() throws IOException {
    problem("brain-without-definition", brain::read);
    brain.with("a.prototxt", "").with("b.prototxt", "").with("solver.prototxt", "");
    assertContains(
        "a.prototxt, b.prototxt", problem("brain-with-several-definitions", brain::read).what());
    FileSystem local = FileSystem.getLocal(new Configuration());
    brain.with("notes.txt", "");
    var text = new org.apache.hadoop.fs.Path(folder.resolve("notes.txt").toUri());
    problem("brain-not-a-folder", () -> BrainReader.read(local, text, SEED));
  }

  @Test
  void noWeightsAndSeveral() throws IOException {
    brain.layers(CONVOLUTION);
    assertContains("--random-weights SEED", problem("brain-without-weights", brain::read).remedy());
    brain.read(SEED);
    brain.weights(weights()).with("more.caffemodel", "");
    problem("brain-with-several-weights", brain::read);
    FileSystem local = FileSystem.getLocal(new Configuration());
    var alone = new org.apache.hadoop.fs.Path(folder.resolve("deploy.prototxt").toUri());
    problem("brain-without-weights", () -> BrainReader.read(local, alone, OptionalLong.empty()));
  }

  @Test
  void randomWeightsTakeTheirPlaceOnlyWhereThereAreNone() throws IOException {
    brain.layers(CONVOLUTION).weights(weights());
    Problem problem = problem("brain-with-weights", () -> brain.read(SEED));
    assertEquals("--random-weights", problem.where());
    assertContains("weights.caffemodel", problem.what());
    FileSystem local = FileSystem.getLocal(new Configuration());
    var alone = new org.apache.hadoop.fs.Path(folder.resolve("deploy.prototxt").toUri());
    assertContains(
        "All weights are random", BrainReader.read(local, alone, SEED).notes().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>not found</html>", "\u0001\u0002\u0003", "version https://git"})
  void garbageForWeights(String text) throws IOException {
    brain.layers(CONVOLUTION).with("weights.caffemodel", text);
    assertContains("weights.caffemodel", problem("brain-weights-damaged", brain::read).where());
  }

  @Test
  void emptyWeightsAndThoseOfAnotherNetwork() throws IOException {
    brain.layers(CONVOLUTION).with("weights.caffemodel", "");
    problem("brain-weights-empty", brain::read);
    brain.weights(
        NetParameter.newBuilder().addLayer(BrainFolder.layer("other", BrainFolder.counting(0, 1))));
    problem("brain-weights-of-another", brain::read);
  }

  @Test
  void everyWrongShapeIsTold() throws IOException {
    brain
        .layers(CONVOLUTION)
        .weights(
            NetParameter.newBuilder()
                .addLayer(
                    BrainFolder.layer(
                        "c", BrainFolder.counting(0, 2, 3, 5, 5), BrainFolder.counting(0, 2)))
                .addLayer(
                    BrainFolder.layer(
                        "d",
                        BrainFolder.counting(0, 2, 2, 3, 3),
                        BrainFolder.counting(0, 2).addData(1))));
    UserException thrown = assertThrows(UserException.class, brain::read);
    // d needs c, which was not built, so it is not looked at.
    assertEquals(1, thrown.problems().size());
    assertEquals("brain-shape-mismatch", thrown.problems().get(0).code());
    assertContains("layer c, blob 0", thrown.getMessage());
    assertContains("asks for 2 x 3 x 1 x 1, the weights are 2 x 3 x 5 x 5", thrown.getMessage());
  }

  @Test
  void tooManyValuesForTheirShape() throws IOException {
    NetParameter.Builder net = weights();
    net.getLayerBuilder(1).getBlobsBuilder(1).addData(1);
    brain.layers(CONVOLUTION).weights(net);
    assertContains(
        "its shape is 2, which is 2 values, but it holds 3",
        problem("brain-shape-mismatch", brain::read).what());
  }

  @Test
  void missingWeightsMatterOnlyToThoseWhoNeedThem() throws IOException {
    brain.layers(CONVOLUTION).weights(weights().removeLayer(1));
    LoadedBrain loaded = brain.read();
    assertEquals(1, loaded.layer("c"));
    assertContains(
        "weights.caffemodel has no weights for it",
        problem("layer-weights-missing", () -> loaded.layer("d")).what());
    brain.weights(
        NetParameter.newBuilder()
            .addLayer(BrainFolder.layer("c", BrainFolder.counting(0, 2, 3, 1, 1))));
    problem("brain-without-layers", brain::read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Once upon a time                                       | 1",
        "name: 'n'\\nlayer { name: 'c'                          | 2",
        "name: 'n'\\nlayer {\\n name 'c' }                      | 3",
        "layers { name: 'c'\\n type: WAVELET }                  | 2",
        "layer { name: 'c' }\\n}                                | 2"
      })
  void textThatIsNoDefinitionIsLocated(String text, int line) throws IOException {
    brain.with("deploy.prototxt", text.replace("\\n", "\n"));
    assertContains(
        "deploy.prototxt, line " + line + ",",
        problem("brain-definition-malformed", () -> brain.read(SEED)).where());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "brain-definition-empty | name: 'nothing'",
        "brain-definition-mixed | layer { name: 'a' } layers { name: 'b' }",
        "brain-format-too-old   | layers { layer { name: 'c' type: 'conv' num_output: 2 } top: 'c'"
            + " }",
        "brain-without-input    | layer { name: 'c' type: 'ReLU' bottom: 'data' top: 'c' }",
        "brain-without-input    | layer { name: 'g' type: 'Input' top: 'data' input_param "
            + "{ shape { dim: 1 dim: 1 dim: 9 dim: 9 } } }",
        "brain-without-layers   | input: 'data' layer { name: 'p' type: 'Softmax' bottom: 'data' "
            + "top: 'p' }"
      })
  void definitionsThatCannotBeDreamt(String code, String text) throws IOException {
    brain.with("deploy.prototxt", text);
    assertContains("deploy.prototxt", problem(code, () -> brain.read(SEED)).where());
  }

  @Test
  void anUnknownLayerSuggestsTheNearest() throws IOException {
    LoadedBrain loaded =
        brain
            .layers(
                "layer { name: 'conv1' type: 'ReLU' bottom: 'data' top: 'a' }\n"
                    + "layer { name: 'conv2' type: 'ReLU' bottom: 'a' top: 'b' }\n"
                    + "layer { name: 'pool' type: 'ReLU' bottom: 'b' top: 'c' }\n"
                    + "layer { name: 'conv2b' type: 'ReLU' bottom: 'c' top: 'd' }\n")
            .read(SEED);
    assertEquals(
        "The nearest names are conv2, conv2b, conv1",
        problem("unknown-layer", () -> loaded.layer("Conv22")).remedy());
  }

  @Test
  void repeatedNamesAreTold() throws IOException {
    LoadedBrain loaded =
        brain
            .layers(
                "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'data' }\n"
                    + "layer { name: 'r' type: 'TanH' bottom: 'data' top: 'data' }\n")
            .read(SEED);
    assertEquals(2, loaded.layer("r#2"));
  }

  // TRAIN data --+
  // TEST data ---+-> c -> aux -> loss (aux)
  //                  +-> d -> loss ; label -> weigh -> loss
  @Test
  void trainingPartsGo() throws IOException {
    brain.with(
        "train_val.prototxt",
        """
        layer { name: 'data' type: 'ImageData' top: 'data' top: 'label' include { phase: TRAIN }
                transform_param { mean_value: 1 } }
        layer { name: 'data' type: 'ImageData' top: 'data' top: 'label' include { phase: TEST }
                transform_param { mean_value: 90 mean_value: 91 mean_value: 92 scale: 0.5 } }
        layer { name: 'weigh' type: 'Power' bottom: 'label' top: 'weigh' }
        layer { name: 'c' type: 'Convolution' bottom: 'data' top: 'c'
                convolution_param { num_output: 2 kernel_size: 1 } }
        layer { name: 'noise' type: 'Dropout' bottom: 'c' top: 'c' include { phase: TRAIN } }
        layer { name: 'not' type: 'ReLU' bottom: 'c' top: 'c' exclude { phase: TEST } }
        layer { name: 'staged' type: 'ReLU' bottom: 'c' top: 'c' include { stage: 'x' } }
        layer { name: 'aux' type: 'ReLU' bottom: 'c' top: 'aux' }
        layer { name: 'aux_loss' type: 'EuclideanLoss' bottom: 'aux' bottom: 'label' top: 'al' }
        layer { name: 'd' type: 'ReLU' bottom: 'c' top: 'd' }
        layer { name: 'e' type: 'ReLU' bottom: 'd' top: 'e' }
        layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'e' bottom: 'weigh' top: 'l' }
        layer { name: 'quiet' type: 'Silence' bottom: 'label' }
        """);
    LoadedBrain loaded = brain.read(SEED);
    assertEquals(
        List.of("data", "data/scale", "c", "d", "e"),
        loaded.brain().layers().stream().map(layer -> layer.name()).toList());
    assertArrayEquals(new float[] {90, 91, 92}, loaded.brain().mean());
    assertEquals(
        List.of("data", "weigh", "noise", "not", "staged", "aux", "aux_loss", "loss", "quiet"),
        loaded.keptOut().stream().map(KeptOut::layer).toList());
    assertTrue(
        loaded.keptOut().stream().allMatch(layer -> layer.cause() == KeptOut.Cause.DROPPED),
        loaded.keptOut()::toString);
    problem("layer-dropped", () -> loaded.layer("aux"));
  }

  @Test
  void aMeanPictureIsReducedToItsChannels() throws IOException {
    brain
        .layers(CONVOLUTION)
        .with("mean.binaryproto", BrainFolder.old(0, 1, 3, 2, 2).build().toByteArray());
    LoadedBrain loaded = brain.read(SEED);
    assertArrayEquals(new float[] {1.5f, 5.5f, 9.5f}, loaded.brain().mean());
    assertContains("mean.binaryproto", loaded.notes().toString());
    brain.with("mean.binaryproto", new byte[] {42, 100, 0});
    problem("brain-mean-unusable", () -> brain.read(SEED));
  }

  @Test
  void theNamedMeanPictureIsTakenAmongSeveral() throws IOException {
    brain
        .with(
            "deploy.prototxt",
            "layers { name: 'data' type: DATA top: 'data' data_param "
                + "{ mean_file: '/data/b.binaryproto' } }\n"
                + "layers { name: 'r' type: RELU bottom: 'data' top: 'r' }")
        .with("a.binaryproto", BrainFolder.old(0, 1, 3, 1, 1).build().toByteArray())
        .with("b.binaryproto", BrainFolder.old(50, 1, 3, 1, 1).build().toByteArray());
    assertArrayEquals(new float[] {50, 51, 52}, brain.read(SEED).brain().mean());
    Files.delete(folder.resolve("b.binaryproto"));
    brain.with("c.binaryproto", "");
    LoadedBrain without = brain.read(SEED);
    assertArrayEquals(new float[] {104, 116, 122}, without.brain().mean());
    assertContains("/data/b.binaryproto is not beside it", without.notes().toString());
  }

  @Test
  void aDescriptorOverrides() throws IOException {
    brain
        .layers(CONVOLUTION)
        .with("brain.yaml", "mean: [1, 2, 3]\ncolours: rgb\nscale: 0.017\nlayers: [c]\n");
    LoadedBrain loaded = brain.read(SEED);
    assertArrayEquals(new float[] {1, 2, 3}, loaded.brain().mean());
    assertEquals(ColourOrder.RGB, loaded.brain().colourOrder());
    assertEquals(List.of("c"), loaded.brain().preferredLayers());
    assertEquals("data/scale", loaded.brain().layers().get(1).name());
    brain.with("brain.yaml", "colours: RGB");
    assertArrayEquals(new float[] {122, 116, 104}, brain.read(SEED).brain().mean());
    brain.with("brain.yaml", "# nothing yet\n");
    assertEquals(ColourOrder.BGR, brain.read(SEED).brain().colourOrder());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "brain-descriptor-key       | , line 2  | mean: [1, 2, 3]\\nlayer: c",
        "brain-descriptor-key       | , line 2  | mean: [1, 2, 3]\\nlayer: c\\nscale: 1",
        "brain-descriptor-key       | , line 2  | scale: 1\\nlayer:\\n  c: 1\\n  d: 2\\n",
        "brain-descriptor-malformed | , line 1  | mean: [1, 2",
        "brain-descriptor-malformed | , line 1  | mean: much",
        "brain-descriptor-malformed | , line 2  | scale: 1\\nmean:\\n  - 1\\n  - x\\ncolours: BGR",
        "brain-descriptor-malformed | , line 1  | just text",
        "brain-descriptor-mean      | , mean    | mean: [1, 2]",
        "brain-descriptor-mean      | , mean    | mean: [1, 2, 300]",
        "brain-descriptor-colours   | , colours | colours: BRG",
        "brain-descriptor-scale     | , scale   | scale: 0",
        "brain-descriptor-layers    | , layers  | layers: []",
        "unknown-layer              | , layers  | layers: [nowhere]"
      })
  void mistakesInADescriptor(String code, String where, String text) throws IOException {
    brain.layers(CONVOLUTION).with("brain.yaml", text.replace("\\n", "\n"));
    Problem problem = problem(code, () -> brain.read(SEED));
    assertTrue(problem.where().endsWith("brain.yaml" + where), problem.where());
    if (code.equals("brain-descriptor-key")) {
      assertEquals("Did you mean layers?", problem.remedy());
    }
  }

  // Wherever a download breaks off, a person learns it: at once, or, where the bytes happen to end
  // between two layers, when they ask for a layer that is not there.
  @Test
  void truncatedWeightsNeverPass() throws IOException {
    byte[] whole = weights().build().toByteArray();
    brain.layers(CONVOLUTION);
    for (int length = 0; length < whole.length; length++) {
      brain.with("weights.caffemodel", Arrays.copyOf(whole, length));
      try {
        LoadedBrain loaded = brain.read();
        problem("layer-weights-missing", () -> loaded.layer("d"));
      } catch (UserException e) {
        assertContains("weights.caffemodel", e.getMessage());
      }
    }
  }

  @Test
  void damagedWeightsAreTheUsersMistakeOrHarmless() throws IOException {
    byte[] whole = weights().build().toByteArray();
    Random random = new Random(5);
    brain.layers(CONVOLUTION);
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      byte[] damaged = whole.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      brain.with("weights.caffemodel", damaged);
      try {
        brain.read();
      } catch (UserException e) {
        refused++;
      }
    }
    assertTrue(refused > 20, "only " + refused + " of 200 were refused");
  }

  @Test
  void truncatedRealWeightsNeverPass() throws IOException {
    Path real = SharedFolder.file("brains/googlenet_to_3b");
    byte[] whole = Files.readAllBytes(real.resolve("googlenet_to_3b.caffemodel"));
    brain.with("deploy.prototxt", Files.readString(real.resolve("deploy.prototxt")));
    Random random = new Random(6);
    for (int i = 0; i < 12; i++) {
      brain.with("weights.caffemodel", Arrays.copyOf(whole, random.nextInt(whole.length)));
      try {
        LoadedBrain loaded = brain.read();
        problem("layer-weights-missing", () -> loaded.layer("inception_3b/output"));
      } catch (UserException e) {
        assertContains("weights.caffemodel", e.getMessage());
      }
    }
  }
}
