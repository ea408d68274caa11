package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reverie.tiling.Roll;
import org.reverie.tiling.ScaleCurve;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.seam.SeamMeter;
import org.reverie.tiling.seam.SeamReport;

/**
 * What tiles that run an octave by themselves may divide by: the same octave of the same photograph
 * once with each formula, and the meter held against all.
 */
class ScaleFormulaTest {
  private static final Size CANVAS = new Size(600, 400);
  private static final int ITERATIONS = 10;
  private static final int CORE = 128;
  private static final int OVERLAP = 32;

  /**
   * An octave dreamt by one formula.
   *
   * @param canvas blended
   * @param sums of every tile at every iteration
   */
  private record Dreamt(float[] canvas, List<double[]> sums) {}

  @Test
  void theCommonCurveLeavesNoSeam() throws IOException {
    try (SteppedDream dream = new SteppedDream("squeezenet_v1.0", "fire4/concat", 2)) {
      List<Size> sizes = SteppedDream.octaves(CANVAS, 2);
      float[] small = dream.base("coffee.png", sizes.get(0));
      float[] canvas = small.clone();
      double[] sums = new double[ITERATIONS];
      for (int t = 0; t < ITERATIONS; t++) {
        SteppedDream.Gradient gradient =
            dream.untiled(canvas, sizes.get(0), SteppedDream.roll(0, t));
        sums[t] = gradient.sum();
        canvas = dream.step(canvas, gradient);
      }
      ScaleCurve common = ScaleCurve.measured(List.of(sums));
      float[] base = dream.base("coffee.png", CANVAS);
      float[] start = SteppedDream.next(base, CANVAS, canvas, small, sizes.get(0));
      dream.forgetSessions();
      Lattice lattice = dream.lattice(CANVAS, CORE, 1, 0);
      double firstMean =
          dream.tiled(start, SteppedDream.roll(1, 0), lattice, dream.geometry().exactHalo()).sum()
              / start.length;
      dream.forgetSessions();
      Map<String, SeamReport> reports = new LinkedHashMap<>();
      StringBuilder text = new StringBuilder(HEAD);
      for (String formula :
          List.of(
              "M_0 sqrt(r_t), one for all", "M_0 r_t, one for all", "M_0 S_t / S_0", "own mean")) {
        ScaleCurve applied = formula.contains("sqrt") ? common.afterBarePicture() : common;
        Dreamt dreamt = dream(dream, start, lattice, formula, applied, firstMean);
        SeamReport report =
            new SeamMeter(lattice, OVERLAP, dream.geometry().stride(), List.of(), 1)
                .measure(
                    SteppedDream.source(dreamt.canvas(), CANVAS),
                    Optional.of(SteppedDream.source(base, CANVAS)));
        reports.put(formula, report);
        text.append(row(formula, report, applied.spread(dreamt.sums())));
      }
      if (System.getProperty("reverie.full") != null) {
        Files.writeString(Path.of("target", "scale-formulas.md"), text);
      }
      assertTrue(reports.get("M_0 sqrt(r_t), one for all").seamless(), text::toString);
    }
  }

  private static Dreamt dream(
      SteppedDream dream,
      float[] start,
      Lattice lattice,
      String formula,
      ScaleCurve common,
      double firstMean)
      throws IOException {
    List<Roll> rolls =
        IntStream.range(0, ITERATIONS).mapToObj(t -> SteppedDream.roll(1, t)).toList();
    List<float[]> results = new ArrayList<>();
    List<double[]> sums = new ArrayList<>();
    for (int tile = 0; tile < lattice.tiles(); tile++) {
      long values = 3 * lattice.core(tile).pixels();
      SteppedDream.Scale scale =
          switch (formula) {
            case "M_0 sqrt(r_t), one for all", "M_0 r_t, one for all" ->
                own -> firstMean * common.ratios()[own.size() - 1];
            case "M_0 S_t / S_0" -> own -> firstMean * own.get(own.size() - 1) / own.get(0);
            case "own mean" -> own -> own.get(own.size() - 1) / values;
            default -> throw new AssertionError(formula);
          };
      List<Double> own = new ArrayList<>();
      results.add(
          dream.alone(
              start, lattice, tile, dream.geometry().exactHalo(), OVERLAP, rolls, scale, own));
      sums.add(own.stream().mapToDouble(Double::doubleValue).toArray());
    }
    float[] canvas = TiledDream.blend(lattice, OVERLAP, results);
    return new Dreamt(canvas, sums);
  }

  private static final String HEAD =
      "| divided by | step | level | detail | texture | contrast | worst |"
          + " own curves over the common one |\n|---|---|---|---|---|---|---|---|\n";

  private static String row(String formula, SeamReport report, double[] spread) {
    StringBuilder row = new StringBuilder("| " + formula);
    for (SeamReport.Figure figure : report.figures()) {
      row.append(
          String.format(
              Locale.ROOT, " | %.3f to %.3f, z %.1f", figure.seam(), figure.control(), figure.z()));
    }
    return row.append(String.format(Locale.ROOT, " | %.2f to %.2f |%n", spread[0], spread[1]))
        .toString();
  }
}
