package org.reverie.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reverie.executor.brain.Operation.GlobalPooling;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;

/** Where positions look, counted by hand. */
class CentresTest {
  private static String columns(BrainSketch sketch, String layer, int width) {
    int index = sketch.index(layer);
    var shape = sketch.brain().shapes(width, width).get(index);
    Centres centres = Centres.of(sketch.brain(), index, shape, width, width);
    return Arrays.toString(IntStream.range(0, shape.width()).map(centres.columns()::at).toArray());
  }

  @Test
  void aPositionLooksAtTheMiddleOfItsField() {
    BrainSketch sketch =
        new BrainSketch("c")
            .convolution("same", 2, 3, 1, 1)
            .convolution("inside", 2, 5, 2, 0)
            .layer("pool", new Pooling(Pool.MAX, 2, 2, 2, 2, 0, 0, true));
    assertEquals("[0, 1, 2, 3, 4, 5, 6, 7, 8]", columns(sketch, "same", 9));
    // Of pixels 0 to 4 the middle one is 2, then 4, then 6.
    assertEquals("[2, 4, 6]", columns(sketch, "inside", 9));
    // Two of those side by side: 3, and then the last one with nothing beside it.
    assertEquals("[3, 7]", columns(sketch, "pool", 9));
  }

  @Test
  void nothingLooksBeyondTheInput() {
    BrainSketch sketch = new BrainSketch("c").convolution("wide", 2, 3, 3, 3);
    // Fields -3..-1, 0..2, 3..5, 6..8, 9..11 of eight pixels.
    assertEquals("[0, 1, 4, 7]", columns(sketch, "wide", 8));
  }

  @Test
  void whatSeesEverythingIsSpreadEvenly() {
    BrainSketch sketch =
        new BrainSketch("c")
            .convolution("a", 2, 3, 1, 1)
            .layer("all", new GlobalPooling(Pool.AVERAGE));
    assertEquals("[4]", columns(sketch, "all", 9));
  }

  @Test
  void aDeconvolutionDividesTheStep() {
    BrainSketch sketch =
        new BrainSketch("c")
            .convolution("down", 2, 2, 2, 0)
            .deconvolution("up", 2, new int[] {2, 2, 2, 2, 0, 0, 1, 1}, 1);
    assertEquals(8, columns(sketch, "up", 8).split(",").length);
    assertEquals("[0, 1, 2, 3, 4, 5, 6, 7]", columns(sketch, "up", 8));
  }
}
