package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.reverie.driver.TrainingRequest.Architecture;
import org.reverie.driver.TrainingRequest.Optimiser;
import org.reverie.driver.training.TrunkParameters.Kind;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Convolution;

/** A trunk as one layer learns what the same trunk in DL4J's own layers learns. */
final class TrunkLayerTest {
  private static final int CLASSES = 5;
  private static final int BATCH = 4;
  private static final int SIZE = 48;

  private final Brain trunk = Architectures.trunk(Architecture.SMALL, new float[] {100, 110, 120});
  private final Network network = network(trunk, 0);

  /**
   * Without an adversary, and with one, which changes the second batch; it stretches a gradient,
   * and the difference between two, to the limit.
   */
  @ParameterizedTest
  @CsvSource({"0, 0.002", "6, 0.02"})
  void stepsGiveTheSameWeights(double adversarial, double tolerance) {
    Network network = network(trunk, adversarial);
    ComputationGraph whole = network.build(true);
    ComputationGraph plain = network.build(false);
    copy(whole, plain);
    for (int step = 0; step < 2; step++) {
      DataSet batch = batch(step);
      Nd4j.getRandom().setSeed(7);
      whole.fit(batch);
      Nd4j.getRandom().setSeed(7);
      plain.fit(batch);
      assertEquals(plain.score(), whole.score(), 1e-4 * plain.score(), "loss of step " + step);
    }
    for (String convolution : convolutions()) {
      for (Kind kind : Kind.values()) {
        assertClose(
            network.parameter(plain, convolution, kind),
            network.parameter(whole, convolution, kind),
            convolution + " " + kind,
            tolerance);
      }
    }
  }

  @Test
  void itClassifiesTheSame() {
    ComputationGraph whole = network.build(true);
    for (int step = 0; step < 3; step++) {
      whole.fit(batch(step));
    }
    ComputationGraph plain = network.build(false);
    copy(whole, plain);
    INDArray pictures = batch(9).getFeatures();
    assertClose(plain.outputSingle(pictures), whole.outputSingle(pictures), "probabilities");
    // Another number of pictures is another program.
    INDArray one = pictures.get(NDArrayIndex.interval(0, 1)).dup('c');
    assertClose(plain.outputSingle(one), whole.outputSingle(one), "probabilities of one");
  }

  @Test
  void itTravelsAsText() {
    ComputationGraph whole = network.build(true);
    ComputationGraph back =
        new ComputationGraph(
            ComputationGraphConfiguration.fromJson(whole.getConfiguration().toJson()));
    back.init(whole.params().dup(), false);
    INDArray pictures = batch(2).getFeatures();
    assertClose(whole.outputSingle(pictures), back.outputSingle(pictures), "probabilities");
  }

  @Test
  void poolsThatCaffeRoundsUpAndPadsAreNoDifferent() {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer("data", List.of(), new Operation.Input(), 3));
    add(layers, convolution(3, 16), 16);
    add(layers, new Operation.Relu(0), 16);
    add(layers, new Operation.Pooling(Operation.Pool.MAX, 3, 3, 2, 2, 0, 0, true), 16);
    add(layers, new Operation.Pooling(Operation.Pool.MAX, 3, 3, 1, 1, 1, 1, true), 16);
    add(layers, convolution(16, 20), 20);
    add(layers, new Operation.Relu(0), 20);
    Network pooled =
        network(
            BrainCodec.hashed(
                "pooled", layers, new float[] {1, 2, 3}, Brain.ColourOrder.BGR, List.of()),
            0);
    ComputationGraph whole = pooled.build(true);
    ComputationGraph plain = pooled.build(false);
    for (String convolution : List.of("1", "5")) {
      for (Kind kind : Kind.values()) {
        pooled
            .parameter(plain, convolution, kind)
            .assign(
                pooled
                    .parameter(whole, convolution, kind)
                    .reshape(pooled.parameter(plain, convolution, kind).shape()));
      }
    }
    copyClassifier(whole, plain);
    DataSet batch = batch(1);
    Nd4j.getRandom().setSeed(3);
    whole.fit(batch);
    Nd4j.getRandom().setSeed(3);
    plain.fit(batch);
    assertClose(
        pooled.parameter(plain, "1", Kind.WEIGHTS),
        pooled.parameter(whole, "1", Kind.WEIGHTS),
        "the weights below both pools");
  }

  /**
   * Tasks of Spark run in whatever thread is free, and programs are handed from one to the next.
   * One that wrote into memory of its maker's thread would end this process, or spoil the
   * gradients.
   */
  @Test
  void aProgramRunsInAnotherThreadThanTheOneThatMadeIt() throws Exception {
    WorkerThreads.limit(1);
    INDArray weights = network.build(true).getLayer(Network.TRUNK).params().dup('c');
    float[] here = gradients(new TrunkProgram(trunk, BATCH, SIZE, false), weights);
    TrunkProgram handedOn = new TrunkProgram(trunk, BATCH, SIZE, false);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      assertArrayEquals(here, other.submit(() -> gradients(handedOn, weights)).get());
    } finally {
      other.shutdownNow();
    }
  }

  private float[] gradients(TrunkProgram program, INDArray weights) {
    int channels = trunk.layers().get(trunk.layers().size() - 1).channels();
    WorkerThreads.limit(1);
    INDArray pictures = batch(1).getFeatures();
    INDArray means = Nd4j.zeros(BATCH, channels);
    INDArray errors = Nd4j.ones(BATCH, channels);
    INDArray gradients = Nd4j.zeros(1, weights.length());
    program.forward(address(pictures), address(weights), address(means), true);
    program.backward(
        address(pictures), address(weights), address(errors), address(gradients), 0, 0.9);
    return gradients.toFloatVector();
  }

  private static long address(INDArray array) {
    return array.data().addressPointer().address();
  }

  @Test
  void whatItCannotComputeIsLeftToDl4j() {
    assertTrue(TrunkProgram.supports(trunk));
    assertFalse(
        TrunkProgram.supports(
            Architectures.trunk(Architecture.GOOGLENET, new float[] {100, 110, 120})));
  }

  private List<String> convolutions() {
    return trunk.layers().stream()
        .filter(layer -> layer.operation() instanceof Convolution)
        .map(Layer::name)
        .toList();
  }

  private void copy(ComputationGraph from, ComputationGraph to) {
    for (String convolution : convolutions()) {
      for (Kind kind : Kind.values()) {
        INDArray target = network.parameter(to, convolution, kind);
        target.assign(network.parameter(from, convolution, kind).reshape(target.shape()));
      }
    }
    copyClassifier(from, to);
  }

  private static void copyClassifier(ComputationGraph from, ComputationGraph to) {
    for (String parameter : List.of("W", "b")) {
      to.getLayer(Network.CLASSIFIER)
          .getParam(parameter)
          .assign(from.getLayer(Network.CLASSIFIER).getParam(parameter));
    }
  }

  private static void assertClose(INDArray expected, INDArray found, String what) {
    assertClose(expected, found, what, 2e-3);
  }

  private static void assertClose(
      INDArray expected, INDArray found, String what, double tolerance) {
    float[] a = expected.dup('c').data().asFloat();
    float[] b = found.dup('c').data().asFloat();
    assertEquals(a.length, b.length, what);
    double largest = 0;
    double furthest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i]));
      furthest = Math.max(furthest, Math.abs(a[i] - b[i]));
    }
    assertTrue(furthest <= tolerance * largest, what + ": " + furthest + " of " + largest);
  }

  private static DataSet batch(int seed) {
    float[] pictures = new float[BATCH * 3 * SIZE * SIZE];
    java.util.Random random = new java.util.Random(seed);
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = random.nextFloat() * 200 - 100;
    }
    INDArray labels = Nd4j.zeros(BATCH, CLASSES);
    for (int i = 0; i < BATCH; i++) {
      labels.putScalar(i, (i + seed) % CLASSES, 1);
    }
    return new DataSet(Nd4j.create(pictures, new long[] {BATCH, 3, SIZE, SIZE}, 'c'), labels);
  }

  private static Network network(Brain trunk, double adversarial) {
    return new Network(
        trunk,
        new Network.Settings(
            SIZE, CLASSES, true, true, Optimiser.SGD, 0.01, 1e-4, adversarial, null, 5));
  }

  private static Operation convolution(int inputs, int outputs) {
    return new Convolution(
        inputs,
        outputs,
        3,
        3,
        1,
        1,
        1,
        1,
        1,
        1,
        1,
        new float[outputs * inputs * 9],
        new float[outputs]);
  }

  private static void add(List<Layer> layers, Operation operation, int channels) {
    String name = Integer.toString(layers.size());
    layers.add(new Layer(name, List.of(layers.size() - 1), operation, channels));
  }
}
