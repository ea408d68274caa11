package org.reverie.tiling.seam;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.lattice.Seam;

/**
 * Asks of every seam of a finished canvas whether it can be told from lines where no seam is.
 *
 * <p>Each seam is measured as {@link Measure} says, and so are control lines: the same seam,
 * shifted between its neighbours. The mean over all seams against the means over sets of control
 * lines, one shifted line per seam in each set, gives a z-score; so does the worst of all seams
 * against the worst of each set, and the seams that lie where an earlier octave had one.
 *
 * <p>The canvas is read once, in rectangles from top to bottom; what is kept are means per column
 * and per row, so memory grows with the canvas' edge times the tiles along the other one, never
 * with its area.
 *
 * @param last the last lattice that the canvas was cut by
 * @param overlapPixels as its tiles were blended
 * @param stride of the dreamt layers, pixels: control lines lie on the same phase of the pooling
 *     grids as seams where there is room; 1 if unknown
 * @param earlier the lattices of earlier octaves and rounds, each of its own size
 * @param controlLines per seam, at least 16
 * @param seed of the control lines
 */
public record SeamMeter(
    Lattice last,
    int overlapPixels,
    int stride,
    List<Lattice> earlier,
    int controlLines,
    long seed) {
  /** Enough that a z-score of the mean of normal figures is within a tenth of the true one. */
  public static final int CONTROL_LINES = 64;

  /** Narrower strips hold too few pixels for a mean. */
  private static final int NARROWEST_STRIP = 8;

  private static final int STRIP_ROWS = 128;
  private static final int CHANNELS = 3;
  private static final Measure[] MEASURES = Measure.values();

  /** What single seams are scored by: all measures but the last, which compares whole tiles. */
  private static final int OF_SINGLE_SEAMS = Measure.CONTRAST.ordinal();

  /** The share of a tile whose contrast is compared with its neighbour's. */
  private static final double COMPARED_SHARE = 0.75;

  public SeamMeter {
    if (controlLines < 16 || overlapPixels < 0 || stride < 1) {
      throw new IllegalArgumentException(
          controlLines + " control lines, overlap " + overlapPixels + ", stride " + stride);
    }
    earlier = List.copyOf(earlier);
  }

  /** A meter with {@link #CONTROL_LINES}. */
  public SeamMeter(Lattice last, int overlapPixels, int stride, List<Lattice> earlier, long seed) {
    this(last, overlapPixels, stride, earlier, CONTROL_LINES, seed);
  }

  /**
   * Measures.
   *
   * @param canvas the finished canvas, any constant offset
   * @param base what it was dreamt from, with the same offset; without it the canvas itself is
   *     taken for detail, less the mean of a pixel's neighbours where |detail| is meant
   * @throws IOException if pixels cannot be read
   */
  public SeamReport measure(CanvasSource canvas, Optional<CanvasSource> base) throws IOException {
    List<Measured> measured = last.tiles() == 1 ? List.of() : measureAll(canvas, base);
    return report(measured);
  }

  /**
   * A seam with its measures and those of its control lines.
   *
   * @param seam where
   * @param values one per measure
   * @param lines where its control lines are
   * @param controls per control line, one per measure
   * @param coincidingOctaves earlier lattices with a cut there
   */
  private record Measured(
      Seam seam, double[] values, long[] lines, double[][] controls, int coincidingOctaves) {
    double[] controlsOf(int measure) {
      return Arrays.stream(controls).mapToDouble(control -> control[measure]).toArray();
    }

    long length() {
      return seam.to() - seam.from();
    }

    double variance(int measure) {
      double[] controls = controlsOf(measure);
      double deviation = Normal.deviation(controls, Normal.mean(controls));
      return deviation * deviation;
    }
  }

  private List<Measured> measureAll(CanvasSource canvas, Optional<CanvasSource> base)
      throws IOException {
    Size size = last.size();
    int rows = last.pieces(Axis.Y);
    int columns = last.pieces(Axis.X);
    List<Seam> seams = last.seams();
    List<Measured> measured = new ArrayList<>();
    Profile[] ofColumns = new Profile[columns];
    for (int column = 0; column < columns; column++) {
      ofColumns[column] = new Profile(Math.toIntExact(size.height()));
    }
    for (int row = 0; row < rows; row++) {
      Profile ofRow = new Profile(Math.toIntExact(size.width()));
      addRow(canvas, base, row, ofRow, ofColumns);
      close(ofRow, last.cut(Axis.Y, row), last.cut(Axis.Y, row + 1));
      int first = row * (columns - 1);
      for (Seam seam : seams.subList(first, first + columns - 1)) {
        measured.add(measure(seam, ofRow));
      }
    }
    for (int column = 0; column < columns; column++) {
      close(ofColumns[column], last.cut(Axis.X, column), last.cut(Axis.X, column + 1));
    }
    for (Seam seam : seams.subList(rows * (columns - 1), seams.size())) {
      measured.add(measure(seam, ofColumns[last.piece(Axis.X, seam.after())]));
    }
    return measured;
  }

  private static void close(Profile profile, long from, long to) {
    // The canvas' first row or column has no neighbour before it.
    profile.close(to - from, from == 0 ? to - from - 1 : to - from);
  }

  /** Reads a row of tiles strip by strip, so that whoever decodes rows decodes them once. */
  private void addRow(
      CanvasSource canvas, Optional<CanvasSource> base, int row, Profile ofRow, Profile[] ofColumns)
      throws IOException {
    long bottom = last.cut(Axis.Y, row + 1);
    for (long y = last.cut(Axis.Y, row); y < bottom; y += STRIP_ROWS) {
      for (int column = 0; column < ofColumns.length; column++) {
        Rectangle strip =
            Rectangle.between(
                last.cut(Axis.X, column),
                y,
                last.cut(Axis.X, column + 1),
                Math.min(bottom, y + STRIP_ROWS));
        Rectangle read = strip.grow(1).intersect(last.size().bounds());
        float[] pixels = canvas.read(read);
        float[] detail = pixels;
        if (base.isPresent()) {
          detail = base.get().read(read);
          for (int i = 0; i < detail.length; i++) {
            detail[i] = pixels[i] - detail[i];
          }
        }
        addStrip(strip, read, pixels, detail, base.isPresent(), ofRow, ofColumns[column]);
      }
    }
  }

  private static void addStrip(
      Rectangle strip,
      Rectangle read,
      float[] pixels,
      float[] detail,
      boolean hasBase,
      Profile columns,
      Profile rows) {
    int readWidth = Math.toIntExact(read.width());
    int plane = Math.toIntExact(read.pixels());
    int left = Math.toIntExact(strip.x() - read.x());
    int width = Math.toIntExact(strip.width());
    double[] columnSteps = new double[width];
    double[] columnLevels = new double[width];
    double[] columnDetails = new double[width];
    double[] columnTextures = new double[width];
    for (int channel = 0; channel < CHANNELS; channel++) {
      Arrays.fill(columnLevels, 0);
      for (long y = strip.y(); y < strip.bottom(); y++) {
        int start = channel * plane + Math.toIntExact(y - read.y()) * readWidth + left;
        double rowSteps = 0;
        double rowLevels = 0;
        double rowDetails = 0;
        double rowTextures = 0;
        boolean above = y > read.y();
        boolean below = y < read.bottom() - 1;
        for (int x = 0; x < width; x++) {
          int i = start + x;
          float value = detail[i];
          rowLevels += value;
          columnLevels[x] += value;
          if (x + left > 0) {
            columnSteps[x] += Math.abs(pixels[i] - pixels[i - 1]);
            rowTextures += Math.abs(value - detail[i - 1]);
          }
          if (above) {
            rowSteps += Math.abs(pixels[i] - pixels[i - readWidth]);
            columnTextures[x] += Math.abs(value - detail[i - readWidth]);
          }
          float rough =
              hasBase
                  ? value
                  : value
                      - neighbours(
                          detail,
                          i,
                          readWidth,
                          x + left > 0,
                          x + left < readWidth - 1,
                          above,
                          below);
          rowDetails += Math.abs(rough);
          columnDetails[x] += Math.abs(rough);
        }
        int row = Math.toIntExact(y);
        rows.addStep(row, rowSteps);
        rows.addLevel(channel, row, rowLevels);
        rows.addDetail(row, rowDetails);
        rows.addTexture(row, rowTextures);
      }
      for (int x = 0; x < width; x++) {
        columns.addLevel(channel, Math.toIntExact(strip.x() + x), columnLevels[x]);
      }
    }
    for (int x = 0; x < width; x++) {
      int column = Math.toIntExact(strip.x() + x);
      columns.addStep(column, columnSteps[x]);
      columns.addDetail(column, columnDetails[x]);
      columns.addTexture(column, columnTextures[x]);
    }
  }

  /** The mean of a pixel's up to four neighbours, or itself if it has none. */
  private static float neighbours(
      float[] plane,
      int i,
      int readWidth,
      boolean left,
      boolean right,
      boolean above,
      boolean below) {
    float sum = 0;
    int count = 0;
    if (left) {
      sum += plane[i - 1];
      count++;
    }
    if (right) {
      sum += plane[i + 1];
      count++;
    }
    if (above) {
      sum += plane[i - readWidth];
      count++;
    }
    if (below) {
      sum += plane[i + readWidth];
      count++;
    }
    return count == 0 ? plane[i] : sum / count;
  }

  private Measured measure(Seam seam, Profile profile) {
    int strip = stripPixels();
    int piece = last.pieceAt(seam.across(), seam.position());
    int before = compared(seam.position() - last.cut(seam.across(), piece - 1));
    int behind = compared(last.cut(seam.across(), piece + 1) - seam.position());
    long[] lines = controlPositions(seam);
    double[][] controls = new double[lines.length][];
    for (int i = 0; i < lines.length; i++) {
      controls[i] = profile.measure(Math.toIntExact(lines[i]), strip, before, behind);
    }
    double[] values = profile.measure(Math.toIntExact(seam.position()), strip, before, behind);
    return new Measured(
        seam, values, lines, controls, coincidences().at(seam.across(), seam.position()));
  }

  private static int compared(long piecePixels) {
    return (int) Math.max(1, Math.round(COMPARED_SHARE * piecePixels));
  }

  private int stripPixels() {
    return Math.max(NARROWEST_STRIP, overlapPixels);
  }

  private Coincidences coincidences() {
    return new Coincidences(last, earlier, stripPixels() / 2.0, seed);
  }

  /**
   * Where a seam is shifted to: anywhere between its neighbours, clear of all their blend bands and
   * of its own; the same for all seams of one cut.
   */
  private long[] controlPositions(Seam seam) {
    Axis axis = seam.across();
    int piece = last.pieceAt(axis, seam.position());
    long previous = last.cut(axis, piece - 1);
    long next = last.cut(axis, piece + 1);
    long before = seam.position() - previous;
    long behind = next - seam.position();
    int unit = room(before, stride) + room(behind, stride) >= controlLines / 4 ? stride : 1;
    long roomBefore = room(before, unit);
    long roomBehind = room(behind, unit);
    KeyedRandom random =
        KeyedRandom.of(seed, KeyedRandom.Purpose.CONTROL, axis.ordinal(), seam.position());
    long[] positions = new long[controlLines];
    for (int i = 0; i < positions.length; i++) {
      long drawn = random.nextLong(Math.max(1, roomBefore + roomBehind));
      if (drawn < roomBefore) {
        positions[i] = seam.position() - (nearest(before, unit) + drawn) * unit;
      } else if (roomBehind > 0) {
        positions[i] = seam.position() + (nearest(behind, unit) + drawn - roomBefore) * unit;
      } else {
        positions[i] =
            before >= behind ? seam.position() - before / 2 : seam.position() + behind / 2;
      }
      positions[i] = Math.max(1, Math.min(axisLength(axis) - 1, positions[i]));
    }
    return positions;
  }

  private long axisLength(Axis axis) {
    return last.cut(axis, last.pieces(axis));
  }

  /** How near to a cut a control line may lie in a piece of that length: bands must not meet. */
  private long margin(long pieceLength) {
    return Math.max(1, Math.min(2L * stripPixels(), pieceLength / 4));
  }

  /** The smallest shift in units that keeps the margin. */
  private long nearest(long pieceLength, int unit) {
    return (margin(pieceLength) + unit - 1) / unit;
  }

  /** How many shifts in units there are into a piece of that length. */
  private int room(long pieceLength, int unit) {
    long farthest = (pieceLength - margin(pieceLength)) / unit;
    return (int)
        Math.max(0, Math.min(Integer.MAX_VALUE / 2, farthest - nearest(pieceLength, unit) + 1));
  }

  private SeamReport report(List<Measured> measured) {
    Size size = last.size();
    List<SeamReport.SeamScore> scores = new ArrayList<>();
    double[] largestControls = new double[controlLines];
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
              "worst", largest, mean, deviation, Normal.scoreOfLargest(largest, mean, deviation)));
      if (!earlier.isEmpty()) {
        figures.add(coincidences().figure());
        addMeans(figures, "coinciding-", measured, seam -> seam.coincidingOctaves() > 0);
      }
    }
    return new SeamReport(
        size.width(),
        size.height(),
        stripPixels(),
        controlLines,
        figures,
        scores,
        worst,
        worstTile(scores));
  }

  private SeamReport.SeamScore score(Measured measured, double[] pooled, double[] largestControls) {
    double[] z = new double[OF_SINGLE_SEAMS];
    for (int m = 0; m < z.length; m++) {
      double[] controls = measured.controlsOf(m);
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
    double[] far = new double[controlLines + 1];
    int count = 0;
    for (int i = 0; i < controlLines; i++) {
      if (Math.abs(measured.lines()[i] - measured.lines()[control]) >= 2L * stripPixels()) {
        far[count++] = measured.controls()[i][measure];
      }
    }
    far[count++] = measured.values()[measure];
    double[] others =
        count > controlLines / 4 ? Arrays.copyOf(far, count) : measured.controlsOf(measure);
    return scoreAgainst(measured.controls()[control][measure], others, pooled);
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
      double[] controls = new double[controlLines];
      for (Measured seam : chosen) {
        double weight = seam.length() / length;
        seams += weight * seam.values()[m];
        for (int i = 0; i < controls.length; i++) {
          controls[i] += weight * seam.controls()[i][m];
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
    long around = 4L * stripPixels();
    return 2 + Math.max(0, high - low - around) / (2.0 * stripPixels());
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
    double[] sums = new double[last.tiles()];
    double[] lengths = new double[last.tiles()];
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
