package org.reverie.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCard;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.Operation;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.KeyedRandom.Purpose;

/** The oracle against finite differences and against numbers worked out by hand. */
class ReferenceEngineTest {

  static Stream<NetworkCase> smoothCases() {
    return NetworkCase.all().stream().filter(NetworkCase::smooth);
  }

  /**
   * Along random directions, (f(x + h d) - f(x - h d)) / 2h must be gradient . d. A kink between
   * the two points would spoil a direction; two step sizes that disagree betray it, and it is
   * passed over.
   */
  @ParameterizedTest
  @MethodSource("smoothCases")
  void gradientAgreesWithFiniteDifferences(NetworkCase network) {
    ReferenceEngine engine = new ReferenceEngine(network.brain(), network.objective());
    int width = network.width();
    int height = network.height();
    double[] input = ReferenceNetwork.doubles(network.input());
    double[] gradient = engine.gradient(input, width, height);
    double scale = 0;
    for (double g : gradient) {
      scale += g * g;
    }
    scale = Math.sqrt(scale);
    KeyedRandom random = KeyedRandom.of(7, Purpose.CONTROL, network.name().hashCode());
    int compared = 0;
    for (int trial = 0; trial < 12; trial++) {
      double[] direction = new double[input.length];
      double expected = 0;
      for (int i = 0; i < direction.length; i++) {
        direction[i] = 2 * random.nextDouble() - 1;
        expected += gradient[i] * direction[i];
      }
      double slope = slope(engine, network, input, direction, 1e-5);
      double coarser = slope(engine, network, input, direction, 3e-5);
      if (Math.abs(slope - coarser) < 1e-6 * scale) {
        assertEquals(expected, slope, 1e-5 * scale, "direction " + trial);
        compared++;
      }
    }
    assertTrue(compared >= 6, "only " + compared + " directions away from kinks");
  }

  @Test
  void everyOperationIsAmongThem() {
    Set<Class<?>> missing = new HashSet<>(Set.of(Operation.class.getPermittedSubclasses()));
    smoothCases()
        .flatMap(network -> network.brain().layers().stream())
        .forEach(layer -> missing.remove(layer.operation().getClass()));
    assertEquals(Set.of(), missing, "have no NetworkCase");
  }

  @Test
  void everyDriveIsAmongThem() {
    Set<Class<?>> missing = new HashSet<>(Set.of(Drive.class.getPermittedSubclasses()));
    NetworkCase.all().stream()
        .flatMap(network -> network.objective().targets().stream())
        .forEach(target -> missing.remove(target.drive().getClass()));
    assertEquals(Set.of(), missing, "have no NetworkCase");
  }

  /** Beside the engines, these know all operations by name. */
  @Test
  void everyBrainCanBeSentAndDescribed() {
    for (NetworkCase network : NetworkCase.all()) {
      Brain sketch = network.brain();
      Brain brain =
          BrainCodec.hashed(
              sketch.name(),
              sketch.layers(),
              sketch.mean(),
              sketch.colourOrder(),
              sketch.preferredLayers());
      Brain again = BrainCodec.decode(BrainCodec.encode(brain));
      assertEquals(brain.hash(), again.hash(), network.toString());
      String card = BrainCard.of(LoadedBrain.of(again)).text();
      again.layers().stream()
          .skip(1) // the input
          .forEach(layer -> assertTrue(card.contains(layer.name()), network + card));
    }
  }

  private static double slope(
      ReferenceEngine engine, NetworkCase network, double[] input, double[] direction, double h) {
    double[] forth = new double[input.length];
    double[] back = new double[input.length];
    Arrays.setAll(forth, i -> input[i] + h * direction[i]);
    Arrays.setAll(back, i -> input[i] - h * direction[i]);
    return (engine.value(forth, network.width(), network.height())
            - engine.value(back, network.width(), network.height()))
        / (2 * h);
  }

  /**
   *
   *
   * <pre>
   *   1 2 3 4      kernel 3, stride 2, no pad: rounded up to 2 x 2,
   *   5 6 7 8      the last windows clipped to what there is of them
   *   9 8 7 6
   *   5 4 3 2      largest 9 8    average 48/9 35/6
   *                        9 7            36/6 18/4
   * </pre>
   */
  @Test
  void poolingClipsItsLastWindow() {
    float[] plane = {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3, 2};
    assertPooled(new float[] {9, 8, 9, 7}, Pool.MAX, plane);
    assertPooled(new float[] {48 / 9f, 35 / 6f, 36 / 6f, 18 / 4f}, Pool.AVERAGE, plane);
  }

  private static void assertPooled(float[] expected, Pool pool, float[] plane) {
    BrainSketch sketch = new BrainSketch("p").layer("p", new Pooling(pool, 3, 3, 2, 2, 0, 0, true));
    float[] input = new float[48];
    System.arraycopy(plane, 0, input, 0, 16);
    float[] out =
        new ReferenceEngine(sketch.brain(), sketch.objective()).activations(input, 4, 4).get(0);
    assertEquals(12, out.length);
    for (int i = 0; i < 4; i++) {
      assertEquals(expected[i], out[i], 1e-6f, "output " + i);
    }
  }

  /**
   * Of an average over padding, the padding counts as far as n + pad: 2x2 ones, kernel 3, pad 1.
   */
  @Test
  void averageCountsPadding() {
    BrainSketch sketch =
        new BrainSketch("p").layer("p", new Pooling(Pool.AVERAGE, 3, 3, 2, 2, 1, 1, true));
    float[] input = new float[12];
    Arrays.fill(input, 1);
    float[] out =
        new ReferenceEngine(sketch.brain(), sketch.objective()).activations(input, 2, 2).get(0);
    // Windows start at -1 and 1; the second is clipped to 2 x 2, half of it padding.
    assertEquals(4 / 9f, out[0], 1e-6f);
    assertEquals(2 / 6f, out[1], 1e-6f);
    assertEquals(1 / 4f, out[3], 1e-6f);
  }

  /** Caffe divides alpha by the size: 3 / (1 + 6 / 3 (1 + 4 + 9)) at the middle of 1, 3, 2. */
  @Test
  void lrnDividesAlphaBySize() {
    BrainSketch sketch =
        new BrainSketch("n").layer("n", new Lrn(LrnRegion.ACROSS_CHANNELS, 3, 6, 1, 1));
    float[] out =
        new ReferenceEngine(sketch.brain(), sketch.objective())
            .activations(new float[] {1, 3, 2}, 1, 1)
            .get(0);
    assertEquals(3 / 29f, out[1], 1e-6f);
    assertEquals(1 / 21f, out[0], 1e-6f);
  }
}
