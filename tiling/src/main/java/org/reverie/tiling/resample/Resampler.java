package org.reverie.tiling.resample;

import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

/**
 * Separable resampling of float planes, rectangle by rectangle. Every output pixel is the same sum
 * of the same products in the same order, whatever rectangle it is computed in: columns first, in
 * float64, then rows, rounded to float32 once.
 *
 * @param filter the kernel
 * @param from size of the source picture
 * @param area the part of it that becomes the output
 * @param to size of the output
 */
public record Resampler(Filter filter, Size from, SourceArea area, Size to) {
  private static final int CHANNELS = 3;

  /** Output rows that share the reading of weights: without that it takes twice as long. */
  private static final int ROWS = 4;

  public Resampler {
    if (filter == Filter.CORNER_ALIGNED_BILINEAR && !area.equals(SourceArea.whole(from))) {
      throw new IllegalArgumentException(
          "corners are aligned only where all of a picture is taken");
    }
  }

  /** All of a picture to another size. */
  public Resampler(Filter filter, Size from, Size to) {
    this(filter, from, SourceArea.whole(from), to);
  }

  /**
   * The source pixels that a part of the output needs; inside the source.
   *
   * @param out not empty, inside the output
   */
  public Rectangle needed(Rectangle out) {
    AxisWeights columns = columns(out);
    AxisWeights rows = rows(out);
    return Rectangle.between(columns.lowest(), rows.lowest(), columns.highest(), rows.highest());
  }

  /**
   * Resamples a part of the output.
   *
   * @param in CHW, 3 planes of {@code inRectangle}
   * @param inRectangle source pixels given, at least those of {@link #needed}
   * @param out not empty, inside the output
   * @return CHW, 3 planes of {@code out}
   */
  public float[] resample(float[] in, Rectangle inRectangle, Rectangle out) {
    int inWidth = Math.toIntExact(inRectangle.width());
    int inPlane = Math.toIntExact(inRectangle.pixels());
    int outWidth = Math.toIntExact(out.width());
    int outHeight = Math.toIntExact(out.height());
    if (in.length != CHANNELS * inPlane) {
      throw new IllegalArgumentException(in.length + " values for " + inRectangle);
    }
    AxisWeights columns = columns(out);
    AxisWeights rows = rows(out);
    if (columns.lowest() < inRectangle.x()
        || columns.highest() > inRectangle.right()
        || rows.lowest() < inRectangle.y()
        || rows.highest() > inRectangle.bottom()) {
      throw new IllegalArgumentException(
          out + " needs " + needed(out) + ", was given " + inRectangle);
    }
    int[] firstColumns = relative(columns, inRectangle.x());
    int[] firstRows = relative(rows, inRectangle.y());
    int usedFrom = Math.toIntExact(columns.lowest() - inRectangle.x());
    int usedTo = Math.toIntExact(columns.highest() - inRectangle.x());
    float[] result = new float[Math.multiplyExact(CHANNELS * outWidth, outHeight)];
    double[][] mixed = new double[ROWS][inWidth];
    for (int channel = 0; channel < CHANNELS; channel++) {
      int plane = channel * inPlane;
      for (int y = 0; y < outHeight; y += ROWS) {
        int count = Math.min(ROWS, outHeight - y);
        for (int i = 0; i < count; i++) {
          int offset = rows.offsets()[y + i];
          int source = plane + firstRows[y + i] * inWidth;
          mixFirst(mixed[i], in, source, usedFrom, usedTo, rows.weights()[offset]);
          for (int t = 1; t < rows.taps(y + i); t++) {
            mix(mixed[i], in, source + t * inWidth, usedFrom, usedTo, rows.weights()[offset + t]);
          }
        }
        int at = (channel * outHeight + y) * outWidth;
        mixAlong(mixed, columns, firstColumns, result, at, count);
      }
    }
    return result;
  }

  private static void mixFirst(
      double[] row, float[] in, int source, int from, int to, double weight) {
    for (int x = from; x < to; x++) {
      row[x] = weight * in[source + x];
    }
  }

  private static void mix(double[] row, float[] in, int source, int from, int to, double weight) {
    for (int x = from; x < to; x++) {
      row[x] += weight * in[source + x];
    }
  }

  /** Along {@link #ROWS} rows at once, of which {@code count} are wanted. */
  private static void mixAlong(
      double[][] rows, AxisWeights columns, int[] first, float[] result, int at, int count) {
    int[] offsets = columns.offsets();
    double[] weights = columns.weights();
    int width = first.length;
    double[] row0 = rows[0];
    double[] row1 = rows[1];
    double[] row2 = rows[2];
    double[] row3 = rows[3];
    for (int x = 0; x < width; x++) {
      int source = first[x] - offsets[x];
      int from = offsets[x];
      int to = offsets[x + 1];
      double weight = weights[from];
      double sum0 = weight * row0[source + from];
      double sum1 = weight * row1[source + from];
      double sum2 = weight * row2[source + from];
      double sum3 = weight * row3[source + from];
      for (int w = from + 1; w < to; w++) {
        weight = weights[w];
        sum0 += weight * row0[source + w];
        sum1 += weight * row1[source + w];
        sum2 += weight * row2[source + w];
        sum3 += weight * row3[source + w];
      }
      result[at + x] = (float) sum0;
      if (count > 1) {
        result[at + width + x] = (float) sum1;
      }
      if (count > 2) {
        result[at + 2 * width + x] = (float) sum2;
      }
      if (count > 3) {
        result[at + 3 * width + x] = (float) sum3;
      }
    }
  }

  private static int[] relative(AxisWeights weights, long origin) {
    int[] relative = new int[weights.first().length];
    for (int i = 0; i < relative.length; i++) {
      relative[i] = Math.toIntExact(weights.first()[i] - origin);
    }
    return relative;
  }

  private AxisWeights columns(Rectangle out) {
    checkInside(out);
    return AxisWeights.of(
        filter, from.width(), area.x(), area.width(), to.width(), out.x(), out.right());
  }

  private AxisWeights rows(Rectangle out) {
    checkInside(out);
    return AxisWeights.of(
        filter, from.height(), area.y(), area.height(), to.height(), out.y(), out.bottom());
  }

  private void checkInside(Rectangle out) {
    if (out.isEmpty() || !to.bounds().contains(out)) {
      throw new IllegalArgumentException(out + " of " + to);
    }
  }
}
