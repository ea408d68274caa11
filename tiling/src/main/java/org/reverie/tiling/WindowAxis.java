package org.reverie.tiling;

/**
 * One axis of a window: which loaded pixel the network sees at each position of its input.
 *
 * <p>The network's input has a fixed length. With {@link Border#MIRROR} it covers the canvas
 * coordinates {@code start - p .. start - p + length}, where {@code p = roll mod stride} is the
 * phase of the pooling grids, and coordinates outside the canvas are mirrored (reflect-101). {@code
 * start} is a multiple of the stride, so that pooling grids of all windows of an octave agree at
 * every phase. With {@link Border#WRAP} the input is the loaded pixels: the whole canvas, rolled
 * around ({@code loadedLength == canvasLength}), or a part of the already rolled canvas, which is
 * then only run with {@link Roll#NONE}.
 *
 * @param border what lies beyond the canvas' edge
 * @param canvasLength pixels of the whole canvas along this axis
 * @param start canvas coordinate of the input's first pixel at phase 0; a multiple of {@code
 *     stride}, negative where the window reaches into the mirrored border
 * @param length pixels of the network's input
 * @param loadedStart canvas coordinate of the first loaded pixel
 * @param loadedLength loaded pixels
 * @param stride the least common multiple of the cumulative strides below the dreamt layers, pixels
 */
public record WindowAxis(
    Border border,
    long canvasLength,
    long start,
    int length,
    long loadedStart,
    int loadedLength,
    int stride) {
  public WindowAxis {
    if (canvasLength < 1 || length < 1 || loadedLength < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "window axis: length " + length + ", loaded " + loadedLength + ", stride " + stride);
    }
    if (border == Border.MIRROR && Math.floorMod(start, stride) != 0) {
      throw new IllegalArgumentException("window starts at " + start + ", stride is " + stride);
    }
    if (border == Border.WRAP && (length != loadedLength || start != loadedStart)) {
      throw new IllegalArgumentException("a wrapped window is its loaded pixels");
    }
  }

  /** The phase of the pooling grids at a roll along this axis, 0 .. stride - 1. */
  public int phase(int roll) {
    return Math.floorMod(roll, stride);
  }

  /**
   * For each position of the network's input, the loaded pixel it shows.
   *
   * @param roll the roll along this axis, pixels
   * @return indices into the loaded pixels, {@code length} of them
   */
  public int[] sources(int roll) {
    int[] sources = new int[length];
    for (int i = 0; i < length; i++) {
      long source;
      if (border == Border.MIRROR) {
        source = reflect(start - phase(roll) + i, canvasLength) - loadedStart;
      } else {
        source = roll == 0 ? i : Math.floorMod((long) i - roll, canvasLength);
      }
      if (source < 0 || source >= loadedLength) {
        throw new IllegalStateException("position " + i + " needs pixel " + source + " of " + this);
      }
      sources[i] = (int) source;
    }
    return sources;
  }

  /**
   * The positions of the network's input that show canvas pixels, not their mirror images: from the
   * first (element 0) to one past the last (element 1).
   */
  public int[] canvasPositions(int roll) {
    if (border == Border.WRAP) {
      return new int[] {0, length};
    }
    long first = start - phase(roll);
    int from = (int) Math.min(length, Math.max(0, -first));
    int to = (int) Math.max(from, Math.min(length, canvasLength - first));
    return new int[] {from, to};
  }

  /** The coordinate inside 0 .. length - 1 that {@code position} mirrors, the edge not repeated. */
  public static long reflect(long position, long length) {
    if (length == 1) {
      return 0;
    }
    long period = 2 * (length - 1);
    long inside = Math.floorMod(position, period);
    return inside < length ? inside : period - inside;
  }
}
