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

  /** The whole of a canvas, which is wrapped. */
  static Window whole(int width, int height) {
    return new Window(
        new WindowAxis(Border.WRAP, width, 0, width, 0, width, 1),
        new WindowAxis(Border.WRAP, height, 0, height, 0, height, 1));
  }
}
