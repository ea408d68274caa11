package org.reverie.executor.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Objective.Drive;
import org.reverie.executor.engine.Objective.Target;
import org.reverie.executor.engine.ReferenceEngine;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** A window in pieces, whose halo covers all that the layer sees. */
class SplitSessionTest {
  @Test
  void piecesKnowTheRegionsOfTheWhole() {
    BrainSketch sketch = new BrainSketch("split").convolution("a", 4, 3, 2, 1).relu("r");
    float[] columns = BrainSketch.random("columns", 4 * 6, 30);
    Objective objective =
        new Objective(
            List.of(new Target(sketch.index("r"), 1, new Drive.Guide(columns, List.of(2, 6)))));
    ReferenceEngine engine = new ReferenceEngine(sketch.brain(), objective);
    WindowAxis axis = new WindowAxis(Border.MIRROR, 40, 0, 40, 0, 40, 2);
    Window window = new Window(axis, axis);
    float[] canvas = BrainSketch.random("canvas", 3 * 40 * 40, 100);
    byte[] regions = new byte[40 * 40];
    for (int i = 0; i < regions.length; i++) {
      regions[i] = (byte) (i % 40 + i / 40 < 33 ? 1 : 0);
    }
    Session whole = engine.compile(40, 40);
    Session split = new SplitSession(40, 40, new SplitSession.Cut(4, 2, 4), engine::compile);
    float[][] gradients = new float[2][3 * 40 * 40];
    double[] sums = new double[2];
    for (int i = 0; i < 2; i++) {
      Session session = i == 0 ? whole : split;
      session.load(window, canvas);
      session.regions(regions);
      sums[i] = session.gradient(Roll.NONE, window.loadedRegion());
      session.readGradient(window.loadedRegion(), gradients[i]);
    }
    assertArrayEquals(gradients[0], gradients[1], 1e-4f);
    assertEquals(sums[0], sums[1], 1e-6 * sums[0]);
    split.load(window, canvas);
    split.gradient(Roll.NONE, window.loadedRegion());
    float[] without = new float[3 * 40 * 40];
    split.readGradient(window.loadedRegion(), without);
    double difference = 0;
    for (int i = 0; i < without.length; i++) {
      difference += Math.abs(without[i] - gradients[0][i]);
    }
    assertTrue(difference > 0.1 * sums[0], "regions must matter");
  }
}
