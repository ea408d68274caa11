package org.reverie.tiling.seam;

import java.util.Arrays;
import java.util.List;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Lattice;

/**
 * How often cuts of the last lattice lie where earlier octaves had one, scaled to the last size,
 * and how often they would if the earlier lattices lay anywhere else.
 *
 * @param last the last lattice
 * @param earlier lattices of earlier octaves and rounds, of any size
 * @param tolerancePixels how near is the same place, in pixels of the last octave
 * @param seed of the control shifts
 */
record Coincidences(Lattice last, List<Lattice> earlier, double tolerancePixels, long seed) {
  /** Enough for a rank to reach z = 3.4. */
  private static final int CONTROLS = 2047;

  /** Earlier lattices with a cut near a position of the last one. */
  int at(Axis axis, long position) {
    int found = 0;
    for (Lattice lattice : earlier) {
      found += near(scaled(lattice, axis), position) ? 1 : 0;
    }
    return found;
  }

  /** The figure over all cuts, each counted once per earlier lattice with a cut there. */
  SeamReport.Figure figure() {
    int count = 0;
    double[] controls = new double[CONTROLS];
    for (Axis axis : Axis.values()) {
      long length = last.cut(axis, last.pieces(axis));
      for (int octave = 0; octave < earlier.size(); octave++) {
        double[] cuts = scaled(earlier.get(octave), axis);
        count += count(axis, cuts);
        KeyedRandom random =
            KeyedRandom.of(seed, KeyedRandom.Purpose.CONTROL, -1, axis.ordinal(), octave);
        double[] shifted = new double[cuts.length];
        for (int control = 0; control < CONTROLS; control++) {
          double shift = random.nextDouble() * length;
          for (int i = 0; i < cuts.length; i++) {
            shifted[i] = (cuts[i] + shift) % length;
          }
          Arrays.sort(shifted);
          controls[control] += count(axis, shifted);
        }
      }
    }
    double above = 0.5;
    for (double control : controls) {
      above += control > count ? 1 : control == count ? 0.5 : 0;
    }
    double mean = Normal.mean(controls);
    double z = Normal.exceededWith(above / (CONTROLS + 1));
    return new SeamReport.Figure(
        SeamReport.COINCIDENCES, count, mean, Normal.deviation(controls, mean), z);
  }

  private int count(Axis axis, double[] sortedCuts) {
    int count = 0;
    for (int piece = 1; piece < last.pieces(axis); piece++) {
      count += near(sortedCuts, last.cut(axis, piece)) ? 1 : 0;
    }
    return count;
  }

  private boolean near(double[] sortedCuts, double position) {
    int found = Arrays.binarySearch(sortedCuts, position);
    int after = found >= 0 ? found : -found - 1;
    return (after < sortedCuts.length && sortedCuts[after] - position <= tolerancePixels)
        || (after > 0 && position - sortedCuts[after - 1] <= tolerancePixels);
  }

  /** The interior cuts of an earlier lattice in coordinates of the last one. */
  private double[] scaled(Lattice lattice, Axis axis) {
    int pieces = lattice.pieces(axis);
    double scale = (double) last.cut(axis, last.pieces(axis)) / lattice.cut(axis, pieces);
    double[] cuts = new double[pieces - 1];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = lattice.cut(axis, i + 1) * scale;
    }
    return cuts;
  }
}
