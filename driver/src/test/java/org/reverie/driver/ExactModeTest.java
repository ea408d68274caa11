package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Lattice;

/**
 * Exact mode against one window, iteration by iteration, with real brains:
 *
 * <pre>
 *   x_t of the untiled dream --+-- one window ------------------- g_t
 *                              +-- cores of 64, 128, 256 -------- the same g_t
 *   x_0 ------------------------- each left to itself ----------- how far apart after 15 steps
 * </pre>
 *
 * <p>By default a small part of it runs; {@code -Dreverie.full} runs all, or, as {@code
 * -Dreverie.full=squeezenet_v1.0-517}, one brain at one width, and writes the tables of
 * docs/measurements.md to {@code driver/target/exact-mode-BRAIN-WIDTH.md}.
 */
class ExactModeTest {
  private static final int OCTAVES = 3;
  private static final int ITERATIONS = 5;
  private static final boolean FULL = System.getProperty("reverie.full") != null;

  /**
   * How far gradients of a core may be apart, relative, ties aside. Rounding alone makes 1.8e-6 of
   * a core with AVX2, and 2.6e-7 of a canvas with AVX-512.
   */
  private static final double TOLERANCE = 1e-5;

  /**
   * Untiled dreams beside the one of two threads: what they differ by is what tiled ones may. Other
   * numbers of threads may give the same bits, and with AVX2 all of them do; a start that is one
   * rounding off never does.
   */
  private static final List<Other> OTHERS =
      FULL
          ? List.of(
              new Other(1, false), new Other(3, false), new Other(4, false), new Other(2, true))
          : List.of(new Other(1, false));

  /** An untiled dream of so many threads, from a start that is one rounding higher or not. */
  private record Other(int threads, boolean raised) {
    String name() {
      return raised ? "start one rounding off" : "threads: " + threads;
    }

    float[] start(float[] base) {
      float[] start = base.clone();
      for (int i = 0; raised && i < start.length; i++) {
        start[i] = Math.nextUp(start[i]);
      }
      return start;
    }
  }

  /** A brain, a layer, a canvas and the cores it is cut into. */
  record Case(String brain, String layer, Size canvas, List<Integer> cores) {
    String name() {
      return brain + "-" + canvas.width();
    }
  }

  static Stream<Case> cases() {
    Size odd = new Size(517, 389);
    if (!FULL) {
      Size small = new Size(259, 195);
      return Stream.of(
          new Case("squeezenet_v1.0", "fire4/concat", small, List.of(64)),
          new Case("googlenet_to_3b", "inception_3b/output", small, List.of(128)));
    }
    List<Integer> cores = List.of(64, 128, 256);
    String wanted = System.getProperty("reverie.full");
    Size round = new Size(1024, 768);
    return Stream.of(
            new Case("squeezenet_v1.0", "fire4/concat", odd, cores),
            new Case("squeezenet_v1.0", "fire4/concat", round, cores),
            new Case("googlenet_to_3b", "inception_3b/output", odd, cores),
            new Case("googlenet_to_3b", "inception_3b/output", round, cores))
        .filter(given -> !wanted.contains("-") || wanted.equals(given.name()));
  }

  /** A dream that is left to itself. */
  private final class Free {
    private float[] canvas;
    private float[] last;

    void enter(float[] base, Size size, float[] baseBefore, Size sizeBefore) {
      last = canvas;
      canvas =
          last == null ? base.clone() : SteppedDream.next(base, size, last, baseBefore, sizeBefore);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tiledGradientsAreTheUntiledOnes(Case given) throws IOException {
    int columns = given.cores().size();
    int others = OTHERS.size();
    List<double[]> errors = new ArrayList<>();
    List<double[]> drifts = new ArrayList<>();
    int[] equal = new int[columns + others];
    List<SteppedDream> otherDreams = new ArrayList<>();
    try (SteppedDream dream = new SteppedDream(given.brain(), given.layer(), 2)) {
      for (Other other : OTHERS) {
        otherDreams.add(new SteppedDream(given.brain(), given.layer(), other.threads()));
      }
      int halo = dream.geometry().exactHalo();
      List<Size> sizes = SteppedDream.octaves(given.canvas(), OCTAVES);
      Free untiled = new Free();
      List<Free> untiledOthers = new ArrayList<>();
      otherDreams.forEach(other -> untiledOthers.add(new Free()));
      List<Free> tiled = new ArrayList<>();
      given.cores().forEach(core -> tiled.add(new Free()));
      float[] baseBefore = null;
      for (int octave = 0; octave < OCTAVES; octave++) {
        Size size = sizes.get(octave);
        float[] base = dream.base("coffee.png", size);
        Size before = octave == 0 ? null : sizes.get(octave - 1);
        untiled.enter(base, size, baseBefore, before);
        for (int i = 0; i < others; i++) {
          float[] start = octave == 0 ? OTHERS.get(i).start(base) : base;
          untiledOthers.get(i).enter(start, size, baseBefore, before);
        }
        for (Free free : tiled) {
          free.enter(base, size, baseBefore, before);
        }
        baseBefore = base;
        for (int t = 0; t < ITERATIONS; t++) {
          Roll roll = SteppedDream.roll(octave, t);
          double[] error = new double[columns];
          double[] drift = new double[columns + others];
          SteppedDream.Gradient expected = dream.untiled(untiled.canvas, size, roll);
          List<float[]> stepped = new ArrayList<>();
          for (int i = 0; i < columns; i++) {
            Lattice lattice = dream.lattice(size, given.cores().get(i), octave, t);
            SteppedDream.Gradient found = dream.tiled(untiled.canvas, roll, lattice, halo);
            String place = "%s, octave %d, iteration %d".formatted(given, octave, t);
            hold(place, dream, untiled.canvas, roll, lattice, expected, found);
            error[i] = SteppedDream.relativeError(expected.values(), found.values());
            equal[i] += Arrays.equals(expected.values(), found.values()) ? 1 : 0;
            float[] own = tiled.get(i).canvas;
            SteppedDream.Gradient free =
                Arrays.equals(own, untiled.canvas) ? found : dream.tiled(own, roll, lattice, halo);
            stepped.add(dream.step(own, free));
          }
          untiled.canvas = dream.step(untiled.canvas, expected);
          for (int i = 0; i < others; i++) {
            Free other = untiledOthers.get(i);
            SteppedDream.Gradient free = otherDreams.get(i).untiled(other.canvas, size, roll);
            equal[columns + i] += Arrays.equals(expected.values(), free.values()) ? 1 : 0;
            other.canvas = otherDreams.get(i).step(other.canvas, free);
            drift[columns + i] = meanDifference(untiled.canvas, other.canvas);
          }
          for (int i = 0; i < columns; i++) {
            tiled.get(i).canvas = stepped.get(i);
            drift[i] = meanDifference(untiled.canvas, stepped.get(i));
          }
          errors.add(error);
          drifts.add(drift);
        }
        dream.forgetSessions();
        otherDreams.forEach(SteppedDream::forgetSessions);
      }
    } finally {
      otherDreams.forEach(SteppedDream::close);
    }
    write(given, errors, drifts, equal);
    if (FULL) {
      double[] last = drifts.get(drifts.size() - 1);
      double allowed = 2 * Arrays.stream(last, columns, columns + others).max().orElseThrow();
      double found = Arrays.stream(last, 0, columns).max().orElseThrow();
      assertTrue(found <= allowed, () -> given + "\n" + table(given, errors, drifts));
    }
  }

  /**
   * Every core's gradient is the untiled one; where a decision at a tie may have fallen otherwise
   * in one of the two, both are the oracle's with such decisions turned.
   */
  private static void hold(
      String place,
      SteppedDream dream,
      float[] canvas,
      Roll roll,
      Lattice lattice,
      SteppedDream.Gradient expected,
      SteppedDream.Gradient found) {
    for (int tile = 0; tile < lattice.tiles(); tile++) {
      Rectangle core = lattice.core(tile);
      float[] untiled = SteppedDream.part(expected.values(), lattice.size(), core);
      float[] tiled = SteppedDream.part(found.values(), lattice.size(), core);
      double apart = SteppedDream.relativeError(untiled, tiled);
      if (!(apart < TOLERANCE)) {
        for (float[] gradient : List.of(tiled, untiled)) {
          double error = dream.errorBesideTies(canvas, roll, lattice, core, gradient, TOLERANCE);
          assertTrue(
              error < TOLERANCE,
              () ->
                  "%s, %s: %.1e apart; the %s gradient is %.1e wrong beside ties"
                      .formatted(
                          place, core, apart, gradient == tiled ? "tiled" : "untiled", error));
        }
      }
    }
  }

  private static double meanDifference(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((double) a[i] - b[i]);
    }
    return sum / a.length;
  }

  private static void write(Case given, List<double[]> errors, List<double[]> drifts, int[] equal)
      throws IOException {
    if (!FULL) {
      return;
    }
    StringBuilder text = new StringBuilder(table(given, errors, drifts));
    text.append("\nBitwise equal gradients, of ").append(errors.size()).append(": ");
    for (int i = 0; i < given.cores().size(); i++) {
      text.append("core %d: %d, ".formatted(given.cores().get(i), equal[i]));
    }
    for (int i = 0; i < OTHERS.size(); i++) {
      text.append(
          "%s%s, left to itself: %d"
              .formatted(i > 0 ? ", " : "", OTHERS.get(i).name(), equal[given.cores().size() + i]));
    }
    Files.writeString(
        Path.of("target", "exact-mode-" + given.name() + ".md"), text.append(".\n").toString());
  }

  private static String table(Case given, List<double[]> errors, List<double[]> drifts) {
    StringBuilder text = new StringBuilder();
    text.append("**%s, %s, %s px**\n\n".formatted(given.brain(), given.layer(), given.canvas()));
    text.append("| octave, iteration |");
    given.cores().forEach(core -> text.append(" g, core %d |".formatted(core)));
    given.cores().forEach(core -> text.append(" free, core %d |".formatted(core)));
    OTHERS.forEach(other -> text.append(" free, %s |".formatted(other.name())));
    text.append("\n|---|").append("---|".repeat(2 * given.cores().size() + OTHERS.size()));
    for (int i = 0; i < errors.size(); i++) {
      text.append("\n| %d, %d |".formatted(i / ITERATIONS, i % ITERATIONS));
      for (double error : errors.get(i)) {
        text.append(String.format(Locale.ROOT, " %.1e |", error));
      }
      for (double drift : drifts.get(i)) {
        text.append(String.format(Locale.ROOT, " %.1e |", drift));
      }
    }
    return text.append('\n').toString();
  }
}
