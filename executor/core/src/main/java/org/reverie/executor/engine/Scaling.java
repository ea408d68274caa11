package org.reverie.executor.engine;

/** What the gradient is multiplied by before it is added. */
public sealed interface Scaling {
  /**
   * Factor of iteration {@code iteration}, whose sum of |g| over the core is {@code sum}.
   *
   * @return 0 where there is no gradient
   */
  float factor(int iteration, double sum);

  /**
   * Factors decided beforehand.
   *
   * @param factors one per iteration of the run
   */
  record Given(float[] factors) implements Scaling {
    @Override
    public float factor(int iteration, double sum) {
      return factors[iteration];
    }
  }

  /**
   * The window is the whole canvas: step / mean |g|, the mean over all its pixels and channels.
   *
   * @param step grey levels that a pixel moves on average
   * @param values pixels times channels of the canvas
   */
  record OwnMean(float step, long values) implements Scaling {
    @Override
    public float factor(int iteration, double sum) {
      // The bound keeps infinity times 0 away from the canvas where next to nothing has a gradient.
      return sum == 0 ? 0 : (float) Math.min(step / (sum / values), Float.MAX_VALUE);
    }
  }
}
