package org.reverie.executor.brain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reverie.executor.brain.Brain.ColourOrder;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.tiling.LayerGeometry;

class ReceptiveFieldsTest {
  private final List<Layer> layers =
      new ArrayList<>(List.of(new Layer("data", List.of(), new Operation.Input(), 1)));

  private int add(Operation operation, Integer... inputs) {
    layers.add(new Layer("layer" + layers.size(), Arrays.asList(inputs), operation, 1));
    return layers.size() - 1;
  }

  private static Operation convolution(int kernel, int stride, int pad, int dilation) {
    return new Operation.Convolution(
        1,
        1,
        kernel,
        kernel,
        stride,
        stride,
        pad,
        pad,
        dilation,
        dilation,
        1,
        new float[kernel * kernel],
        new float[1]);
  }

  private static Operation deconvolution(int kernel, int stride, int pad) {
    return new Operation.Deconvolution(
        1,
        1,
        kernel,
        kernel,
        stride,
        stride,
        pad,
        pad,
        1,
        1,
        1,
        new float[kernel * kernel],
        new float[1]);
  }

  private static Operation pooling(int kernel, int stride, int pad) {
    return new Operation.Pooling(Pool.MAX, kernel, kernel, stride, stride, pad, pad, true);
  }

  private LayerGeometry geometry(Integer... targets) {
    return ReceptiveFields.of(
            BrainCodec.hashed("b", layers, new float[3], ColourOrder.BGR, List.of()))
        .geometry(List.of(targets));
  }

  @Test
  void theInputSeesItself() {
    assertEquals(new LayerGeometry(1, 1), geometry(0));
    assertEquals(0, geometry(0).exactHalo());
  }

  // 3 wide, then every second; then 3 of those: 3 + 2 * 2. Dilation 4: 3 + 8 * 2.
  @Test
  void stridesAndDilationWiden() {
    int first = add(convolution(3, 2, 1, 1), 0);
    int second = add(convolution(3, 1, 1, 1), first);
    int dilated = add(convolution(3, 1, 4, 4), first);
    assertEquals(new LayerGeometry(2, 3), geometry(first));
    assertEquals(new LayerGeometry(2, 7), geometry(second));
    assertEquals(new LayerGeometry(2, 19), geometry(dilated));
    assertEquals(new LayerGeometry(2, 19), geometry(second, dilated));
  }

  @Test
  void stridesOfSeveralTargetsHaveACommonMultiple() {
    int three = add(convolution(3, 3, 0, 1), 0);
    int two = add(pooling(2, 2, 0), 0);
    assertEquals(3, geometry(three).stride());
    assertEquals(2, geometry(two).stride());
    assertEquals(6, geometry(three, two).stride());
  }

  @Test
  void theLargerAxisCounts() {
    int wide =
        add(
            new Operation.Convolution(1, 1, 1, 9, 1, 2, 0, 4, 1, 1, 1, new float[9], new float[1]),
            0);
    assertEquals(new LayerGeometry(2, 9), geometry(wide));
  }

  //   pooling 3 / 2 without padding: output 0 sees pixels  0 1 2
  //   convolution 3 / 2, padding 1:  output 0 sees pixels -1 0 1
  //   both joined see                                     -1 0 1 2
  @Test
  void shiftedPathsSeeTheirUnion() {
    int pooled = add(pooling(3, 2, 0), 0);
    int convolved = add(convolution(3, 2, 1, 1), 0);
    int joined = add(new Operation.Concat(), pooled, convolved);
    assertEquals(new LayerGeometry(2, 4), geometry(joined));
  }

  @Test
  void normalisationWithinAChannelSeesASquare() {
    int within = add(new Operation.Lrn(LrnRegion.WITHIN_CHANNEL, 5, 1, 1, 1), 0);
    int across = add(new Operation.Lrn(LrnRegion.ACROSS_CHANNELS, 5, 1, 1, 1), 0);
    assertEquals(5, geometry(within).receptiveField());
    assertEquals(1, geometry(across).receptiveField());
  }

  @Test
  void nothingAboveAGlobalPoolIsBounded() {
    int halved = add(convolution(2, 2, 0, 1), 0);
    int all = add(new Operation.GlobalPooling(Pool.AVERAGE), halved);
    int above = add(convolution(1, 1, 0, 1), all);
    assertTrue(geometry(halved).bounded());
    assertFalse(geometry(above).bounded());
    assertFalse(geometry(halved, above).bounded());
    assertEquals(2, geometry(above).stride());
  }

  // Every output of a deconvolution 4 / 2 is fed by two neighbours, two pixels apart after a
  // halving;
  // which two depends on its phase, so three is what all phases together may see beyond their own.
  @Test
  void deconvolutionDividesTheStride() {
    int halved = add(convolution(2, 2, 0, 1), 0);
    int back = add(deconvolution(4, 2, 1), halved);
    int finer = add(convolution(3, 1, 1, 1), back);
    assertEquals(2, geometry(back).stride());
    int sight = geometry(back).receptiveField();
    assertTrue(sight >= 4 && sight <= 6, "sees " + sight);
    assertEquals(sight + 2, geometry(finer).receptiveField());
  }

  // The bound, against what values really do: which pixels change an output of this chain.
  @Test
  void deconvolutionIsNeverUnderestimated() {
    int halved = add(convolution(3, 2, 1, 1), 0);
    int back = add(deconvolution(5, 3, 1), halved);
    int receptiveField = geometry(back).receptiveField();
    int length = 61;
    int middle = (length + 1) / 2;
    for (int o = 20; o < 70; o++) {
      int first = Integer.MAX_VALUE;
      int last = Integer.MIN_VALUE;
      for (int i = 0; i < middle; i++) {
        int tap = o + 1 - 3 * i;
        if (tap >= 0 && tap < 5) {
          first = Math.min(first, 2 * i - 1);
          last = Math.max(last, 2 * i + 1);
        }
      }
      assertTrue(last - first + 1 <= receptiveField, o + " sees " + first + ".." + last);
    }
  }
}
