package org.reverie.executor.cudnn;

import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.tiling.Border;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** Brains with whole packs of channels, which the contract's small ones do not have. */
final class Sketches {
  static final Pooling POOLING = new Pooling(Pool.MAX, 3, 3, 2, 2, 0, 0, true);

  private Sketches() {}

  /** GoogLeNet in small: normalisation, two kinds of branches, a concat that others read. */
  static BrainSketch inception() {
    return new BrainSketch("inception")
        .convolution("conv1", 32, 7, 2, 3)
        .relu("relu1")
        .layer("pool1", POOLING)
        .layer("norm1", new Lrn(LrnRegion.ACROSS_CHANNELS, 5, 1e-2f, 0.75f, 1))
        .convolution("conv2", 48, 3, 1, 1)
        .relu("relu2")
        .layer("norm2", new Lrn(LrnRegion.ACROSS_CHANNELS, 5, 1e-2f, 0.75f, 1))
        .convolution("1x1", 16, 1, 1, 0, "norm2")
        .relu("relu 1x1")
        .convolution("reduce", 24, 1, 1, 0, "norm2")
        .layer("relu reduce", new Relu(0.1f))
        .convolution("3x3", 32, 3, 1, 1)
        .relu("relu 3x3")
        .layer("pool", new Pooling(Pool.MAX, 3, 3, 1, 1, 1, 1, true), "norm2")
        .convolution("project", 16, 1, 1, 0)
        .relu("relu project")
        .layer("output", new Concat(), "relu 1x1", "relu 3x3", "relu project")
        .convolution("next", 16, 1, 1, 0, "output")
        .relu("relu next")
        .layer("pool2", POOLING, "output")
        .convolution("last", 16, 3, 1, 1);
  }

  /** GoogLeNet's geometry as far as {@code inception_4c/output}. */
  static BrainSketch googLeNet() {
    Lrn norm = new Lrn(LrnRegion.ACROSS_CHANNELS, 5, 1e-4f, 0.75f, 1);
    BrainSketch sketch =
        new BrainSketch("GoogLeNet")
            .convolution("conv1", 64, 7, 2, 3)
            .relu("relu conv1")
            .layer("pool1", POOLING)
            .layer("norm1", norm)
            .convolution("reduce conv2", 64, 1, 1, 0)
            .relu("relu reduce conv2")
            .convolution("conv2", 192, 3, 1, 1)
            .relu("relu conv2")
            .layer("norm2", norm)
            .layer("pool2", POOLING);
    inception(sketch, "3a", "pool2", 64, 96, 128, 16, 32, 32);
    inception(sketch, "3b", "3a", 128, 128, 192, 32, 96, 64);
    sketch.layer("pool3", POOLING);
    inception(sketch, "4a", "pool3", 192, 96, 208, 16, 48, 64);
    inception(sketch, "4b", "4a", 160, 112, 224, 24, 64, 64);
    inception(sketch, "4c", "4b", 128, 128, 256, 24, 64, 64);
    return sketch;
  }

  /**
   * @param widths channels: 1x1, in front of 3x3, 3x3, in front of 5x5, 5x5, behind the pooling
   */
  private static void inception(BrainSketch sketch, String name, String input, int... widths) {
    sketch
        .convolution(name + " 1x1", widths[0], 1, 1, 0, input)
        .relu(name + " relu 1x1")
        .convolution(name + " reduce 3x3", widths[1], 1, 1, 0, input)
        .relu(name + " relu reduce 3x3")
        .convolution(name + " 3x3", widths[2], 3, 1, 1)
        .relu(name + " relu 3x3")
        .convolution(name + " reduce 5x5", widths[3], 1, 1, 0, input)
        .relu(name + " relu reduce 5x5")
        .convolution(name + " 5x5", widths[4], 5, 1, 2)
        .relu(name + " relu 5x5")
        .layer(name + " pool", new Pooling(Pool.MAX, 3, 3, 1, 1, 1, 1, true), input)
        .convolution(name + " project", widths[5], 1, 1, 0)
        .relu(name + " relu project")
        .layer(
            name,
            new Concat(),
            name + " relu 1x1",
            name + " relu 3x3",
            name + " relu 5x5",
            name + " relu project");
  }

  /** The whole of a canvas, which is wrapped. */
  static Window whole(int width, int height) {
    return new Window(
        new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1),
        new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1));
  }
}
