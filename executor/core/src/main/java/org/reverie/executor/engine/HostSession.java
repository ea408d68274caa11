package org.reverie.executor.engine;

import java.util.Arrays;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/**
 * A session whose canvas lives in the host's memory: everything but the gradient itself. An engine
 * on the CPU adds {@link #differentiate}.
 */
public abstract class HostSession implements Session {
  private static final int CHANNELS = 3;

  private final int width;
  private final int height;
  private Window window;
  private float[] canvas = new float[0];
  private float[] gradient = new float[0];
  private byte[] regions = new byte[0];
  private int[] inputColumns;
  private int[] inputRows;
  private int iteration;

  /**
   * @param width columns of the network's input
   * @param height rows of the network's input
   */
  protected HostSession(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /**
   * Writes the network's input, row by row. An engine with another layout than CHW copies from
   * here.
   */
  protected interface InputRows {
    /**
     * Copies one row of one channel of the network's input.
     *
     * @param channel 0 .. 2
     * @param row 0 .. height - 1
     * @param out receives {@code width} values from {@code offset} on
     * @param offset first index to write
     */
    void copy(int channel, int row, float[] out, int offset);
  }

  /** Takes the gradient at the network's input, row by row. */
  protected interface GradientRows {
    /**
     * Takes one row of one channel.
     *
     * @param channel 0 .. 2
     * @param row 0 .. height - 1
     * @param in {@code width} values from {@code offset} on
     * @param offset first index to read
     */
    void accept(int channel, int row, float[] in, int offset);
  }

  /**
   * Runs the network forward and back.
   *
   * @param input gives 3 x height x width
   * @param gradient takes d objective / d input, each row of each channel once
   */
  protected abstract void differentiate(InputRows input, GradientRows gradient);

  /** Some rows of the canvas. */
  @FunctionalInterface
  protected interface Rows {
    /**
     * Works on them.
     *
     * @param from first row
     * @param to one past the last row
     */
    void run(int from, int to);
  }

  /** Works on rows {@code 0 .. rows - 1}, each once; an engine with threads shares them out. */
  protected void forEachRow(int rows, Rows work) {
    work.run(0, rows);
  }

  @Override
  public final void load(Window window, float[] pixels) {
    if (window.x().length() != width || window.y().length() != height) {
      throw new IllegalArgumentException(
          "compiled for %d x %d, loaded with %s".formatted(width, height, window));
    }
    int length = CHANNELS * window.loadedRegion().pixels();
    if (pixels.length != length) {
      throw new IllegalArgumentException(pixels.length + " values where " + length + " belong");
    }
    this.window = window;
    if (canvas.length != length) {
      canvas = new float[length];
      gradient = new float[length];
    }
    System.arraycopy(pixels, 0, canvas, 0, length);
    regions = new byte[0];
    iteration = 0;
  }

  @Override
  public final void regions(byte[] loaded) {
    if (loaded.length != window.loadedRegion().pixels()) {
      throw new IllegalArgumentException(loaded.length + " regions for " + window);
    }
    regions = loaded.clone();
  }

  /** Whether anything was said about regions. */
  protected final boolean hasRegions() {
    return regions.length > 0;
  }

  /**
   * The region of what a position of the network's input shows, for {@link #differentiate}.
   *
   * @param x column of the input
   * @param y row of the input
   */
  protected final int region(int x, int y) {
    return regions.length == 0
        ? 0
        : regions[inputRows[y] * window.x().loadedLength() + inputColumns[x]] & 0xff;
  }

  @Override
  public final double gradient(Roll roll, Region core) {
    int[] columns = window.x().sources(roll.x());
    int[] rows = window.y().sources(roll.y());
    inputColumns = columns;
    inputRows = rows;
    int loadedWidth = window.x().loadedLength();
    int plane = window.loadedRegion().pixels();
    int[] canvasColumns = window.x().canvasPositions(roll.x());
    int[] canvasRows = window.y().canvasPositions(roll.y());
    int[] straight = longestRun(columns, canvasColumns[0], canvasColumns[1]);
    forEachRow(
        CHANNELS * window.y().loadedLength(),
        (from, to) -> Arrays.fill(gradient, from * loadedWidth, to * loadedWidth, 0));
    differentiate(
        (channel, row, out, offset) -> {
          int base = channel * plane + rows[row] * loadedWidth;
          for (int i = 0; i < columns.length; i++) {
            if (i == straight[0]) {
              int length = straight[1] - straight[0];
              System.arraycopy(canvas, base + columns[i], out, offset + i, length);
              i = straight[1] - 1;
            } else {
              out[offset + i] = canvas[base + columns[i]];
            }
          }
        },
        (channel, row, in, offset) -> {
          if (row < canvasRows[0] || row >= canvasRows[1]) {
            return;
          }
          int base = channel * plane + rows[row] * loadedWidth;
          for (int i = canvasColumns[0]; i < canvasColumns[1]; i++) {
            if (i == straight[0]) {
              int length = straight[1] - straight[0];
              System.arraycopy(in, offset + i, gradient, base + columns[i], length);
              i = straight[1] - 1;
            } else {
              gradient[base + columns[i]] = in[offset + i];
            }
          }
        });
    int loadedHeight = window.y().loadedLength();
    double[] sums = new double[CHANNELS * loadedHeight];
    // What lies around the core is stepped as well, and some of it is blended into the print.
    double[] sumsAround = new double[sums.length];
    int right = core.x() + core.width();
    forEachRow(
        sums.length,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int y = i % loadedHeight;
            int row = i * loadedWidth;
            if (y < core.y() || y >= core.y() + core.height()) {
              sumsAround[i] = absoluteSum(gradient, row, loadedWidth);
            } else {
              sums[i] = absoluteSum(gradient, row + core.x(), core.width());
              sumsAround[i] =
                  absoluteSum(gradient, row, core.x())
                      + absoluteSum(gradient, row + right, loadedWidth - right);
            }
          }
        });
    // Row by row, so that the sum does not depend on threads.
    double sum = 0;
    double around = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += sums[i];
      around += sumsAround[i];
    }
    if (!Double.isFinite(sum + around)) {
      throw new NotFiniteException(iteration);
    }
    iteration++;
    return sum;
  }

  /**
   * The longest stretch of {@code from .. to} in which columns follow one another, first to last.
   */
  private static int[] longestRun(int[] columns, int from, int to) {
    int[] longest = {-1, -1};
    int start = from;
    for (int i = from + 1; i <= to; i++) {
      if (i == to || columns[i] != columns[i - 1] + 1) {
        if (i - start > longest[1] - longest[0]) {
          longest = new int[] {start, i};
        }
        start = i;
      }
    }
    return longest;
  }

  /** Four sums side by side, since each waits for its last addition. */
  private static double absoluteSum(float[] values, int from, int length) {
    double first = 0;
    double second = 0;
    double third = 0;
    double fourth = 0;
    int end = from + length;
    int i = from;
    for (; i + 4 <= end; i += 4) {
      first += Math.abs(values[i]);
      second += Math.abs(values[i + 1]);
      third += Math.abs(values[i + 2]);
      fourth += Math.abs(values[i + 3]);
    }
    for (; i < end; i++) {
      first += Math.abs(values[i]);
    }
    return first + second + (third + fourth);
  }

  @Override
  public final void step(float factor, Clip clip) {
    int loadedWidth = window.x().loadedLength();
    int loadedHeight = window.y().loadedLength();
    forEachRow(
        CHANNELS * loadedHeight,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            float low = clip.low()[row / loadedHeight];
            float high = clip.high()[row / loadedHeight];
            for (int i = row * loadedWidth; i < (row + 1) * loadedWidth; i++) {
              canvas[i] = Math.min(high, Math.max(low, canvas[i] + factor * gradient[i]));
            }
          }
        });
  }

  @Override
  public final void readCanvas(Region region, float[] out) {
    copy(canvas, region, out);
  }

  @Override
  public final void readGradient(Region region, float[] out) {
    copy(gradient, region, out);
  }

  private void copy(float[] planes, Region region, float[] out) {
    int loadedWidth = window.x().loadedLength();
    int plane = window.loadedRegion().pixels();
    int position = 0;
    for (int c = 0; c < CHANNELS; c++) {
      for (int y = region.y(); y < region.y() + region.height(); y++) {
        System.arraycopy(
            planes, c * plane + y * loadedWidth + region.x(), out, position, region.width());
        position += region.width();
      }
    }
  }
}
