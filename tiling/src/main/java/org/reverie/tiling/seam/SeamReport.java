package org.reverie.tiling.seam;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.reverie.conf.Counted;
import org.reverie.tiling.lattice.Axis;

/**
 * What the seam meter found.
 *
 * @param width of the canvas, pixels
 * @param height of the canvas, pixels
 * @param stripPixels width of the strips that were compared: the overlap, or a little more where
 *     that is very narrow
 * @param controlLines shifted lines that every seam was held against
 * @param figures over all seams; empty where there is no seam
 * @param seams every seam of the last lattice
 * @param worstSeam index of the seam whose largest |z| is largest; -1 without seams
 * @param worstTile the tile whose seams have the largest mean of that; -1 without seams
 */
public record SeamReport(
    long width,
    long height,
    int stripPixels,
    int controlLines,
    List<Figure> figures,
    List<SeamScore> seams,
    int worstSeam,
    int worstTile) {
  /** A figure beyond this is a seam: one in 400 by chance. */
  public static final double BOUND = 3;

  /**
   * With fewer seams than this a figure is a few lines against a few others, and an edge of the
   * picture that happens to lie along a cut decides it. Of lattices laid over sound dreams
   * anywhere, 1 in 140 has a figure beyond the bound where there are a hundred seams, 1 in 10 where
   * there are twenty, and z = 12 was seen with three.
   */
  public static final int FEWEST_SEAMS = 32;

  /** The figure of the largest |z| of any measure at any seam. */
  static final String WORST = "worst";

  /** The figure of how often a seam lies where an earlier octave had one. */
  static final String COINCIDENCES = "coincidences";

  /** Begins the figure of a measure at seams that lie where an earlier octave had one. */
  static final String COINCIDING = "coinciding-";

  public SeamReport {
    figures = List.copyOf(figures);
    seams = List.copyOf(seams);
  }

  /**
   * One number about all seams, and how it compares with that of the control lines.
   *
   * @param name a {@link Measure} in lower case; {@link #WORST}; {@link #COINCIDENCES}; or {@link
   *     #COINCIDING} and a measure, at such seams only
   * @param seam mean over the seams, weighted by their lengths
   * @param control mean of the same over the control lines
   * @param deviation standard deviation between sets of control lines
   * @param z how far the seams are from the control lines, in normal standard deviations
   */
  public record Figure(String name, double seam, double control, double deviation, double z) {
    /** What it is, for people, with its name in the report. */
    String inWords() {
      String words =
          switch (name) {
            case WORST -> "the most visible single seam";
            case COINCIDENCES -> "how often seams of octaves coincide";
            default ->
                name.startsWith(COINCIDING)
                    ? measure(name.substring(COINCIDING.length())) + " where seams coincide"
                    : measure(name);
          };
      return words + " (" + name + ")";
    }

    private static String measure(String name) {
      return Measure.valueOf(name.toUpperCase(Locale.ROOT)).words();
    }
  }

  /**
   * One seam.
   *
   * @param across the axis that crosses it
   * @param position canvas coordinate along that axis
   * @param from first pixel along the seam
   * @param to one past its last
   * @param before tile to the left, or above
   * @param after tile to the right, or below
   * @param coincidingOctaves earlier octaves with a seam in the same place
   * @param step see {@link Measure#STEP}
   * @param level see {@link Measure#LEVEL}
   * @param detail see {@link Measure#DETAIL}
   * @param texture see {@link Measure#TEXTURE}
   * @param stepZ against the same seam shifted
   * @param levelZ against the same seam shifted
   * @param detailZ against the same seam shifted
   * @param textureZ against the same seam shifted
   */
  public record SeamScore(
      Axis across,
      long position,
      long from,
      long to,
      int before,
      int after,
      int coincidingOctaves,
      double step,
      double level,
      double detail,
      double texture,
      double stepZ,
      double levelZ,
      double detailZ,
      double textureZ) {
    /** The largest |z| of the four measures. */
    public double largestZ() {
      return Math.max(
          Math.max(Math.abs(stepZ), Math.abs(levelZ)),
          Math.max(Math.abs(detailZ), Math.abs(textureZ)));
    }
  }

  /** The figures whose |z| reaches the bound, the worst first. */
  public List<Figure> exceeding(double bound) {
    return byZ().stream().filter(figure -> Math.abs(figure.z()) >= bound).toList();
  }

  /** Whether there are enough seams for the figures to say anything about them. */
  public boolean telling() {
    return seams.size() >= FEWEST_SEAMS;
  }

  /** Whether every |z| is below {@link #BOUND}. */
  public boolean seamless() {
    return exceeding(BOUND).isEmpty();
  }

  /** One sentence for the end of a render. */
  public String verdict() {
    if (figures.isEmpty()) {
      return "one tile, no seam";
    }
    Figure worst = byZ().get(0);
    String figure = String.format(Locale.ROOT, "%s, z = %.2f", worst.inWords(), worst.z());
    if (seamless()) {
      return String.format(
          Locale.ROOT,
          "no seam found: nothing over all seams is %.0f deviations from other lines; nearest to it"
              + " is %s",
          BOUND,
          figure);
    }
    String found =
        telling()
            ? "seams can be told from other lines: "
            : Counted.of(seams.size(), "seam")
                + (seams.size() == 1 ? " is" : " are")
                + " too few to tell from other lines: ";
    return found + figure + ", worst at tile " + worstTile;
  }

  /**
   * The seams as a picture.
   *
   * @param longerSidePixels of the picture
   */
  public HeatMap heatMap(int longerSidePixels) {
    double scale = Math.min(1, (double) longerSidePixels / Math.max(width, height));
    int columns = (int) Math.max(1, Math.round(width * scale));
    int rows = (int) Math.max(1, Math.round(height * scale));
    float[] values = new float[Math.multiplyExact(columns, rows)];
    for (SeamScore seam : seams) {
      boolean vertical = seam.across() == Axis.X;
      int line = pixel(seam.position(), scale, vertical ? columns : rows);
      int first = pixel(seam.from(), scale, vertical ? rows : columns);
      int last = pixel(seam.to() - 1, scale, vertical ? rows : columns);
      for (int i = first; i <= last; i++) {
        int at = vertical ? i * columns + line : line * columns + i;
        values[at] = Math.max(values[at], (float) seam.largestZ());
      }
    }
    return new HeatMap(columns, rows, values);
  }

  private List<Figure> byZ() {
    return figures.stream()
        .sorted(Comparator.comparingDouble(figure -> -Math.abs(figure.z())))
        .toList();
  }

  private static int pixel(long position, double scale, int pixels) {
    return (int) Math.min(pixels - 1, (long) (position * scale));
  }
}
