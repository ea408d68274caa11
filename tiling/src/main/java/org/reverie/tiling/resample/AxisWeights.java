package org.reverie.tiling.resample;

import java.util.Arrays;

/**
 * Which source pixels make each output pixel of a stretch of one axis, and how much of each: output
 * {@code i} is the sum over its taps of {@code weights[offset + t] * source[first + t]}. They
 * depend on the output's position alone, not on the stretch.
 *
 * @param first per output pixel, the first source pixel
 * @param offsets per output pixel and one more, where its weights start
 * @param weights of all taps
 */
record AxisWeights(long[] first, int[] offsets, double[] weights) {
  /**
   * @param filter the kernel
   * @param sourceLength pixels of the source picture
   * @param areaStart where the resampled part of it starts
   * @param areaLength how long that part is
   * @param outLength pixels that it becomes
   * @param from first output pixel wanted
   * @param to one past the last
   */
  static AxisWeights of(
      Filter filter,
      long sourceLength,
      double areaStart,
      double areaLength,
      long outLength,
      long from,
      long to) {
    int count = Math.toIntExact(to - from);
    Builder builder = new Builder(sourceLength, count);
    double scale = areaLength / outLength;
    double cornerStep = outLength > 1 ? (areaLength - 1) / (outLength - 1) : 0;
    for (long i = from; i < to; i++) {
      switch (filter) {
        case CORNER_ALIGNED_BILINEAR -> builder.addLinear(areaStart + i * cornerStep);
        case AREA -> builder.addMean(areaStart + i * scale, areaStart + (i + 1) * scale);
        case CATMULL_ROM, LANCZOS3 ->
            builder.addKernel(filter, areaStart + (i + 0.5) * scale, Math.max(1, scale));
      }
    }
    return builder.build();
  }

  int taps(int output) {
    return offsets[output + 1] - offsets[output];
  }

  /** First source pixel that any output needs. */
  long lowest() {
    long lowest = Long.MAX_VALUE;
    for (long pixel : first) {
      lowest = Math.min(lowest, pixel);
    }
    return lowest;
  }

  /** One past the last source pixel that any output needs. */
  long highest() {
    long highest = Long.MIN_VALUE;
    for (int i = 0; i < first.length; i++) {
      highest = Math.max(highest, first[i] + taps(i));
    }
    return highest;
  }

  private static final class Builder {
    private final long sourceLength;
    private final long[] first;
    private final int[] offsets;
    private double[] weights;
    private int output;

    Builder(long sourceLength, int count) {
      this.sourceLength = sourceLength;
      first = new long[count];
      offsets = new int[count + 1];
      weights = new double[count * 6];
    }

    AxisWeights build() {
      return new AxisWeights(first, offsets, weights);
    }

    void addLinear(double position) {
      long at = Math.min((long) Math.floor(position), Math.max(sourceLength - 2, 0));
      if (sourceLength == 1) {
        add(at, new double[] {1});
      } else {
        double after = position - at;
        add(at, new double[] {1 - after, after});
      }
    }

    void addMean(double low, double high) {
      long at = (long) Math.floor(low);
      double[] taps = new double[Math.toIntExact(Math.max(1, (long) Math.ceil(high) - at))];
      for (int t = 0; t < taps.length; t++) {
        taps[t] = Math.max(0, Math.min(high, at + t + 1) - Math.max(low, at + t));
      }
      addNormalised(at, taps);
    }

    void addKernel(Filter filter, double centre, double stretch) {
      double radius = filter.radius() * stretch;
      long at = (long) Math.ceil(centre - radius - 0.5);
      long end = (long) Math.floor(centre + radius - 0.5);
      double[] taps = new double[Math.toIntExact(end - at + 1)];
      for (int t = 0; t < taps.length; t++) {
        taps[t] = filter.value((at + t + 0.5 - centre) / stretch);
      }
      addNormalised(at, taps);
    }

    private void addNormalised(long at, double[] taps) {
      double sum = 0;
      for (double tap : taps) {
        sum += tap;
      }
      for (int t = 0; t < taps.length; t++) {
        taps[t] /= sum;
      }
      if (at >= 0 && at + taps.length <= sourceLength) {
        add(at, taps);
        return;
      }
      long lowest = Long.MAX_VALUE;
      long highest = Long.MIN_VALUE;
      for (int t = 0; t < taps.length; t++) {
        long pixel = mirror(at + t);
        lowest = Math.min(lowest, pixel);
        highest = Math.max(highest, pixel);
      }
      double[] folded = new double[Math.toIntExact(highest - lowest + 1)];
      for (int t = 0; t < taps.length; t++) {
        folded[Math.toIntExact(mirror(at + t) - lowest)] += taps[t];
      }
      add(lowest, folded);
    }

    /** Half-sample symmetric: ... 1 0 | 0 1 2 ... */
    private long mirror(long pixel) {
      long inside = Math.floorMod(pixel, 2 * sourceLength);
      return inside < sourceLength ? inside : 2 * sourceLength - 1 - inside;
    }

    private void add(long at, double[] taps) {
      int offset = offsets[output];
      if (offset + taps.length > weights.length) {
        weights = Arrays.copyOf(weights, Math.max(2 * weights.length, offset + taps.length));
      }
      System.arraycopy(taps, 0, weights, offset, taps.length);
      first[output] = at;
      offsets[output + 1] = offset + taps.length;
      output++;
    }
  }
}
