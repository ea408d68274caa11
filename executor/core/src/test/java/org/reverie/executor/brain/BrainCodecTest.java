package org.reverie.executor.brain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.reverie.executor.brain.Brain.ColourOrder;
import org.reverie.executor.brain.Operation.Combine;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;

class BrainCodecTest {
  private static final List<Integer> BELOW = List.of(0);

  /** A brain with one layer of every kind, and floats that only exact bits bring back. */
  private static Brain everything() {
    float[] odd = {Float.MIN_VALUE, -0f, 1 / 3f};
    List<Layer> layers =
        List.of(
            new Layer("data", List.of(), new Operation.Input(), 3),
            new Layer(
                "c",
                BELOW,
                new Operation.Convolution(3, 3, 1, 1, 1, 2, 3, 4, 5, 6, 3, odd, odd),
                3),
            new Layer(
                "d",
                BELOW,
                new Operation.Deconvolution(3, 3, 1, 1, 1, 2, 3, 4, 5, 6, 3, odd, odd),
                3),
            new Layer("p", BELOW, new Operation.Pooling(Pool.AVERAGE, 1, 2, 3, 4, 0, 1, false), 3),
            new Layer("g", BELOW, new Operation.GlobalPooling(Pool.MAX), 3),
            new Layer("r", BELOW, new Operation.Relu(0.1f), 3),
            new Layer("pr", BELOW, new Operation.Prelu(odd), 3),
            new Layer("e", BELOW, new Operation.Elu(0.3f), 3),
            new Layer("s", BELOW, new Operation.Sigmoid(), 3),
            new Layer("t", BELOW, new Operation.Tanh(), 3),
            new Layer("a", BELOW, new Operation.Absolute(), 3),
            new Layer("w", BELOW, new Operation.Power(2, 3, 4), 3),
            new Layer("f", BELOW, new Operation.Affine(odd, odd), 3),
            new Layer("l", BELOW, new Operation.Lrn(LrnRegion.WITHIN_CHANNEL, 3, 1, 2, 3), 3),
            new Layer(
                "+", List.of(0, 1), new Operation.Eltwise(Combine.SUM, new float[] {1, 2}), 3),
            new Layer("n", List.of(0, 2), new Operation.Concat(), 6),
            new Layer("k", BELOW, new Operation.Slice(1, 2), 1),
            new Layer("i", BELOW, new Operation.Identity(), 3));
    return BrainCodec.hashed(
        "käse", layers, new float[] {1, 2, 3}, ColourOrder.RGB, List.of("n", "c"));
  }

  @Test
  void everyOperationSurvives() {
    Brain brain = everything();
    Brain again = BrainCodec.decode(BrainCodec.encode(brain));
    assertEquals(brain.name(), again.name());
    assertEquals(brain.hash(), again.hash());
    assertEquals(brain.colourOrder(), again.colourOrder());
    assertEquals(brain.preferredLayers(), again.preferredLayers());
    assertArrayEquals(brain.mean(), again.mean());
    assertEquals(brain.layers().size(), again.layers().size());
    for (int i = 0; i < brain.layers().size(); i++) {
      Layer one = brain.layers().get(i);
      Layer other = again.layers().get(i);
      assertEquals(one.name(), other.name());
      assertEquals(one.inputs(), other.inputs());
      assertEquals(one.channels(), other.channels());
      assertEquals(withoutIdentity(one.operation()), withoutIdentity(other.operation()));
    }
    var kernel = (Operation.Convolution) again.layers().get(1).operation();
    assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(kernel.weights()[1]));
    assertArrayEquals(BrainCodec.encode(brain), BrainCodec.encode(again));
  }

  /** A record's text, without the identity hashes that arrays print. */
  private static String withoutIdentity(Operation operation) {
    return operation.toString().replaceAll("@[0-9a-f]+", "");
  }

  @Test
  void theHashCoversWhatChangesADream() {
    Brain brain = everything();
    assertEquals(64, brain.hash().length());
    assertEquals(
        brain.hash(),
        BrainCodec.hashed("other", brain.layers(), brain.mean(), ColourOrder.RGB, List.of())
            .hash());
    assertNotEquals(
        brain.hash(),
        BrainCodec.hashed("käse", brain.layers(), brain.mean(), ColourOrder.BGR, List.of()).hash());
    assertNotEquals(
        brain.hash(), LoadedBrain.of(brain).withMean(new float[] {1, 2, 4}).brain().hash());
    assertNotEquals(
        brain.hash(),
        BrainCodec.hashed(
                "käse", brain.layers().subList(0, 5), brain.mean(), ColourOrder.RGB, List.of())
            .hash());
  }

  @Test
  void damageIsNoticed() {
    byte[] whole = BrainCodec.encode(everything());
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThrows(IllegalArgumentException.class, () -> BrainCodec.decode(part));
    }
    Random random = new Random(1);
    int start = new String(whole, StandardCharsets.ISO_8859_1).indexOf("data") - 20;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      damaged[start + random.nextInt(damaged.length - start)] ^= (byte) (1 << random.nextInt(8));
      assertThrows(IllegalArgumentException.class, () -> BrainCodec.decode(damaged));
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    assertThrows(IllegalArgumentException.class, () -> BrainCodec.decode(longer));
  }
}
