package org.reverie.executor.work;

import java.util.Arrays;
import org.reverie.executor.engine.HostSession;
import org.reverie.executor.engine.NotFiniteException;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * A window that is too large for its device, or fatal to it: its canvas lies in the host's memory,
 * and the network sees it in pieces, each with the plan's halo around it.
 *
 * <pre>
 *   +---------+---------+
 *   |         :    |    |     two pieces; the left one's gradient is taken from a window
 *   |  left   :halo|    |     that reaches over the cut by the halo
 *   |         :    |    |
 *   +---------+---------+
 * </pre>
 *
 * With a halo that covers the receptive field the gradient is that of the whole window, up to
 * rounding. Pieces begin at multiples of the stride, so that all pooling grids agree.
 */
final class SplitSession extends HostSession {
  private static final int CHANNELS = 3;

  private final int width;
  private final int height;
  private final Cut cut;
  private final Sessions sessions;
  private final int columns;
  private final int rows;

  /**
   * @param width columns of the network's input
   * @param height rows of the network's input
   * @param cut how it is cut
   * @param sessions of the pieces; they stay their owner's
   */
  SplitSession(int width, int height, Cut cut, Sessions sessions) {
    super(width, height);
    this.width = width;
    this.height = height;
    this.cut = cut;
    this.sessions = sessions;
    int across = 1;
    int down = 1;
    while (across * down < cut.pieces()) {
      if (width / across >= height / down) {
        across *= 2;
      } else {
        down *= 2;
      }
    }
    this.columns = across;
    this.rows = down;
  }

  /**
   * How a window is cut.
   *
   * @param pieces how many; 1 leaves it whole
   * @param stride of the dreamt layers, pixels
   * @param haloPixels context around a piece
   */
  record Cut(int pieces, int stride, int haloPixels) {}

  /** Gives a session by columns and rows of the network's input. */
  @FunctionalInterface
  interface Sessions {
    Session of(int width, int height);
  }

  @Override
  protected void differentiate(InputRows input, GradientRows gradient) {
    float[] whole = new float[CHANNELS * width * height];
    for (int row = 0; row < CHANNELS * height; row++) {
      input.copy(row / height, row % height, whole, row * width);
    }
    float[] result = new float[whole.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        Span x = span(width, columns, column);
        Span y = span(height, rows, row);
        if (x.length() > 0 && y.length() > 0) {
          piece(x, y, whole, result);
        }
      }
    }
    for (int row = 0; row < CHANNELS * height; row++) {
      gradient.accept(row / height, row % height, result, row * width);
    }
  }

  private void piece(Span x, Span y, float[] whole, float[] result) {
    Session session = sessions.of(x.loaded(), y.loaded());
    float[] pixels = new float[CHANNELS * x.loaded() * y.loaded()];
    for (int row = 0; row < CHANNELS * y.loaded(); row++) {
      int from = (row / y.loaded() * height + y.loadedStart() + row % y.loaded()) * width;
      System.arraycopy(whole, from + x.loadedStart(), pixels, row * x.loaded(), x.loaded());
    }
    session.load(new Window(axis(x), axis(y)), pixels);
    if (hasRegions()) {
      byte[] regions = new byte[x.loaded() * y.loaded()];
      for (int i = 0; i < regions.length; i++) {
        int column = x.loadedStart() + i % x.loaded();
        regions[i] = (byte) region(column, y.loadedStart() + i / x.loaded());
      }
      session.regions(regions);
    }
    Region part =
        new Region(
            x.start() - x.loadedStart(), y.start() - y.loadedStart(), x.length(), y.length());
    float[] values = new float[CHANNELS * part.pixels()];
    try {
      session.gradient(Roll.NONE, part);
      session.readGradient(part, values);
    } catch (NotFiniteException e) {
      // Whether it lies in the core, and so matters, is seen from the whole.
      Arrays.fill(values, Float.NaN);
    }
    for (int row = 0; row < CHANNELS * y.length(); row++) {
      int to = (row / y.length() * height + y.start() + row % y.length()) * width + x.start();
      System.arraycopy(values, row * x.length(), result, to, x.length());
    }
  }

  private WindowAxis axis(Span span) {
    return new WindowAxis(
        Border.WRAP, span.loaded(), 0, span.loaded(), 0, span.loaded(), cut.stride());
  }

  /**
   * One axis of a piece, in positions of the whole input.
   *
   * @param start of the piece
   * @param length of the piece
   * @param loadedStart of its window
   * @param loaded length of its window
   */
  private record Span(int start, int length, int loadedStart, int loaded) {}

  private Span span(int total, int count, int index) {
    int stride = cut.stride();
    int edge = roundUp((total + count - 1) / count, stride);
    int start = Math.min(total, index * edge);
    int end = Math.min(total, start + edge);
    int halo = roundUp(cut.haloPixels(), stride);
    int from = Math.max(0, start - halo);
    return new Span(start, end - start, from, Math.min(total, end + halo) - from);
  }

  private static int roundUp(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  /** Nothing: the sessions of the pieces are somebody else's. */
  @Override
  public void close() {}
}
