package org.reverie.tiling.seam;

/**
 * Means over a band of the canvas, per position across it: a line at any position can be measured
 * from it. For vertical lines positions are columns and the band is a row of tiles.
 *
 * <pre>
 *   position   c-3w/2  c-w    c-w/2   c   c+w/2  c+w   c+3w/2
 *                        [---level, detail---|---level, detail---]
 *                 [---beside---][----texture----][---beside---]
 *                        [--- step beside ---|--- step beside ---]
 * </pre>
 */
final class Profile {
  /** Added to both sides of a quotient, grey levels, so that 0 / 0 is 1 in flat areas. */
  private static final double QUOTIENT_FLOOR = 0.01;

  private static final int CHANNELS = 3;

  private final long origin;
  private final int length;
  private final double[] steps;
  private final double[][] levels;
  private final double[] details;
  private final double[] textures;

  /**
   * @param origin canvas coordinate of position 0; where it is not 0, lines must keep so far from
   *     it and from the end that no strip of theirs is cut off
   * @param length positions
   */
  Profile(long origin, int length) {
    this.origin = origin;
    this.length = length;
    // Element i holds the sum over positions below i once closed; position i is added at i + 1.
    steps = new double[length + 1];
    levels = new double[CHANNELS][length + 1];
    details = new double[length + 1];
    textures = new double[length + 1];
  }

  /**
   * Adds lines.
   *
   * @param sums per {@link TileSums.Line}, over each line
   * @param at position of the first of them
   */
  void add(double[][] sums, int at) {
    add(sums[TileSums.Line.STEP.ordinal()], steps, at);
    for (int channel = 0; channel < CHANNELS; channel++) {
      add(sums[TileSums.Line.level(channel)], levels[channel], at);
    }
    add(sums[TileSums.Line.DETAIL.ordinal()], details, at);
    add(sums[TileSums.Line.TEXTURE.ordinal()], textures, at);
  }

  private static void add(double[] values, double[] sums, int at) {
    for (int i = 0; i < values.length; i++) {
      sums[at + 1 + i] += values[i];
    }
  }

  /**
   * Ends the adding.
   *
   * @param bandLength pixels of the band along the lines
   * @param textureLength pairs of neighbours in it
   */
  void close(long bandLength, long textureLength) {
    accumulate(steps, CHANNELS * bandLength);
    for (double[] level : levels) {
      accumulate(level, bandLength);
    }
    accumulate(details, CHANNELS * bandLength);
    accumulate(textures, CHANNELS * Math.max(1, textureLength));
  }

  private static void accumulate(double[] sums, double divisor) {
    for (int i = 1; i < sums.length; i++) {
      sums[i] = sums[i - 1] + sums[i] / divisor;
    }
  }

  /**
   * Measures a line.
   *
   * @param position canvas coordinate of the first pixel behind it, after the first
   * @param stripPixels width of a strip, at least 2
   * @param beforePixels width of the piece before the line whose contrast is compared
   * @param behindPixels width of the piece behind it
   * @return one value per {@link Measure}, in their order
   */
  double[] measure(long position, int stripPixels, int beforePixels, int behindPixels) {
    int line = Math.toIntExact(position - origin);
    int half = stripPixels / 2;
    double step = mean(steps, line, line + 1);
    double besideStep =
        meanOfBoth(
            steps, Math.max(1, line - stripPixels), line, line + 1, line + 1 + stripPixels, step);
    double level = 0;
    for (double[] means : levels) {
      level +=
          Math.abs(mean(means, line - stripPixels, line) - mean(means, line, line + stripPixels));
    }
    double texture = mean(textures, line - half, line + half);
    double besideTexture =
        meanOfBoth(textures, line - 3 * half, line - half, line + half, line + 3 * half, texture);
    return new double[] {
      (step + QUOTIENT_FLOOR) / (besideStep + QUOTIENT_FLOOR),
      level / CHANNELS,
      difference(line, stripPixels, stripPixels),
      (texture + QUOTIENT_FLOOR) / (besideTexture + QUOTIENT_FLOOR),
      difference(line, beforePixels, behindPixels)
    };
  }

  /** |ln| of the quotient of mean |detail| before and behind a line. */
  private double difference(int line, int beforePixels, int behindPixels) {
    double before = mean(details, line - beforePixels, line) + QUOTIENT_FLOOR;
    double behind = mean(details, line, line + behindPixels) + QUOTIENT_FLOOR;
    return Math.abs(Math.log(before / behind));
  }

  private double mean(double[] sums, int from, int to) {
    int low = inside(from);
    int high = inside(to);
    return high > low ? (sums[high] - sums[low]) / (high - low) : 0;
  }

  private double meanOfBoth(
      double[] sums, int from, int to, int furtherFrom, int furtherTo, double ifEmpty) {
    int count = inside(to) - inside(from) + inside(furtherTo) - inside(furtherFrom);
    double sum =
        sums[inside(to)] - sums[inside(from)] + sums[inside(furtherTo)] - sums[inside(furtherFrom)];
    return count > 0 ? sum / count : ifEmpty;
  }

  private int inside(int position) {
    return Math.max(0, Math.min(length, position));
  }
}
