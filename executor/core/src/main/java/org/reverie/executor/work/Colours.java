package org.reverie.executor.work;

import java.util.List;
import org.reverie.tiling.plan.RenderPlan;

/**
 * Turns pictures, RGB planes of 0..255, into canvases, a brain's planes with its mean subtracted.
 */
public final class Colours {
  private final boolean blueFirst;
  private final float[] mean;

  /** The colours of a plan's brain. */
  public Colours(RenderPlan.BrainFacts brain) {
    this(brain.blueFirst(), brain.mean());
  }

  private Colours(boolean blueFirst, List<Float> mean) {
    this.blueFirst = blueFirst;
    this.mean = new float[] {mean.get(0), mean.get(1), mean.get(2)};
  }

  /** The mean in the brain's channel order. */
  public float[] mean() {
    return mean.clone();
  }

  /**
   * From a picture to a canvas. What a resampling filter overshot is brought back into 0..255.
   *
   * @param picture 3 planes: red, green, blue, 0..255
   * @return 3 planes in the brain's order, mean subtracted
   */
  public float[] canvas(float[] picture) {
    int plane = picture.length / 3;
    float[] canvas = new float[picture.length];
    for (int c = 0; c < 3; c++) {
      clampAndAdd(picture, (blueFirst ? 2 - c : c) * plane, 0, -mean[c], canvas, c * plane, plane);
    }
    return canvas;
  }

  /**
   * From a canvas to a picture.
   *
   * @param canvas 3 planes in the brain's order, mean subtracted
   * @return 3 planes: red, green, blue, 0..255
   */
  public float[] picture(float[] canvas) {
    int plane = canvas.length / 3;
    float[] picture = new float[canvas.length];
    for (int c = 0; c < 3; c++) {
      clampAndAdd(canvas, c * plane, mean[c], 0, picture, (blueFirst ? 2 - c : c) * plane, plane);
    }
    return picture;
  }

  /** Adds, clamps to 0..255, and adds again. */
  private static void clampAndAdd(
      float[] in, int from, float before, float after, float[] out, int to, int count) {
    for (int i = 0; i < count; i++) {
      float value = in[from + i] + before;
      // Half the time of Math.min and Math.max; what is no number stays none, as with these.
      out[to + i] = (value < 0 ? 0 : value > 255 ? 255 : value) + after;
    }
  }
}
