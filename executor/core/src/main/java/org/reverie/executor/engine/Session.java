package org.reverie.executor.engine;

import java.util.List;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/**
 * One window in an engine's memory. Used by one thread at a time, closed by who compiled it.
 *
 * <p>Order: {@link #load}, then {@link #gradient} and {@link #step} in turn, or {@link #run};
 * {@link #readCanvas} and {@link #readGradient} at any time after {@link #load}. Planes are CHW
 * float32 with 3 channels in the brain's colour order, mean subtracted.
 */
public interface Session extends AutoCloseable {
  /**
   * Takes in the window's pixels.
   *
   * @param window its input lengths are those the session was compiled for
   * @param canvas 3 x loaded height x loaded width; not kept
   */
  void load(Window window, float[] canvas);

  /**
   * Says which region of the canvas each loaded pixel belongs to, for an objective whose guides
   * have regions. After {@link #load} and until the next one; without it all pixels are in region
   * 0.
   *
   * @param regions loaded height x loaded width, each below the number of regions; not kept
   */
  void regions(byte[] regions);

  /**
   * Computes the objective's gradient at the canvas as it stands; it is kept inside. Pixels that
   * the network sees only as mirror images, or not at all, have gradient 0.
   *
   * @param roll the shift before this iteration
   * @param core the part to sum over, in loaded coordinates
   * @return the sum of |g| over the core's pixels and channels, in double, always added in the same
   *     order
   * @throws NotFiniteException if the gradient of any loaded pixel is not finite
   */
  double gradient(Roll roll, Region core);

  /**
   * Adds the kept gradient times {@code factor} to every loaded pixel, then clips.
   *
   * @param factor step over mean |g|
   * @param clip bounds of every channel
   */
  void step(float factor, Clip clip);

  /**
   * Iterations without leaving the engine.
   *
   * @param rolls one per iteration
   * @param scaling the factor of each iteration
   * @param core the part to sum over, in loaded coordinates
   * @param clip bounds of every channel
   * @return the sum of |g| over the core, per iteration
   */
  default double[] run(List<Roll> rolls, Scaling scaling, Region core, Clip clip) {
    double[] sums = new double[rolls.size()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = gradient(rolls.get(i), core);
      step(scaling.factor(i, sums[i]), clip);
    }
    return sums;
  }

  /**
   * Copies out pixels of the canvas.
   *
   * @param region in loaded coordinates
   * @param out receives 3 x region height x region width
   */
  void readCanvas(Region region, float[] out);

  /**
   * Copies out the gradient that was computed last.
   *
   * @param region in loaded coordinates
   * @param out receives 3 x region height x region width
   */
  void readGradient(Region region, float[] out);

  @Override
  void close();
}
