package org.reverie.tiling.seam;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.lattice.Seam;

/**
 * Turns measured seams into figures.
 *
 * @param meter that measured them
 */
record Scoring(SeamMeter meter) {
  private static final Measure[] MEASURES = Measure.values();

  /** What single seams are scored by: all measures but the last, which compares whole tiles. */
  private static final int OF_SINGLE_SEAMS = Measure.CONTRAST.ordinal();

  /** The report of all seams, in the order of {@link Lattice#seams}. */
  SeamReport report(List<Measured> measured) {
    Size size = meter.last().size();
    List<SeamReport.SeamScore> scores = new ArrayList<>();
    double[] largestControls = new double[meter.controlLines()];
    double[] pooled = pooledVariances(measured);
    for (Measured seam : measured) {
      scores.add(score(seam, pooled, largestControls));
    }
    List<SeamReport.Figure> figures = new ArrayList<>();
    int worst = -1;
    if (!measured.isEmpty()) {
      addMeans(figures, "", measured, seam -> true);
      worst = worst(scores);
      double mean = Normal.mean(largestControls);
      double deviation = Normal.deviation(largestControls, mean);
      double largest = scores.get(worst).largestZ();
      figures.add(
          new SeamReport.Figure(
              SeamReport.WORST,
              largest,
              mean,
              deviation,
              Normal.scoreOfLargest(largest, mean, deviation)));
      if (!meter.earlier().isEmpty()) {
        figures.add(meter.coincidences().figure());
        addMeans(figures, SeamReport.COINCIDING, measured, seam -> seam.coincidingOctaves() > 0);
      }
    }
    return new SeamReport(
        size.width(),
        size.height(),
        meter.stripPixels(),
        meter.controlLines(),
        figures,
        scores,
        worst,
        worstTile(scores));
  }

  private SeamReport.SeamScore score(Measured measured, double[] pooled, double[] largestControls) {
    double[] z = new double[OF_SINGLE_SEAMS];
    for (int m = 0; m < z.length; m++) {
      double[] controls = measured.controls()[m];
      z[m] = scoreAgainst(measured.values()[m], controls, pooled[m]);
      for (int i = 0; i < controls.length; i++) {
        double control = Math.abs(scoreOfControl(measured, m, i, pooled[m]));
        largestControls[i] = Math.max(largestControls[i], control);
      }
    }
    Seam seam = measured.seam();
    double[] values = measured.values();
    return new SeamReport.SeamScore(
        seam.across(),
        seam.position(),
        seam.from(),
        seam.to(),
        seam.before(),
        seam.after(),
        measured.coincidingOctaves(),
        values[Measure.STEP.ordinal()],
        values[Measure.LEVEL.ordinal()],
        values[Measure.DETAIL.ordinal()],
        values[Measure.TEXTURE.ordinal()],
        z[Measure.STEP.ordinal()],
        z[Measure.LEVEL.ordinal()],
        z[Measure.DETAIL.ordinal()],
        z[Measure.TEXTURE.ordinal()]);
  }

  /**
   * The z-score of a control line as if it were the seam: against the seam and those other control
   * lines that keep the distance from it which control lines keep from a seam. Held against its own
   * neighbours, which show the same pixels, it could never be as far off as a seam can.
   */
  private double scoreOfControl(Measured measured, int measure, int control, double pooled) {
    double[] far = new double[meter.controlLines() + 1];
    int count = 0;
    for (int i = 0; i < meter.controlLines(); i++) {
      if (Math.abs(measured.lines()[i] - measured.lines()[control]) >= 2L * meter.stripPixels()) {
        far[count++] = measured.controls()[measure][i];
      }
    }
    far[count++] = measured.values()[measure];
    double[] others =
        count > meter.controlLines() / 4 ? Arrays.copyOf(far, count) : measured.controls()[measure];
    return scoreAgainst(measured.controls()[measure][control], others, pooled);
  }

  /**
   * A z-score whose variance is halfway between that of the line's own controls, which are few
   * where tiles are small, and the mean of all seams'.
   */
  private static double scoreAgainst(double value, double[] controls, double pooled) {
    double mean = Normal.mean(controls);
    double deviation = Normal.deviation(controls, mean);
    return Normal.score(value, mean, Math.sqrt((deviation * deviation + pooled) / 2));
  }

  private static double[] pooledVariances(List<Measured> measured) {
    double[] pooled = new double[OF_SINGLE_SEAMS];
    for (int m = 0; m < pooled.length; m++) {
      int measure = m;
      pooled[m] = measured.stream().mapToDouble(seam -> seam.variance(measure)).average().orElse(0);
    }
    return pooled;
  }

  private void addMeans(
      List<SeamReport.Figure> figures,
      String prefix,
      List<Measured> measured,
      Predicate<Measured> which) {
    List<Measured> chosen = measured.stream().filter(which).toList();
    if (chosen.isEmpty()) {
      return;
    }
    double length = chosen.stream().mapToLong(Measured::length).sum();
    double independent =
        chosen.stream().mapToDouble(seam -> seam.length() / length * independentLines(seam)).sum();
    for (Measure measure : MEASURES) {
      if (measure == Measure.CONTRAST && chosen.size() < measured.size()) {
        continue; // It is about tiles, and so about all seams or none.
      }
      int m = measure.ordinal();
      double seams = 0;
      double[] controls = new double[meter.controlLines()];
      for (Measured seam : chosen) {
        double weight = seam.length() / length;
        seams += weight * seam.values()[m];
        for (int i = 0; i < controls.length; i++) {
          controls[i] += weight * seam.controls()[m][i];
        }
      }
      double mean = Normal.mean(controls);
      // The deviation between a new line and the mean of n others, of which many show the same
      // pixels.
      double deviation =
          Normal.deviation(controls, mean) * Math.sqrt((independent + 1) / (independent - 1));
      figures.add(
          new SeamReport.Figure(
              prefix + measure.name().toLowerCase(Locale.ROOT),
              seams,
              mean,
              deviation,
              Normal.score(seams, mean, deviation)));
    }
  }

  /** How many control lines of a seam fit beside each other without sharing a pixel. */
  private double independentLines(Measured measured) {
    long low = Arrays.stream(measured.lines()).min().orElseThrow();
    long high = Arrays.stream(measured.lines()).max().orElseThrow();
    long around = 4L * meter.stripPixels();
    return 2 + Math.max(0, high - low - around) / (2.0 * meter.stripPixels());
  }

  private static int worst(List<SeamReport.SeamScore> scores) {
    int worst = 0;
    for (int i = 1; i < scores.size(); i++) {
      if (scores.get(i).largestZ() > scores.get(worst).largestZ()) {
        worst = i;
      }
    }
    return worst;
  }

  private int worstTile(List<SeamReport.SeamScore> scores) {
    double[] sums = new double[meter.last().tiles()];
    double[] lengths = new double[meter.last().tiles()];
    for (SeamReport.SeamScore seam : scores) {
      double length = seam.to() - seam.from();
      for (int tile : new int[] {seam.before(), seam.after()}) {
        sums[tile] += length * seam.largestZ();
        lengths[tile] += length;
      }
    }
    int worst = -1;
    for (int tile = 0; tile < sums.length; tile++) {
      if (lengths[tile] > 0
          && (worst < 0 || sums[tile] / lengths[tile] > sums[worst] / lengths[worst])) {
        worst = tile;
      }
    }
    return worst;
  }
}
