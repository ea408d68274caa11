package org.reverie.tiling.lattice;

import java.util.stream.LongStream;
import org.reverie.tiling.Border;
import org.reverie.tiling.WindowAxis;

/**
 * The windows of one axis. Positions here are those of the frame, 0 .. frame length: what the
 * network sees untiled. At phase p position f shows canvas coordinate {@code f - border - p}; a
 * core therefore lies at {@code core + border .. core + border + spread}, and a window is valid for
 * all phases if it covers all of that and a halo on each side.
 *
 * <pre>
 *   frame   0    border                                           length
 *           |mmmmm|cccccccccccccccccccccccccccccccccccc|mmmmm|ssss|
 *   first   [-------core-----halo--]
 *   interior      [-halo--core--halo-]
 *   last                           [--halo-----core---------------]
 * </pre>
 *
 * <p>Lengths belong to these three classes, not to a core, so that an octave compiles at most three
 * per axis: where a halo leaves the frame a window ends exactly where the frame does (there the
 * network's zero padding is the same as untiled); elsewhere it is as long as its class and lies
 * inside; and a window that would be as long as the frame is the whole frame.
 *
 * @param frame whose axis
 * @param canvasLength pixels of the canvas along it
 * @param frameLength positions of the frame along it
 * @param start where the windows of first cores begin, a multiple of the stride
 * @param end where the windows of last cores end
 * @param firstLength positions of a first core's window, a multiple of the stride
 * @param interiorLength positions of an interior core's window, a multiple of the stride
 * @param lastStart where the windows that end at {@code end} begin, a multiple of the stride
 */
record AxisWindows(
    Frame frame,
    long canvasLength,
    long frameLength,
    long start,
    long end,
    long firstLength,
    long interiorLength,
    long lastStart) {
  /**
   * @param longestFirst longest core at the left or upper border, pixels
   * @param longestInterior longest core between two cuts, pixels
   * @param longestLast longest core at the right or lower border, pixels
   * @param aligned whether all cuts are multiples of the stride
   */
  static AxisWindows of(
      Frame frame,
      Axis axis,
      long longestFirst,
      long longestInterior,
      long longestLast,
      boolean aligned) {
    int stride = frame.stride();
    long canvasLength = axis == Axis.X ? frame.canvas().width() : frame.canvas().height();
    long frameLength = frame.length(axis);
    int border = frame.borderPixels();
    int halo = frame.haloPixels();
    int reach = frame.reach();
    int spread = frame.spread();
    long start = Math.max(0, floor(border - (long) halo, stride));
    long end = Math.min(frameLength, ceil(canvasLength + border + spread + halo, stride));
    long first = ceil(longestFirst + reach + border + spread + halo - start, stride);
    boolean startsAligned = aligned && reach % stride == 0 && halo % stride == 0;
    int slack = startsAligned ? 0 : stride - 1;
    long interior = ceil(longestInterior + 2L * reach + spread + 2L * halo + slack, stride);
    long lastStart =
        Math.max(
            start,
            Math.min(
                floor(canvasLength - longestLast - reach + border - halo, stride),
                ceil(end - interior, stride)));
    return new AxisWindows(
        frame, canvasLength, frameLength, start, end, first, interior, lastStart);
  }

  /** The window of a core from {@code low} to {@code high}, canvas coordinates. */
  WindowAxis window(long low, long high) {
    if (low < 0 || high > canvasLength || low >= high) {
      throw new IllegalArgumentException(
          "core " + low + " .. " + high + " of a canvas of " + canvasLength);
    }
    long begin;
    long stop;
    if (low == 0 && high == canvasLength) {
      return whole();
    } else if (low == 0) {
      begin = start;
      stop = start + firstLength;
      if (stop > end) {
        return whole();
      }
    } else {
      long reached = low - frame.reach() + frame.borderPixels() - frame.haloPixels();
      begin = Math.max(start, floor(reached, frame.stride()));
      stop = begin + interiorLength;
      if (high == canvasLength || stop > end) {
        begin = lastStart;
        stop = end;
      }
    }
    if (begin <= start && stop >= end) {
      return whole();
    }
    checkCovers(low, high, begin, stop);
    return part(begin, Math.toIntExact(stop - begin));
  }

  private void checkCovers(long low, long high, long begin, long stop) {
    int border = frame.borderPixels();
    long around = (long) frame.haloPixels();
    long neededFrom = Math.max(0, Math.max(0, low - frame.reach()) + border - around);
    long neededTo =
        Math.min(
            frameLength,
            Math.min(canvasLength, high + frame.reach()) + border + frame.spread() + around);
    if (begin > neededFrom || stop < neededTo) {
      throw new IllegalArgumentException(
          "core " + low + " .. " + high + " is longer than those the windows were made for");
    }
  }

  /** The whole frame. */
  WindowAxis whole() {
    return part(0, Math.toIntExact(frameLength));
  }

  /** Different lengths that {@link #window} can return for cores of these classes, ascending. */
  long[] lengths() {
    return LongStream.of(
            start + firstLength >= end ? frameLength : firstLength,
            start + interiorLength >= end ? frameLength : interiorLength,
            lastStart <= start ? frameLength : end - lastStart)
        .distinct()
        .sorted()
        .toArray();
  }

  private WindowAxis part(long begin, int length) {
    long canvasStart = begin - frame.borderPixels();
    if (frame.border() == Border.WRAP) {
      return new WindowAxis(
          Border.WRAP, canvasLength, canvasStart, length, canvasStart, length, frame.stride());
    }
    long from = canvasStart - frame.spread();
    long to = canvasStart + length;
    long loadedFrom = lowestReflection(from, to, canvasLength);
    long loadedTo =
        canvasLength - lowestReflection(canvasLength - to, canvasLength - from, canvasLength);
    return new WindowAxis(
        Border.MIRROR,
        canvasLength,
        canvasStart,
        length,
        loadedFrom,
        Math.toIntExact(loadedTo - loadedFrom),
        frame.stride());
  }

  /** The smallest coordinate that positions {@code from .. to} show, mirror images included. */
  private static long lowestReflection(long from, long to, long canvasLength) {
    if (canvasLength == 1) {
      return 0;
    }
    long period = 2 * (canvasLength - 1);
    boolean showsZero = Math.floorDiv(to - 1, period) * period >= from;
    return showsZero
        ? 0
        : Math.min(
            WindowAxis.reflect(from, canvasLength), WindowAxis.reflect(to - 1, canvasLength));
  }

  static long floor(long position, int stride) {
    return Math.floorDiv(position, stride) * stride;
  }

  static long ceil(long position, int stride) {
    return -floor(-position, stride);
  }
}
