package org.reverie.executor.engine;

import java.util.Arrays;
import java.util.List;
import org.reverie.executor.brain.Brain;

/**
 * The oracle: float64 arithmetic in plain loops, float32 only at the border. Slow and obvious; good
 * for small windows.
 */
public final class ReferenceEngine implements Engine {
  private final Brain brain;
  private final Objective objective;

  public ReferenceEngine(Brain brain, Objective objective) {
    this.brain = brain;
    this.objective = objective;
  }

  @Override
  public long bytesFor(int width, int height) {
    return 2
        * Double.BYTES
        * ObjectiveShapes.of(brain, objective, width, height).stream()
            .filter(shape -> shape.exists())
            .mapToLong(shape -> shape.values())
            .sum();
  }

  @Override
  public long weightBytes() {
    return 0;
  }

  @Override
  public Session compile(int width, int height) {
    return new ReferenceSession(
        new ReferenceNetwork(brain, objective, width, height), width, height);
  }

  @Override
  public List<float[]> activations(float[] input, int width, int height) {
    double[][] values =
        new ReferenceNetwork(brain, objective, width, height)
            .forward(ReferenceNetwork.doubles(input));
    return objective.layers().stream()
        .map(layer -> ReferenceNetwork.floats(values[layer]))
        .toList();
  }

  /**
   * d objective / d input without any rounding to float32.
   *
   * @param input CHW, 3 x height x width
   */
  public double[] gradient(double[] input, int width, int height) {
    return new ReferenceNetwork(brain, objective, width, height).gradient(input);
  }

  /**
   * What {@link #gradient} is the gradient of: weight / 2 ||a||^2 for the L2 drive, summed over the
   * targets.
   *
   * @param input CHW, 3 x height x width
   */
  public double value(double[] input, int width, int height) {
    return new ReferenceNetwork(brain, objective, width, height).value(input);
  }

  @Override
  public void close() {}

  private static final class ReferenceSession extends HostSession {
    private final ReferenceNetwork network;
    private final int width;
    private final int height;

    ReferenceSession(ReferenceNetwork network, int width, int height) {
      super(width, height);
      this.network = network;
      this.width = width;
      this.height = height;
    }

    @Override
    protected void differentiate(InputRows input, GradientRows gradient) {
      network.regions = this::region;
      float[] planes = new float[3 * height * width];
      for (int row = 0; row < 3 * height; row++) {
        input.copy(row / height, row % height, planes, row * width);
      }
      double[] slopes = network.gradient(ReferenceNetwork.doubles(planes));
      for (int row = 0; row < 3 * height; row++) {
        double[] line = Arrays.copyOfRange(slopes, row * width, (row + 1) * width);
        gradient.accept(row / height, row % height, ReferenceNetwork.floats(line), 0);
      }
    }

    @Override
    public void close() {}
  }
}
