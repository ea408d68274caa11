package org.reverie.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.reverie.driver.TrainingRequest.Architecture;
import org.reverie.driver.TrainingRequest.Optimiser;
import org.reverie.executor.brain.Brain;

/** Pictures are changed against their class, and no further than allowed. */
final class AdversaryTest {
  private static final int BATCH = 4;
  private static final int SIZE = 48;
  private static final int EACH = 3 * SIZE * SIZE;
  private static final int CLASSES = 5;
  private static final double LIMIT = 6;

  private final Brain trunk = Architectures.trunk(Architecture.SMALL, new float[] {100, 110, 120});

  @Test
  void withoutAGradientPicturesAreShownAsTheyAre() {
    Adversary adversary = new Adversary(LIMIT, BATCH, EACH);
    try (FloatPointer pictures = random(1)) {
      assertArrayEquals(values(pictures.address()), values(adversary.show(pictures.address())));
      try (FloatPointer flat = new FloatPointer(new float[BATCH * EACH])) {
        adversary.learn(flat.address());
      }
      assertArrayEquals(values(pictures.address()), values(adversary.show(pictures.address())));
    }
  }

  @Test
  void aChangeFollowsTheGradientAndKeepsTheLimit() {
    Adversary adversary = new Adversary(LIMIT, BATCH, EACH);
    try (FloatPointer pictures = random(1)) {
      for (int step = 0; step < 5; step++) {
        try (FloatPointer gradient = random(2 + step)) {
          adversary.learn(gradient.address());
          float[] before = values(pictures.address());
          float[] after = values(adversary.show(pictures.address()));
          float[] up = values(gradient.address());
          for (int picture = 0; picture < BATCH; picture++) {
            double along = 0;
            double square = 0;
            for (int i = picture * EACH; i < (picture + 1) * EACH; i++) {
              double change = after[i] - before[i];
              along += change * up[i];
              square += change * change;
            }
            assertEquals(LIMIT, Math.sqrt(square / EACH), 1e-3);
            assertTrue(along > 0, "along the gradient: " + along);
          }
        }
      }
    }
  }

  /** Straight up, values change as the gradient says. */
  @Test
  void theGradientAtThePicturesIsTheSlopeOfTheMeans() {
    WorkerThreads.limit(1);
    TrunkProgram program = new TrunkProgram(trunk, BATCH, SIZE, true);
    INDArray weights = network(0).build().getLayer(Network.TRUNK).params().dup('c');
    int channels = trunk.layers().get(trunk.layers().size() - 1).channels();
    INDArray means = Nd4j.zeros(BATCH, channels);
    INDArray errors = Nd4j.create(randomValues(3, BATCH * channels), BATCH, channels);
    INDArray gradients = Nd4j.zeros(1, weights.length());
    float[] at = randomValues(1, BATCH * EACH);
    try (FloatPointer pictures = new FloatPointer(at);
        FloatPointer pictureErrors = new FloatPointer(BATCH * (long) EACH)) {
      program.forward(pictures.address(), address(weights), address(means), true);
      program.backward(
          pictures.address(),
          address(weights),
          address(errors),
          address(gradients),
          pictureErrors.address(),
          0.9);
      float[] up = values(pictureErrors.address());
      double square = 0;
      for (float value : up) {
        square += (double) value * value;
      }
      // A hundredth of a grey level, root mean square.
      double width = 0.01 * Math.sqrt(up.length / square);
      double[] sums = new double[2];
      for (int side = 0; side < 2; side++) {
        float[] moved = at.clone();
        for (int i = 0; i < moved.length; i++) {
          moved[i] += (float) ((side == 0 ? -width : width) * up[i]);
        }
        pictures.put(moved);
        program.forward(pictures.address(), address(weights), address(means), true);
        sums[side] = means.mul(errors).sumNumber().doubleValue();
      }
      assertEquals(1, (sums[1] - sums[0]) / (2 * width * square), 0.02);
    }
  }

  /** A step shows the same pictures again, with more loss than they would have had unchanged. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsShownAgainIsHarder(boolean whole) {
    DataSet batch = batch();
    ComputationGraph plain = network(0).build(whole);
    ComputationGraph hostile = network(LIMIT).build(whole);
    fit(plain, batch);
    fit(hostile, batch);
    assertEquals(plain.params(), hostile.params(), "the first showing is as it would have been");
    fit(plain, batch);
    fit(hostile, batch);
    assertTrue(
        hostile.score() > plain.score() + 0.05, hostile.score() + " against " + plain.score());
  }

  /** Only what is learnt from is changed. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsClassifiedIsNotChanged(boolean whole) {
    ComputationGraph hostile = network(LIMIT).build(whole);
    fit(hostile, batch());
    fit(hostile, batch());
    ComputationGraph plain = network(0).build(whole);
    plain.setParams(hostile.params());
    INDArray pictures = batch().getFeatures();
    assertEquals(plain.outputSingle(pictures), hostile.outputSingle(pictures));
  }

  /** Without normalisation and with its first layers kept as they are, as brains are trained on. */
  @Test
  void itReachesPicturesThroughLayersThatAreKept() {
    Brain large = Architectures.trunk(Architecture.GOOGLENET, new float[] {100, 110, 120});
    Network.Settings settings =
        new Network.Settings(
            SIZE, CLASSES, false, true, Optimiser.SGD, 1e-6, 0, LIMIT, "pool1/3x3_s2", 5);
    ComputationGraph graph = new Network(large, settings).build();
    DataSet batch = batch();
    fit(graph, batch);
    double first = graph.score();
    INDArray frozen = graph.getLayer("conv1/7x7_s2").getParam("W").dup();
    fit(graph, batch);
    fit(graph, batch);
    assertTrue(graph.score() > first, graph.score() + " after " + first);
    assertEquals(frozen, graph.getLayer("conv1/7x7_s2").getParam("W"));
  }

  /** What workers get is the text of a network. */
  @Test
  void onATrunkThatHasLearntTheLimitRises() {
    Network network =
        new Network(
            trunk,
            new Network.Settings(
                SIZE, CLASSES, false, false, Optimiser.SGD, 0.001, 0, LIMIT, null, 5));
    ComputationGraph graph = network.build();
    for (double[] progressAndLimit : new double[][] {{0.125, LIMIT / 4}, {0.8, LIMIT}}) {
      network.setAdversary(graph, progressAndLimit[0]);
      ComputationGraphConfiguration sent =
          ComputationGraphConfiguration.fromJson(graph.getConfiguration().toJson());
      LayerVertex below = (LayerVertex) sent.getVertices().get("data/adversary");
      assertEquals(
          progressAndLimit[1], ((AdversaryLayer) below.getLayerConf().getLayer()).getLimit());
    }
  }

  @Test
  void everyBatchIsShownFourTimesInARowByOneWorker() {
    assertEquals(
        List.of("4", "4", "4", "4", "5", "5", "5", "5", "6", "6", "6", "6", "7", "7", "7", "7"),
        Training.batches(8, 2, 8, 4));
    assertEquals(List.of("16", "17", "18", "19"), Training.batches(8, 2, 2, 1));
  }

  private Network network(double adversarial) {
    return new Network(
        trunk,
        new Network.Settings(
            SIZE, CLASSES, true, true, Optimiser.SGD, 0.001, 1e-4, adversarial, null, 5));
  }

  /** With the same dropout every time. */
  private static void fit(ComputationGraph network, DataSet batch) {
    Nd4j.getRandom().setSeed(7);
    network.fit(batch);
  }

  private static DataSet batch() {
    INDArray labels = Nd4j.zeros(BATCH, CLASSES);
    for (int i = 0; i < BATCH; i++) {
      labels.putScalar(i, i, 1);
    }
    return new DataSet(
        Nd4j.create(randomValues(1, BATCH * EACH), new long[] {BATCH, 3, SIZE, SIZE}, 'c'), labels);
  }

  private static float[] randomValues(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() * 200 - 100;
    }
    return values;
  }

  private static FloatPointer random(long seed) {
    return new FloatPointer(randomValues(seed, BATCH * EACH));
  }

  private static float[] values(long address) {
    float[] values = new float[BATCH * EACH];
    new FloatPointer(new TrunkProgram.Address(address)).get(values);
    return values;
  }

  private static long address(INDArray array) {
    return array.data().addressPointer().address();
  }
}
