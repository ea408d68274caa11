package org.reverie.executor.brain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.reverie.executor.brain.Brain.ColourOrder;
import org.reverie.executor.brain.Operation.Pool;

class BrainCardTest {
  private static LoadedBrain small() {
    Operation convolution =
        new Operation.Convolution(
            3, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1, new float[4 * 3 * 9], new float[4]);
    Brain brain =
        BrainCodec.hashed(
            "small",
            List.of(
                new Layer("data", List.of(), new Operation.Input(), 3),
                new Layer("conv", List.of(0), convolution, 4),
                new Layer("relu", List.of(1), new Operation.Relu(0), 4),
                new Layer("pool", List.of(2), new Operation.GlobalPooling(Pool.AVERAGE), 4)),
            new float[] {104, 116, 122},
            ColourOrder.BGR,
            List.of("relu"));
    return new LoadedBrain(
        brain,
        List.of(
            new KeptOut("loss", "SoftmaxWithLoss", KeptOut.Cause.DROPPED, "nobody dreams it"),
            new KeptOut("fc", "InnerProduct", KeptOut.Cause.NOT_CONVOLUTIONAL, "it is flat")),
        List.of("Everything was made up."),
        List.of());
  }

  /** Those of a classifier that was kept out are not those of what is left. */
  @Test
  void classesAreThoseOfTheLastLayer() {
    LoadedBrain classes = small().withClasses(List.of("agate", "arch", "лист", "y".repeat(90)));
    assertTrue(
        BrainCard.of(classes)
            .text()
            .contains(
                "everything           -\n\n"
                    + "what the channels of pool stand for\n  0 agate, 1 arch, 2 лист,\n  3 yyy"),
        BrainCard.of(classes)::text);
    assertEquals(Optional.of("arch"), classes.withMean(new float[3]).className(3, 1));
    assertEquals(Optional.empty(), classes.className(2, 1));
    assertEquals(List.of(), small().withClasses(List.of("agate", "arch")).classes());
  }

  /** A Chinese character is as wide as two Latin ones. */
  @Test
  void columnsStandStraightInAnyScript() {
    LoadedBrain small = small();
    List<Layer> layers = new ArrayList<>(small.brain().layers());
    Layer pool = layers.get(3);
    layers.set(3, new Layer("层一", pool.inputs(), pool.operation(), 4));
    String text =
        BrainCard.of(
                LoadedBrain.of(
                    BrainCodec.hashed("small", layers, new float[3], ColourOrder.BGR, List.of())))
            .text();
    assertTrue(text.contains("    relu  rectifier  "), text);
    assertTrue(text.contains("    层一  average of all  "), text);
  }

  @Test
  void aCardTellsEverything() {
    LoadedBrain loaded = small();
    assertEquals(
        """
        brain small
          parameters  112
          mean        [104.0, 116.0, 122.0] (BGR)
          dreams      relu
          hash        HASH
          note        Everything was made up.

        layers that can be dreamt (* is worth it)
          layer   what it is             channels  stride        sees  exact halo
            conv  convolution 3 x 3 / 2         4    2 px        3 px        2 px
          * relu  rectifier                     4    2 px        3 px        2 px
            pool  average of all                4    2 px  everything           -

        dropped, since only training needs it
            loss  SoftmaxWithLoss  nobody dreams it

        kept out
            fc  InnerProduct  it is flat
        """
            .replace("HASH", loaded.brain().hash()),
        BrainCard.of(loaded).text());
  }

  @Test
  void whatWasMeasuredIsAColumnOfItsOwn() {
    String text =
        BrainCard.of(small())
            .text(
                List.of(
                    new BrainCard.Column("auto halo", Map.of("relu", "128 px")),
                    new BrainCard.Column("values", Map.of("relu", "4.0", "pool", "0.1"))),
                List.of("12 bytes per pixel"));
    assertEquals(
        List.of(
            "  memory      12 bytes per pixel",
            "",
            "layers that can be dreamt (* is worth it)",
            "  layer   what it is             channels  stride        sees  exact halo  auto halo"
                + "  values",
            "    conv  convolution 3 x 3 / 2         4    2 px        3 px        2 px          -"
                + "       -",
            "  * relu  rectifier                     4    2 px        3 px        2 px     128 px"
                + "     4.0",
            "    pool  average of all                4    2 px  everything           -          -"
                + "     0.1"),
        text.lines().skip(6).limit(7).toList());
  }
}
