package org.reverie.tiling.lattice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.reverie.tiling.Border;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

class WindowsTest {
  private static final long PADDING = Long.MIN_VALUE;

  /** What the network sees untiled at a position of the frame. */
  private static long untiled(Frame frame, long position, int phase) {
    long width = frame.canvas().width();
    if (position < 0 || position >= frame.length(Axis.X)) {
      return PADDING;
    }
    return frame.border() == Border.WRAP
        ? position
        : WindowAxis.reflect(position - frame.borderPixels() - phase, width);
  }

  /** Asserts that core, half the overlap and the halo look the same in the window as untiled. */
  private static void assertSeesTheUntiledCanvas(
      Frame frame, WindowAxis axis, long low, long high, Iterable<Long> positions) {
    int phases = frame.rolls() && frame.border() == Border.MIRROR ? frame.stride() : 1;
    long first = axis.start() + frame.borderPixels();
    assertEquals(0, Math.floorMod(first, frame.stride()), "aligned");
    for (int phase = 0; phase < phases; phase++) {
      int[] sources = axis.sources(phase);
      for (long position : positions) {
        long inFrame = position + frame.borderPixels() + phase;
        for (long f = inFrame - frame.haloPixels(); f <= inFrame + frame.haloPixels(); f++) {
          long inWindow = f - first;
          boolean inside = inWindow >= 0 && inWindow < axis.length();
          long seen = inside ? sources[(int) inWindow] + axis.loadedStart() : PADDING;
          if (seen != untiled(frame, f, phase)) {
            throw new AssertionError(
                "core %d .. %d, phase %d, frame position %d of %d: sees %d, untiled %d; %s; %s"
                    .formatted(
                        low,
                        high,
                        phase,
                        f,
                        frame.length(Axis.X),
                        seen,
                        untiled(frame, f, phase),
                        axis,
                        frame));
          }
        }
      }
    }
  }

  private static Iterable<Long> ends(Frame frame, long low, long high) {
    Set<Long> positions = new HashSet<>();
    int reach = frame.overlapPixels() / 2;
    long width = frame.canvas().width();
    for (long position : new long[] {low - reach, low, high - 1, high - 1 + reach}) {
      positions.add(Math.max(0, Math.min(width - 1, position)));
    }
    return positions;
  }

  private static Frame frame(
      Border border,
      long width,
      int stride,
      int halo,
      int borderPixels,
      int overlap,
      boolean rolls) {
    LayerGeometry geometry = new LayerGeometry(stride, 1);
    Size size = new Size(width, 1);
    return border == Border.MIRROR
        ? Frame.mirrored(size, geometry, halo, borderPixels, overlap, rolls)
        : Frame.wrapped(size, geometry, halo, overlap, rolls);
  }

  @Property(tries = 3000)
  void everyWindowSeesTheUntiledCanvas(
      @ForAll Border border,
      @ForAll @IntRange(min = 1, max = 300) int width,
      @ForAll @IntRange(min = 1, max = 9) int stride,
      @ForAll @IntRange(min = 0, max = 40) int halo,
      @ForAll @IntRange(min = 0, max = 40) int borderPixels,
      @ForAll @IntRange(min = 0, max = 24) int overlap,
      @ForAll @IntRange(min = 1, max = 80) int core,
      @ForAll boolean rolls,
      @ForAll long seed) {
    Frame frame = frame(border, width, stride, halo, borderPixels, overlap, rolls);
    Lattice lattice = Lattice.draw(frame.canvas(), core, stride, seed, 0, 0);
    for (Windows windows :
        List.of(Windows.forCores(frame, core), Windows.forLattice(frame, lattice))) {
      List<Long> lengths = windows.lengths(Axis.X);
      assertTrue(lengths.size() <= 3, lengths::toString);
      for (int tile = 0; tile < lattice.pieces(Axis.X); tile++) {
        Rectangle part = lattice.core(tile);
        WindowAxis axis = windows.window(part).x();
        assertSeesTheUntiledCanvas(
            frame, axis, part.x(), part.right(), ends(frame, part.x(), part.right()));
        if (lattice.tiles() > 1) {
          assertTrue(lengths.contains((long) axis.length()), lengths + " and " + axis);
        }
        boolean touchesEnd =
            axis.start() + frame.borderPixels() + axis.length() == frame.length(Axis.X);
        assertTrue(touchesEnd || axis.length() % stride == 0 || part.right() == width);
        assertTrue(axis.loadedStart() >= 0);
        assertTrue(axis.loadedStart() + axis.loadedLength() <= width);
      }
    }
  }

  @Property(tries = 200)
  void onlyNeededPixelsAreLoaded(
      @ForAll @IntRange(min = 1, max = 200) int width,
      @ForAll @IntRange(min = 1, max = 8) int stride,
      @ForAll @IntRange(min = 0, max = 64) int halo,
      @ForAll @IntRange(min = 8, max = 80) int core,
      @ForAll long seed) {
    Frame frame = frame(Border.MIRROR, width, stride, halo, halo, 0, true);
    Lattice lattice = Lattice.draw(frame.canvas(), core, stride, seed, 0, 0);
    Windows windows = Windows.forCores(frame, core);
    for (int tile = 0; tile < lattice.tiles(); tile++) {
      WindowAxis axis = windows.window(lattice.core(tile)).x();
      Set<Integer> shown = new HashSet<>();
      for (int phase = 0; phase < stride; phase++) {
        for (int source : axis.sources(phase)) {
          shown.add(source);
        }
      }
      assertTrue(shown.contains(0) && shown.contains(axis.loadedLength() - 1), axis::toString);
    }
  }

  @Property(tries = 200)
  void positionsBeyondTwoToTheThirtyOne(
      @ForAll @LongRange(min = 3_000_000_000L, max = 9_000_000_000L) long width,
      @ForAll @IntRange(min = 1, max = 32) int stride,
      @ForAll @IntRange(min = 0, max = 300) int halo,
      @ForAll @LongRange(min = 0, max = 1_000_000) long random) {
    Frame frame = frame(Border.MIRROR, width, stride, halo, 128, 64, true);
    int core = 1024;
    Windows windows = Windows.forCores(frame, core);
    long last = (width - 1) / core * core;
    for (long low : new long[] {0, random * stride + core, last}) {
      long high = Math.min(width, low + core);
      WindowAxis axis = windows.window(new Rectangle(low, 0, high - low, 1)).x();
      assertSeesTheUntiledCanvas(frame, axis, low, high, ends(frame, low, high));
      assertTrue(axis.length() <= 1536 + 2 * 300 + 128 + 64 + 4 * stride, axis::toString);
    }
  }

  @Test
  void theWholeCanvasIsTheWholeFrame() {
    Frame frame = frame(Border.MIRROR, 100, 8, 0, 24, 0, true);
    Windows windows = Windows.forCores(frame, 512);
    WindowAxis axis = windows.window(new Rectangle(0, 0, 100, 1)).x();
    assertEquals(new WindowAxis(Border.MIRROR, 100, -24, 156, 0, 100, 8), axis);
    assertEquals(axis, windows.whole().x());
    assertEquals(156, frame.length(Axis.X));
    assertEquals(148, frame(Border.MIRROR, 100, 8, 0, 24, 0, false).length(Axis.X));
  }

  @Test
  void theWholeTorusIsOneWindow() {
    Frame frame = Frame.wrapped(new Size(163, 145), new LayerGeometry(8, 99), 96, 0, true);
    Window window = Windows.forCores(frame, 512).whole();
    assertEquals(new WindowAxis(Border.WRAP, 163, 0, 163, 0, 163, 8), window.x());
    assertEquals(new WindowAxis(Border.WRAP, 145, 0, 145, 0, 145, 8), window.y());
  }

  @Test
  void aPartOfATorusLiesInTheRolledCanvas() {
    Frame frame = Frame.wrapped(new Size(400, 1), new LayerGeometry(8, 9), 16, 0, true);
    Windows windows = Windows.forCores(frame, 64);
    WindowAxis axis = windows.window(new Rectangle(128, 0, 64, 1)).x();
    assertEquals(new WindowAxis(Border.WRAP, 400, 112, 96, 112, 96, 8), axis);
  }

  @Test
  void classesOfAPrint() {
    // 5400 px, stride 16, halo and border 128, overlap 64, cores of 1024:
    //   interior 1024 + 64 + 256 + 15 -> 1360; first 1535 + 32 + 256 + 15 -> 1840
    //   last from floor(5400 - 1535 - 32) = 3824 to 5672
    Frame frame =
        Frame.mirrored(new Size(5400, 5400), new LayerGeometry(16, 299), 128, 128, 64, true);
    Windows windows = Windows.forCores(frame, 1024);
    assertEquals(List.of(1360L, 1840L, 1848L), windows.lengths(Axis.X));
    assertEquals(1848, windows.longest(Axis.Y));
    Lattice lattice =
        new Lattice(new long[] {0, 1024, 2048, 3072, 4096, 5400}, new long[] {0, 5400});
    WindowAxis interior = windows.window(new Rectangle(1024, 0, 1024, 5400)).x();
    assertEquals(1024 - 32 - 128, interior.start());
    assertEquals(1360, interior.length());
    assertEquals((1840 + 3 * 1360 + 1848) * 5672L, windows.inputPixels(lattice));
  }

  @Test
  void lengthsStayTheSameFromRoundToRound() {
    Frame frame = Frame.mirrored(new Size(1013, 757), new LayerGeometry(8, 89), 88, 88, 32, true);
    Windows windows = Windows.forCores(frame, 128);
    Set<Integer> widths = new HashSet<>();
    Set<Integer> heights = new HashSet<>();
    for (int round = 0; round < 30; round++) {
      Lattice lattice = Lattice.draw(frame.canvas(), 128, 8, 1, 0, round);
      for (int tile = 0; tile < lattice.tiles(); tile++) {
        Window window = windows.window(lattice.core(tile));
        widths.add(window.x().length());
        heights.add(window.y().length());
      }
    }
    assertEquals(3, widths.size());
    assertEquals(3, heights.size());
  }

  @Test
  void aCanvasOfOnePixel() {
    Frame frame = frame(Border.MIRROR, 1, 8, 20, 20, 0, true);
    WindowAxis axis = Windows.forCores(frame, 64).window(new Rectangle(0, 0, 1, 1)).x();
    assertEquals(1 + 2 * 24 + 8, axis.length());
    assertArrayEquals(new int[axis.length()], axis.sources(5));
  }

  @Test
  void coresThatTheWindowsWereNotMadeForAreRefused() {
    Frame frame = frame(Border.MIRROR, 4000, 8, 64, 64, 0, true);
    Windows windows = Windows.forCores(frame, 128);
    assertThrows(
        IllegalArgumentException.class, () -> windows.window(new Rectangle(512, 0, 300, 1)));
    assertThrows(IllegalArgumentException.class, () -> windows.window(new Rectangle(0, 0, 300, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> windows.window(new Rectangle(3700, 0, 300, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> windows.window(new Rectangle(3990, 0, 20, 1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> Windows.forLattice(frame, Lattice.single(new Size(5, 5))));
  }

  @Test
  void framesKnowTheirLimits() {
    Size size = new Size(10, 10);
    assertThrows(
        IllegalArgumentException.class, () -> new Frame(size, Border.MIRROR, 8, 0, 12, 0, true));
    assertThrows(
        IllegalArgumentException.class, () -> new Frame(size, Border.WRAP, 8, 0, 8, 0, true));
    assertThrows(
        IllegalArgumentException.class, () -> new Frame(size, Border.MIRROR, 8, -1, 8, 0, true));
  }
}
