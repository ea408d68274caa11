package org.reverie.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.engine.ReferenceNetwork.Tie;
import org.reverie.tiling.Border;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * What is let pass as a tie and what is not, in a window at the left edge of a canvas:
 *
 * <pre>
 *    -8      0           12      20          32      40
 *     m m m m R R R R R R c c c c c c c c c c . . . . .     wide: 18 pixels around the region R
 *     m m m m R R R R R R c c c c c . . . . . . . . . .     narrow: 6, and pooling looks 12 around
 * </pre>
 */
class GradientErrorTest {
  private static final double TOLERANCE = 1e-6;

  private static final BrainSketch SKETCH =
      new BrainSketch("ties")
          .convolution("a", 6, 5, 2, 2)
          .relu("r")
          .convolution("b", 4, 3, 1, 1)
          .layer("p", new Pooling(Pool.MAX, 3, 3, 2, 2, 0, 0, true));

  private static final Brain BRAIN = SKETCH.brain();
  private static final Objective OBJECTIVE = SKETCH.objective();
  private static final Window WIDE = window(40);
  private static final Window NARROW = window(28);
  private static final Roll ROLL = new Roll(-7, 6);

  /** Of the first convolution, 20 x 26: one that sees canvas pixels 3..7, 18..22. */
  private static final int UNIT_X = 7;

  private static final int UNIT_Y = 15;
  private static final Region REGION = new Region(0, 15, 12, 11);

  private static Window window(int length) {
    return new Window(
        new WindowAxis(Border.MIRROR, 40, -8, length, 0, 32, 4),
        new WindowAxis(Border.MIRROR, 34, -8, 52, 0, 34, 4));
  }

  private static float[] picture(int number) {
    return BrainSketch.random("picture " + number, 3 * 32 * 34, 100);
  }

  private static ReferenceNetwork oracle(Window window) {
    return new ReferenceNetwork(BRAIN, OBJECTIVE, window.x().length(), window.y().length());
  }

  private static double errorBesideTies(Roll roll, float[] picture, float[] gradient) {
    return GradientError.besideTies(
        BRAIN, OBJECTIVE, WIDE, roll, picture, REGION, gradient, TOLERANCE);
  }

  @Test
  void aWindowIsWhatASessionSees() {
    float[] gradient = new float[3 * REGION.pixels()];
    try (Session session = new ReferenceEngine(BRAIN, OBJECTIVE).compile(40, 52)) {
      session.load(WIDE, picture(0));
      for (Roll roll : List.of(Roll.NONE, new Roll(1, 3), new Roll(-7, 6))) {
        session.gradient(roll, REGION);
        session.readGradient(REGION, gradient);
        double error = errorBesideTies(roll, picture(0), gradient);
        assertTrue(error < TOLERANCE, roll + ": " + error);
      }
    }
  }

  /** A rectifier's input may be 2e-6 of its blob's largest value from 0, and no more. */
  @ParameterizedTest
  @CsvSource({"1e-7, true", "-1e-6, true", "4e-6, false", "-1e-3, false"})
  void aTurnedDecisionIsForgivenWhereItIsATie(double distance, boolean forgiven) {
    WindowView view = new WindowView(WIDE, ROLL, REGION);
    ReferenceNetwork oracle = oracle(WIDE);
    for (int channel = 0; channel < 6; channel++) {
      int unit = (channel * 26 + UNIT_Y) * 20 + UNIT_X;
      float[] picture = near(distance, unit, view, oracle);
      double[] input = view.input(picture);
      double[] exact = view.gradient(oracle.gradient(input));
      Set<Tie> decision = Set.of(new Tie(SKETCH.index("r"), unit));
      float[] turned = ReferenceNetwork.floats(view.gradient(oracle.gradient(input, decision)));
      double moved = EngineContract.relativeError(exact, turned);
      double error = errorBesideTies(ROLL, picture, turned);
      assertTrue(moved > 1e-3, "channel " + channel + " does not matter: " + moved);
      assertEquals(forgiven ? 0 : moved, error, TOLERANCE, "channel " + channel);
    }
  }

  /**
   * A picture with the pixel in the middle of what a unit of the first convolution sees so changed
   * that its value is this far from 0, relative to the blob's largest.
   */
  private static float[] near(double distance, int unit, WindowView view, ReferenceNetwork oracle) {
    float[] picture = picture(0);
    int pixel = 20 * 32 + 5;
    double[] before = oracle.forward(view.input(picture))[SKETCH.index("a")];
    picture[pixel]++;
    double slope = oracle.forward(view.input(picture))[SKETCH.index("a")][unit] - before[unit];
    double largest = Arrays.stream(before).map(Math::abs).max().orElseThrow();
    picture[pixel] += (float) ((distance * largest - before[unit]) / slope - 1);
    return picture;
  }

  @Test
  void aWindowTooNarrowIsNotForgiven() {
    WindowView narrow = new WindowView(NARROW, ROLL, REGION);
    for (int i = 0; i < 4; i++) {
      double[] gradient = narrow.gradient(oracle(NARROW).gradient(narrow.input(picture(i))));
      double error = errorBesideTies(ROLL, picture(i), ReferenceNetwork.floats(gradient));
      assertTrue(error > 1e-3, "picture " + i + ": " + error);
    }
  }
}
