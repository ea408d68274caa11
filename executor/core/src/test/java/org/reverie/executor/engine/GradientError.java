package org.reverie.executor.engine;

import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.reverie.executor.brain.Brain;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/**
 * How far a float32 gradient is from the exact one. Among half a million rectifiers one or another
 * stands so close to 0 that float32 may take it for the other side, and a single one moves a
 * gradient by 1e-4 to 1e-2. A gradient beyond its tolerance is therefore still right if the oracle,
 * with nothing but such decisions turned, gives it to within that tolerance.
 */
public final class GradientError {
  /** How close is a tie, of a blob's maximum: four times the error seen in float32 activations. */
  private static final double TIE = 2e-6;

  private static final int MOST_TIES = 100;

  private GradientError() {}

  /**
   * The relative error (l2) of a gradient; where it is beyond {@code tolerance}, what is left of it
   * once those ties are turned in the oracle that bring the two closer.
   *
   * @param input CHW, 3 x height x width
   * @param actual the gradient there
   */
  public static double besideTies(
      Brain brain,
      Objective objective,
      int width,
      int height,
      float[] input,
      float[] actual,
      double tolerance) {
    ReferenceNetwork oracle = new ReferenceNetwork(brain, objective, width, height);
    double[] expected = oracle.gradient(ReferenceNetwork.doubles(input));
    return besideTies(oracle, input, expected, actual, tolerance);
  }

  /**
   * The same of canvas pixels that the network sees through a window, rolled or mirrored.
   *
   * @param loaded 3 planes of the window's loaded pixels
   * @param region of the loaded pixels
   * @param actual the gradient there, 3 planes of the region
   */
  public static double besideTies(
      Brain brain,
      Objective objective,
      Window window,
      Roll roll,
      float[] loaded,
      Region region,
      float[] actual,
      double tolerance) {
    ReferenceNetwork oracle =
        new ReferenceNetwork(brain, objective, window.x().length(), window.y().length());
    WindowView view = new WindowView(window, roll, region);
    double[] input = view.input(loaded);
    double[] expected = view.gradient(oracle.gradient(input));
    return besideTies(oracle, input, view::gradient, expected, actual, tolerance);
  }

  static double besideTies(
      ReferenceNetwork oracle, float[] input, double[] expected, float[] actual, double tolerance) {
    double[] exactInput = ReferenceNetwork.doubles(input);
    return besideTies(oracle, exactInput, UnaryOperator.identity(), expected, actual, tolerance);
  }

  /**
   * The same of a part.
   *
   * @param part what {@code expected} and {@code actual} hold of a gradient at the input
   */
  private static double besideTies(
      ReferenceNetwork oracle,
      double[] input,
      UnaryOperator<double[]> part,
      double[] expected,
      float[] actual,
      double tolerance) {
    double error = EngineContract.relativeError(expected, actual);
    if (error < tolerance) {
      return error;
    }
    Set<ReferenceNetwork.Tie> turned = new HashSet<>();
    for (ReferenceNetwork.Tie tie : oracle.ties(input, TIE).stream().limit(MOST_TIES).toList()) {
      turned.add(tie);
      double with =
          EngineContract.relativeError(part.apply(oracle.gradient(input, turned)), actual);
      if (with < error) {
        error = with;
      } else {
        turned.remove(tie);
      }
      if (error < tolerance) {
        break;
      }
    }
    return error;
  }
}
