package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.reverie.conf.UserException;
import org.reverie.driver.TrainingRequest.Architecture;
import org.reverie.driver.TrainingRequest.Optimiser;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Pool;

/** A brain, as a network, and back. */
final class NetworkTest {
  private static final int CLASSES = 3;
  private static final int SIZE = 32;

  @Test
  void theSmallOneFitsIntoEightMegabytes() {
    Network network = network(trunk(Architecture.SMALL), true, true, null);
    long bytes = network.build().numParams() * Float.BYTES;
    assertTrue(bytes < 8_000_000, bytes + " bytes");
  }

  @Test
  void batchNormFoldedIntoTheBrainComputesTheSame() {
    Network network = network(tiny(), true, true, null);
    ComputationGraph graph = network.build();
    learn(graph, 6);
    INDArray input = Nd4j.rand(new int[] {2, 3, SIZE, SIZE}).muli(200).subi(100);
    float[][] expected = graph.outputSingle(input).toFloatMatrix();
    // The brain, taken for one to start from, has no normalisation left.
    Brain brain = network.brain(graph);
    ComputationGraph folded = network(Trunk.of(brain), false, false, null).build();
    copyClassifier(graph, folded);
    float[][] found = folded.outputSingle(input).toFloatMatrix();
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(expected[i], found[i], 1e-5f);
    }
  }

  @Test
  void theNormalisationOfMeansIsFoldedIntoTheClassifier() {
    Network network = network(tiny(), false, true, null);
    ComputationGraph graph = network.build();
    learn(graph, 6);
    INDArray input = Nd4j.rand(new int[] {2, 3, SIZE, SIZE}).muli(200).subi(100);
    float[][] expected = graph.outputSingle(input).toFloatMatrix();
    Brain brain = network.brain(graph);
    Operation.Convolution classifier =
        (Operation.Convolution)
            brain.layers().get(brain.find(Network.CLASSIFIER).orElseThrow()).operation();
    ComputationGraph folded = network(Trunk.of(brain), false, false, null).build();
    org.deeplearning4j.nn.api.Layer layer = folded.getLayer(Network.CLASSIFIER);
    layer
        .getParam("W")
        .assign(
            Nd4j.create(classifier.weights(), new long[] {CLASSES, classifier.inputs()}, 'c')
                .transpose());
    layer.getParam("b").assign(Nd4j.create(classifier.bias(), new long[] {1, CLASSES}, 'c'));
    float[][] found = folded.outputSingle(input).toFloatMatrix();
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(expected[i], found[i], 5e-5f);
    }
  }

  /** Means that are large and nearly the same for all pictures, as those of published brains. */
  @Test
  void aNewClassifierLearnsFromLargeMeans() {
    List<Layer> layers = new ArrayList<>(tiny().layers());
    Operation.Convolution top = (Operation.Convolution) layers.get(4).operation();
    Arrays.fill(top.bias(), 300);
    Network network =
        network(
            BrainCodec.hashed("large", layers, new float[3], Brain.ColourOrder.BGR, List.of()),
            false,
            false,
            null);
    ComputationGraph graph = network.build();
    network.setRate(graph, 0.001);
    INDArray pictures = Nd4j.rand(new int[] {6, 3, SIZE, SIZE}).muli(20);
    INDArray labels = Nd4j.zeros(6, CLASSES);
    for (int i = 0; i < 6; i++) {
      labels.putScalar(i, i % CLASSES, 1);
      pictures.get(NDArrayIndex.point(i), NDArrayIndex.point(i % CLASSES)).addi(60);
    }
    for (int step = 0; step < 100; step++) {
      graph.fit(new DataSet(pictures, labels));
    }
    assertTrue(graph.score() < 0.5, "loss " + graph.score() + ", that of chance is 1.1");
  }

  @Test
  void frozenLayersStay() {
    Network network = network(tiny(), false, false, "relu1");
    ComputationGraph graph = network.build();
    Brain before = network.brain(graph);
    learn(graph, 3);
    Brain after = network.brain(graph);
    assertArrayEquals(weights(before, "conv1"), weights(after, "conv1"));
    assertTrue(distance(weights(before, "conv2"), weights(after, "conv2")) > 1e-6);
  }

  @Test
  void aPoolThatCaffeRoundsUpIsPaddedAlike() {
    // 32 px: (32 - 3) / 2 is 14.5, so 16 values in Caffe and 15 without padding.
    Brain trunk = tiny();
    ComputationGraph graph = network(trunk, false, false, null).build();
    long[] shape = graph.feedForward(Nd4j.rand(1, 3, SIZE, SIZE), false).get("pool1").shape();
    assertEquals(trunk.shapes(SIZE, SIZE).get(3).width(), shape[3]);
    assertEquals(16, shape[3]);
  }

  @Test
  void picturesTooSmallForTheNetworkAreRefused() {
    List<Layer> layers = new ArrayList<>(tiny().layers());
    add(layers, "wide", convolution(5, 5, 99, 0), 5);
    Brain brain = BrainCodec.hashed("wide", layers, new float[3], Brain.ColourOrder.BGR, List.of());
    UserException thrown =
        assertThrows(UserException.class, () -> network(brain, true, true, null).check());
    assertEquals("training-size", thrown.problems().get(0).code());
  }

  @Test
  void aLayerThatIsNotTrainedIsNamed() {
    List<Layer> layers = new ArrayList<>(tiny().layers());
    add(layers, "squared", new Operation.Power(2, 1, 0), 5);
    Brain brain =
        BrainCodec.hashed("power", layers, new float[3], Brain.ColourOrder.BGR, List.of());
    UserException thrown =
        assertThrows(UserException.class, () -> network(brain, true, true, null).check());
    assertTrue(thrown.getMessage().contains("squared"), thrown.getMessage());
  }

  @Test
  void aLayerToFreezeUpToMustBeThere() {
    UserException thrown =
        assertThrows(UserException.class, () -> network(tiny(), false, false, "nope").check());
    assertEquals("unknown-layer", thrown.problems().get(0).code());
    network(tiny(), false, false, "conv1").check();
  }

  private static void learn(ComputationGraph graph, int steps) {
    for (int i = 0; i < steps; i++) {
      INDArray labels = Nd4j.zeros(4, CLASSES);
      for (int k = 0; k < 4; k++) {
        labels.putScalar(k, (k + i) % CLASSES, 1);
      }
      graph.fit(new DataSet(Nd4j.rand(new int[] {4, 3, SIZE, SIZE}).muli(200).subi(100), labels));
    }
  }

  private static void copyClassifier(ComputationGraph from, ComputationGraph to) {
    for (String parameter : List.of("W", "b")) {
      to.getLayer(Network.CLASSIFIER)
          .getParam(parameter)
          .assign(from.getLayer(Network.CLASSIFIER).getParam(parameter));
    }
  }

  private static Network network(Brain trunk, boolean batchNorm, boolean drawn, String freezeTo) {
    return new Network(
        trunk,
        new Network.Settings(
            SIZE, CLASSES, batchNorm, drawn, Optimiser.SGD, 0.01, 1e-4, 0, freezeTo, 5));
  }

  private static Brain trunk(Architecture architecture) {
    return Architectures.trunk(architecture, new float[] {100, 110, 120});
  }

  private static Brain tiny() {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer("data", List.of(), new Operation.Input(), 3));
    add(layers, "conv1", convolution(3, 4, 3, 1), 4);
    add(layers, "relu1", new Operation.Relu(0), 4);
    add(layers, "pool1", new Operation.Pooling(Pool.MAX, 3, 3, 2, 2, 0, 0, true), 4);
    add(layers, "conv2", convolution(4, 5, 3, 1), 5);
    add(layers, "relu2", new Operation.Relu(0), 5);
    return BrainCodec.hashed(
        "tiny", layers, new float[] {100, 110, 120}, Brain.ColourOrder.BGR, List.of("relu2"));
  }

  private static Operation convolution(int inputs, int outputs, int kernel, int pad) {
    float[] weights = new float[outputs * inputs * kernel * kernel];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) Math.sin(i * 1.7) * 0.2f;
    }
    return new Operation.Convolution(
        inputs, outputs, kernel, kernel, 1, 1, pad, pad, 1, 1, 1, weights, new float[outputs]);
  }

  private static void add(List<Layer> layers, String name, Operation operation, int channels) {
    layers.add(new Layer(name, List.of(layers.size() - 1), operation, channels));
  }

  private static float[] weights(Brain brain, String layer) {
    int index = brain.find(layer).orElseThrow();
    return ((Operation.Convolution) brain.layers().get(index).operation()).weights();
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }
}
