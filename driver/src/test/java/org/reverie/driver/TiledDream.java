package org.reverie.driver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.ScaleCurve;
import org.reverie.tiling.Size;
import org.reverie.tiling.blend.Blender;
import org.reverie.tiling.blend.Feather;
import org.reverie.tiling.lattice.Lattice;
import org.reverie.tiling.seam.SeamMeter;
import org.reverie.tiling.seam.SeamReport;

/**
 * A dream whose tiles run every octave by themselves, straight on an engine, so that what the
 * pipeline never does can be done on purpose.
 *
 * @param canvas size of the last octave
 * @param octaves how many
 * @param iterations of each
 * @param core edge of a tile's core, pixels
 * @param halo context around it, pixels; -1 is exact
 * @param overlap blended band, pixels
 * @param scale what tiles divide by
 */
record TiledDream(
    Size canvas, int octaves, int iterations, int core, int halo, int overlap, Scale scale) {
  /** Mean |g| that a tile's steps are taken over. */
  enum Scale {
    /** M_0 r_t, one for all, as the pipeline does. */
    COMMON,
    /** Each tile's own, as published tools do. */
    OWN
  }

  /**
   * What came of it.
   *
   * @param planes of the last octave, after its last iteration
   * @param base of the last octave
   * @param lattices of all octaves
   * @param sums of |g| over every tile of the last octave, per iteration
   */
  record Dreamt(float[] planes, float[] base, List<Lattice> lattices, List<double[]> sums) {}

  Dreamt dream(SteppedDream dream, String picture) throws IOException {
    List<Size> sizes = SteppedDream.octaves(canvas, octaves);
    List<Lattice> lattices = new ArrayList<>();
    List<double[]> sums = List.of();
    float[] planes = null;
    float[] base = null;
    for (int k = 0; k < octaves; k++) {
      Size size = sizes.get(k);
      float[] smaller = base;
      base = dream.base(picture, size);
      planes =
          k == 0 ? base.clone() : SteppedDream.next(base, size, planes, smaller, sizes.get(k - 1));
      Lattice lattice = dream.lattice(size, core, k, 0);
      ScaleCurve before = ScaleCurve.measured(sums);
      ScaleCurve curve = k == 1 ? before.afterBarePicture() : before;
      sums = new ArrayList<>();
      planes =
          k == 0 && scale == Scale.COMMON
              ? together(dream, planes, lattice, sums)
              : apart(dream, planes, lattice, k, curve, sums);
      lattices.add(lattice);
      dream.forgetSessions();
    }
    return new Dreamt(planes, base, lattices, sums);
  }

  /** The first octave of the pipeline: all tiles meet after every iteration. */
  private float[] together(
      SteppedDream dream, float[] planes, Lattice lattice, List<double[]> sums) {
    double[] totals = new double[iterations];
    float[] stepped = planes;
    for (int t = 0; t < iterations; t++) {
      SteppedDream.Gradient gradient =
          dream.tiled(stepped, SteppedDream.roll(0, t), lattice, haloPixels(dream));
      totals[t] = gradient.sum();
      stepped = dream.step(stepped, gradient);
    }
    sums.add(totals);
    return stepped;
  }

  private float[] apart(
      SteppedDream dream,
      float[] planes,
      Lattice lattice,
      int octave,
      ScaleCurve curve,
      List<double[]> sums)
      throws IOException {
    int haloPixels = haloPixels(dream);
    List<Roll> rolls =
        IntStream.range(0, iterations).mapToObj(t -> SteppedDream.roll(octave, t)).toList();
    double firstMean =
        scale == Scale.OWN
            ? 0
            : dream.tiled(planes, rolls.get(0), lattice, haloPixels).sum() / planes.length;
    dream.forgetSessions();
    List<float[]> results = new ArrayList<>();
    for (int tile = 0; tile < lattice.tiles(); tile++) {
      long values = 3 * lattice.core(tile).pixels();
      List<Double> own = new ArrayList<>();
      results.add(
          dream.alone(
              planes,
              lattice,
              tile,
              haloPixels,
              overlap,
              rolls,
              scale == Scale.OWN
                  ? sum -> sum.get(sum.size() - 1) / values
                  : sum -> firstMean * curve.ratios()[sum.size() - 1],
              own));
      sums.add(own.stream().mapToDouble(Double::doubleValue).toArray());
    }
    return blend(lattice, overlap, results);
  }

  /** The results of all tiles of a lattice, feathered into one canvas. */
  static float[] blend(Lattice lattice, int overlap, List<float[]> results) throws IOException {
    Feather feather = new Feather(lattice, overlap);
    return Blender.blend(
        lattice.size().bounds(),
        lattice,
        overlap,
        (tile, part) -> {
          Rectangle support = feather.support(tile);
          return SteppedDream.part(
              results.get(tile),
              new Size(support.width(), support.height()),
              part.translate(-support.x(), -support.y()));
        });
  }

  private int haloPixels(SteppedDream dream) {
    return halo < 0 ? dream.geometry().exactHalo() : halo;
  }

  /** The seam meter held against what came of it. */
  SeamReport measure(SteppedDream dream, Dreamt dreamt) throws IOException {
    int last = octaves - 1;
    return new SeamMeter(
            dreamt.lattices().get(last),
            overlap,
            dream.geometry().stride(),
            dreamt.lattices().subList(0, last),
            1)
        .measure(
            SteppedDream.source(dreamt.planes(), canvas),
            Optional.of(SteppedDream.source(dreamt.base(), canvas)));
  }

  /** A figure of a report. */
  static double z(SeamReport report, String figure) {
    return report.figures().stream()
        .filter(f -> f.name().equals(figure))
        .findFirst()
        .orElseThrow(() -> new AssertionError(figure + " is not in " + report.figures()))
        .z();
  }

  /** The largest |z| of what is measured at all seams. */
  static double worst(SeamReport report) {
    return report.figures().stream()
        .filter(figure -> !figure.name().startsWith("coincid"))
        .mapToDouble(figure -> Math.abs(figure.z()))
        .max()
        .orElseThrow();
  }

  @Override
  public String toString() {
    return "%s, %d octaves of %d, core %d, halo %d, overlap %d, %s"
        .formatted(canvas, octaves, iterations, core, halo, overlap, scale);
  }
}
