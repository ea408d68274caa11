package org.reverie.executor.brain.caffe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCard;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.KeptOut;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.ReceptiveFields;
import org.reverie.executor.brain.Shape;

/** What the published definitions and brains become. */
class PublishedBrainsTest {
  private static final Configuration CONFIGURATION = new Configuration();

  /** Drawing six million weights takes a second, so it is done once. */
  private static final Map<String, LoadedBrain> LOADED = new HashMap<>();

  private static LoadedBrain definition(String name, long seed) throws IOException {
    String key = name + seed;
    if (!LOADED.containsKey(key)) {
      LOADED.put(key, read("brains/definitions/" + name + ".prototxt", OptionalLong.of(seed)));
    }
    return LOADED.get(key);
  }

  @AfterAll
  static void forget() {
    LOADED.clear();
  }

  private static LoadedBrain read(String name, OptionalLong seed) throws IOException {
    return BrainReader.read(
        FileSystem.getLocal(CONFIGURATION), new Path(SharedFolder.file(name).toUri()), seed);
  }

  private static List<String> names(Brain brain) {
    return brain.layers().stream().map(Layer::name).toList();
  }

  // Layers, the deepest with its shape for 224 x 224, and the default layer. The counts are those
  // of
  // peer/caffemodel.py's parser without inner products, softmax, losses, accuracies and, in the
  // training file, the six convolutional layers of the auxiliary classifiers.
  @ParameterizedTest
  @CsvSource({
    "bvlc_googlenet,           141, pool5/drop_7x7_s1, 1024,  1, inception_4c/output",
    "bvlc_googlenet_train_val, 141, pool5/drop_7x7_s1, 1024,  1, inception_4c/output",
    "bvlc_reference_caffenet,   16, pool5,              256,  6, relu5",
    "gender_net,                12, pool5,              384,  6, relu3",
    "mobilenet_v1,             111, fc7,               1000,  1, relu5_5/sep",
    "nin_imagenet,              30, pool4,             1000,  1, relu9",
    "resnet18,                  91, pool5,              512,  1, res4b_relu",
    "vgg_cnn_s,                 15, pool5,              512,  6, relu5"
  })
  void everyDefinitionLoadsWithRandomWeights(
      String name, int layers, String deepest, int channels, int edge, String preferred)
      throws IOException {
    LoadedBrain loaded = definition(name, 1);
    Brain brain = loaded.brain();
    assertEquals(layers, brain.layers().size(), names(brain).toString());
    Layer last = brain.layers().get(brain.layers().size() - 1);
    assertEquals(deepest, last.name());
    List<Shape> shapes = brain.shapes(224, 224);
    assertEquals(new Shape(channels, edge, edge), shapes.get(shapes.size() - 1));
    assertEquals(preferred, brain.preferredLayers().get(0));
    assertTrue(
        loaded.notes().contains("All weights are random, from seed 1."), loaded.notes()::toString);
    assertEquals(brain.hash(), BrainCodec.decode(BrainCodec.encode(brain)).hash());
    assertTrue(BrainCard.of(loaded).text().contains("* " + preferred + " "));
  }

  @ParameterizedTest
  @CsvSource({
    "conv2/norm2,          20",
    "inception_3a/output,  64",
    "inception_3b/output,  96",
    "inception_4a/output, 176",
    "inception_4b/output, 240",
    "inception_4c/output, 304",
    "inception_4d/output, 368",
    "inception_4e/output, 432",
    "inception_5a/output, 608",
    "inception_5b/output, 736"
  })
  void halosOfGoogLeNetAreThoseMeasured(String layer, int haloPixels) throws IOException {
    LoadedBrain loaded = definition("bvlc_googlenet", 1);
    assertEquals(
        haloPixels, ReceptiveFields.of(loaded.brain()).geometry(loaded.layer(layer)).exactHalo());
  }

  @Test
  void theTrainingFileBecomesTheDeployedNetwork() throws IOException {
    LoadedBrain deployed = definition("bvlc_googlenet", 1);
    LoadedBrain trained = definition("bvlc_googlenet_train_val", 1);
    assertEquals(names(deployed.brain()), names(trained.brain()));
    assertArrayEquals(new float[] {104, 117, 123}, trained.brain().mean());
    assertArrayEquals(new float[] {104, 116, 122}, deployed.brain().mean());
    List<String> dropped =
        trained.keptOut().stream()
            .filter(layer -> layer.cause() == KeptOut.Cause.DROPPED)
            .map(layer -> layer.layer() + ": " + layer.reason())
            .toList();
    assertEquals(24, dropped.size(), dropped.toString());
    assertTrue(
        dropped.contains("loss1/conv: only loss1/loss needs it, which is dropped"),
        dropped.toString());
    UserException asked = assertThrows(UserException.class, () -> trained.layer("loss2/relu_conv"));
    assertEquals("layer-dropped", asked.problems().get(0).code());
    UserException classifier =
        assertThrows(UserException.class, () -> trained.layer("loss3/classifier"));
    assertEquals("layer-not-convolutional", classifier.problems().get(0).code());
  }

  @Test
  void whatIsAboveAnInnerProductSaysWhy() throws IOException {
    LoadedBrain loaded = definition("vgg_cnn_s", 1);
    UserException asked = assertThrows(UserException.class, () -> loaded.layer("prob"));
    assertEquals("layer-not-convolutional", asked.problems().get(0).code());
    assertTrue(asked.getMessage().contains("it needs fc6"), asked.getMessage());
  }

  @Test
  void randomWeightsDependOnTheSeedAlone() throws IOException {
    Brain first = definition("bvlc_googlenet", 1).brain();
    Brain training = definition("bvlc_googlenet_train_val", 1).brain();
    Brain other = definition("bvlc_googlenet", 2).brain();
    for (String layer : List.of("conv1/7x7_s2", "inception_5b/5x5")) {
      float[] weights = weights(first, layer).weights();
      assertArrayEquals(weights, weights(training, layer).weights(), layer);
      assertNotEquals(weights[0], weights(other, layer).weights()[0], layer);
      double squares = 0;
      for (float weight : weights) {
        squares += (double) weight * weight;
      }
      double expected = 2.0 * weights(first, layer).outputs() / weights.length;
      assertEquals(1, squares / weights.length / expected, 0.05, layer + " is not He-scaled");
    }
    assertFalse(
        weights(first, "conv1/7x7_s2").weights()[0] == weights(first, "conv2/3x3").weights()[0]);
  }

  // Sums, sums weighted with cos(0), cos(1), .., and value 7 of kernels and biases, computed in
  // float64 by peer/caffemodel.py.
  @ParameterizedTest
  @CsvSource({
    "googlenet_to_3b, conv1/7x7_s2,             0.32196197781104274, -20.279823467664613, "
        + "0.05494600161910057, -75.58187857270241, -2.435894012451172",
    "googlenet_to_3b, inception_3a/5x5_reduce,  1.977335519666667, 3.8528292314096593, "
        + "0.043046530336141586, 5.477945745456964, -0.1424337774515152",
    "googlenet_to_3b, inception_3b/pool_proj,   -97.07293123367776, 4.636752556973519, "
        + "-0.09579075872898102, 15.975222453474998, 0.4289346933364868",
    "squeezenet_v1.0, conv1,                    -3.078437206491799, 28.74154865888631, "
        + "-0.014180912636220455, 0.14016936166444793, -0.02736654505133629",
    "squeezenet_v1.0, fire9/squeeze1x1,         133.16545292060164, -13.977555251132493, "
        + "0.09160293638706207, -0.8670083044562489, 0.09441924095153809"
  })
  void weightsAreThoseAnotherReaderFinds(
      String brain,
      String layer,
      double sum,
      double weightedSum,
      double seventh,
      double biasSum,
      double seventhBias)
      throws IOException {
    Operation.Convolution convolution =
        weights(read("brains/" + brain, OptionalLong.empty()).brain(), layer);
    double plain = 0;
    double weighted = 0;
    for (int i = 0; i < convolution.weights().length; i++) {
      plain += convolution.weights()[i];
      weighted += convolution.weights()[i] * Math.cos(i);
    }
    double biases = 0;
    for (float bias : convolution.bias()) {
      biases += bias;
    }
    assertEquals(sum, plain, 1e-9);
    assertEquals(weightedSum, weighted, 1e-9);
    assertEquals(seventh, convolution.weights()[7], 0);
    assertEquals(biasSum, biases, 1e-9);
    assertEquals(seventhBias, convolution.bias()[7], 0);
  }

  @ParameterizedTest
  @CsvSource({"googlenet_to_3b, 676848", "squeezenet_v1.0, 1248424"})
  void realBrainsLoadWhole(String brain, long parameters) throws IOException {
    LoadedBrain loaded = read("brains/" + brain, OptionalLong.empty());
    assertEquals(parameters, BrainCard.of(loaded).parameters());
    assertTrue(
        loaded.keptOut().stream().allMatch(layer -> layer.type().equals("Softmax")),
        loaded.keptOut()::toString);
  }

  private static Operation.Convolution weights(Brain brain, String layer) {
    return (Operation.Convolution) brain.layers().get(brain.find(layer).orElseThrow()).operation();
  }
}
