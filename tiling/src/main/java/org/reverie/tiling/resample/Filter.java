package org.reverie.tiling.resample;

import org.reverie.conf.RenderJob.Resampling;

/**
 * How a pixel follows from those around it in another size.
 *
 * <p>All but {@link #CORNER_ALIGNED_BILINEAR} are centred: pixel i covers i .. i + 1, both pictures
 * have the same edges, kernels are stretched by the ratio when the picture becomes smaller
 * (antialiasing) and their weights are normalised to sum to 1. Beyond its edge a picture continues
 * as its mirror image, the edge pixel repeated (half-sample symmetric), so that a constant stays
 * the same constant there.
 */
public enum Filter {
  /** The mean over the footprint of the new pixel, partly covered pixels counted in part. */
  AREA,
  /**
   * sinc(x) sinc(x / 3), |x| below 3: the base of photographs; rings by a few grey levels at edges.
   */
  LANCZOS3,
  /** Cubic convolution with a = -1/2 (Keys, 1981), |x| below 2: upsampling of detail. */
  CATMULL_ROM,
  /**
   * {@code scipy.ndimage.zoom(order=1)}, as google/deepdream uses it: the corner pixels' centres
   * stay, linear between neighbours, no antialiasing; computed in float64, rounded to float32 once.
   * The last row is clamped.
   */
  CORNER_ALIGNED_BILINEAR;

  /** What makes an octave's base from the input. */
  public static Filter base(Resampling resampling) {
    return switch (resampling) {
      case PHOTOGRAPHIC -> LANCZOS3;
      case NOTEBOOK -> CORNER_ALIGNED_BILINEAR;
    };
  }

  /** What brings detail to the next larger octave. */
  public static Filter detail(Resampling resampling) {
    return switch (resampling) {
      case PHOTOGRAPHIC -> CATMULL_ROM;
      case NOTEBOOK -> CORNER_ALIGNED_BILINEAR;
    };
  }

  /** Distance beyond which the kernel is 0, in pixels of the coarser picture. */
  double radius() {
    return switch (this) {
      case AREA -> 0.5;
      case CORNER_ALIGNED_BILINEAR -> 1;
      case CATMULL_ROM -> 2;
      case LANCZOS3 -> 3;
    };
  }

  /**
   * The kernel's value at a distance of the centre, for kernels that are sampled at pixel centres.
   */
  double value(double distance) {
    double x = Math.abs(distance);
    return switch (this) {
      case CATMULL_ROM ->
          x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
      case LANCZOS3 -> x < 3 ? sinc(x) * sinc(x / 3) : 0;
      case AREA, CORNER_ALIGNED_BILINEAR -> throw new AssertionError(this);
    };
  }

  // StrictMath: the same weights, hence the same bytes, on every machine.
  private static double sinc(double x) {
    return x == 0 ? 1 : StrictMath.sin(Math.PI * x) / (Math.PI * x);
  }
}
