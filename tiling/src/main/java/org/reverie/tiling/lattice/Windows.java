package org.reverie.tiling.lattice;

import java.util.List;
import java.util.stream.LongStream;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Window;

/**
 * The windows of one octave: what an engine sees of the canvas for a core.
 *
 * <p>A window covers, at every phase of the pooling grids, the core grown by half the overlap and
 * by the halo, as far as the frame reaches. It starts at a multiple of the stride, so that its
 * pooling grids are those of the untiled canvas. With a halo that covers the receptive field, the
 * gradient on core and overlap is therefore the untiled one.
 *
 * <p>With {@link org.reverie.tiling.Border#WRAP} a core that is not the whole canvas lies in the
 * rolled canvas: its loaded pixels are read from there, and the session runs with {@link
 * org.reverie.tiling.Roll#NONE}.
 */
public final class Windows {
  private final Frame frame;
  private final AxisWindows x;
  private final AxisWindows y;

  private Windows(Frame frame, AxisWindows x, AxisWindows y) {
    this.frame = frame;
    this.x = x;
    this.y = y;
  }

  /**
   * Windows for every lattice that {@link Lattice#draw} can make: lengths do not change from round
   * to round, so that nothing is compiled anew.
   *
   * @param frame the octave
   * @param coreEdge as given to {@link Lattice#draw}
   */
  public static Windows forCores(Frame frame, int coreEdge) {
    return new Windows(frame, forCores(frame, Axis.X, coreEdge), forCores(frame, Axis.Y, coreEdge));
  }

  /**
   * Windows for the cores of one lattice only: as short as these allow.
   *
   * @param frame the octave
   * @param lattice of the same size
   */
  public static Windows forLattice(Frame frame, Lattice lattice) {
    if (!lattice.size().equals(frame.canvas())) {
      throw new IllegalArgumentException(
          "a lattice of " + lattice.size() + " on a canvas of " + frame.canvas());
    }
    return new Windows(
        frame, forLattice(frame, Axis.X, lattice), forLattice(frame, Axis.Y, lattice));
  }

  /** The octave. */
  public Frame frame() {
    return frame;
  }

  /**
   * The window of a core.
   *
   * @param core inside the canvas, no longer than the cores these windows were made for
   * @throws ArithmeticException if the window has more than 2^31 - 1 positions along an axis
   */
  public Window window(Rectangle core) {
    return new Window(x.window(core.x(), core.right()), y.window(core.y(), core.bottom()));
  }

  /** The window of the whole canvas. */
  public Window whole() {
    return new Window(x.whole(), y.whole());
  }

  /** All lengths that windows may have along an axis, ascending; at most three. */
  public List<Long> lengths(Axis axis) {
    return LongStream.of((axis == Axis.X ? x : y).lengths()).boxed().toList();
  }

  /** The longest window along an axis: what memory must hold. */
  public long longest(Axis axis) {
    List<Long> lengths = lengths(axis);
    return lengths.get(lengths.size() - 1);
  }

  /** Positions of all windows of a lattice together: the pixels an engine runs in one iteration. */
  public long inputPixels(Lattice lattice) {
    return Math.multiplyExact(inputLength(x, lattice.cutsX()), inputLength(y, lattice.cutsY()));
  }

  private static long inputLength(AxisWindows axis, long[] cuts) {
    long length = 0;
    for (int i = 1; i < cuts.length; i++) {
      length += axis.window(cuts[i - 1], cuts[i]).length();
    }
    return length;
  }

  private static AxisWindows forCores(Frame frame, Axis axis, int coreEdge) {
    long longest = Lattice.longestPiece(coreEdge);
    boolean aligned = coreEdge % frame.stride() == 0;
    return AxisWindows.of(frame, axis, longest, coreEdge, longest, aligned);
  }

  private static AxisWindows forLattice(Frame frame, Axis axis, Lattice lattice) {
    long[] cuts = lattice.cuts(axis);
    long interior = 0;
    boolean aligned = true;
    for (int i = 1; i < cuts.length - 1; i++) {
      aligned &= cuts[i] % frame.stride() == 0;
      interior = i > 1 ? Math.max(interior, cuts[i] - cuts[i - 1]) : interior;
    }
    long last = cuts[cuts.length - 1] - cuts[cuts.length - 2];
    return AxisWindows.of(frame, axis, cuts[1], interior, last, aligned);
  }
}
