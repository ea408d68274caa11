package org.reverie.tiling.lattice;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.reverie.conf.RenderJob.Resampling;
import org.reverie.tiling.Size;

/** The sizes of an octave pyramid. */
public final class OctaveSizes {
  private OctaveSizes() {}

  /**
   * The sizes of all octaves, smallest first; the last one is the canvas. No side is ever below 1.
   *
   * <p>{@link Resampling#NOTEBOOK} divides the octave above by {@code scale} again and again, each
   * time rounded half to even as Python's {@code round} does; {@link Resampling#PHOTOGRAPHIC}
   * divides the canvas by {@code scale^k}, so that rounding does not add up: 5400 px give 5400,
   * 3857, 2755, 1968, 1406, 1004, 717, 512, 366, 261.
   *
   * @param canvas the largest octave
   * @param octaves how many, at least 1
   * @param scale from one octave to the next larger one, above 1
   * @param rule how sizes are rounded
   */
  public static List<Size> of(Size canvas, int octaves, double scale, Resampling rule) {
    if (octaves < 1) {
      throw new IllegalArgumentException(octaves + " octaves");
    }
    checkScale(scale);
    List<Size> sizes = new ArrayList<>(octaves);
    sizes.add(canvas);
    for (int k = 1; k < octaves; k++) {
      Size above = sizes.get(k - 1);
      sizes.add(
          switch (rule) {
            case NOTEBOOK -> divide(above, scale);
            case PHOTOGRAPHIC -> divide(canvas, StrictMath.pow(scale, k));
          });
    }
    Collections.reverse(sizes);
    return List.copyOf(sizes);
  }

  /**
   * As many octaves as bring the shorter side nearest, by ratio, to the brain's own input size: 10
   * for 5400 px, scale 1.4 and an input of 224 px (261 is nearer to it than 187).
   *
   * @param canvas the largest octave
   * @param scale from one octave to the next larger one, above 1
   * @param brainInputPixels edge of the brain's own input
   * @return at least 1
   */
  public static int automaticCount(Size canvas, double scale, int brainInputPixels) {
    checkScale(scale);
    double ratio = (double) Math.min(canvas.width(), canvas.height()) / brainInputPixels;
    if (ratio <= 1) {
      return 1;
    }
    return 1 + Math.toIntExact(Math.round(StrictMath.log(ratio) / StrictMath.log(scale)));
  }

  private static void checkScale(double scale) {
    if (!(scale > 1)) {
      throw new IllegalArgumentException("octave scale " + scale);
    }
  }

  private static Size divide(Size size, double divisor) {
    return new Size(divide(size.width(), divisor), divide(size.height(), divisor));
  }

  private static long divide(long length, double divisor) {
    return Math.max(1, (long) Math.rint(length / divisor));
  }
}
