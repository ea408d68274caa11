package org.reverie.tiling.start;

import java.util.List;
import java.util.Optional;
import org.reverie.conf.Gradient;

/** Colours between stops, linear in OKLab (Ottosson, 2020), so that no step looks larger. */
final class Ramp {
  private final double[] positions;
  private final double[][] colours;

  private Ramp(double[] positions, double[][] colours) {
    this.positions = positions;
    this.colours = colours;
  }

  /**
   * The ramp of some stops.
   *
   * @param stops in the order of their positions
   * @param circle whether the first colour follows on the last
   * @return empty without stops
   */
  static Optional<Ramp> of(List<Gradient.Stop> stops, boolean circle) {
    if (stops.isEmpty()) {
      return Optional.empty();
    }
    int extra = circle ? 1 : 0;
    int count = stops.size() + 2 * extra;
    double[] positions = new double[count];
    double[][] colours = new double[count][];
    for (int i = 0; i < count; i++) {
      int turn = Math.floorDiv(i - extra, stops.size());
      Gradient.Stop stop = stops.get(i - extra - turn * stops.size());
      positions[i] = stop.position() + turn;
      colours[i] = OkLab.of(stop.red(), stop.green(), stop.blue());
    }
    return Optional.of(new Ramp(positions, colours));
  }

  /**
   * The colour at a position; before the first stop it is the first one's, behind the last one the
   * last one's.
   *
   * @param at 0..1
   * @param rgb receives red, green and blue, 0..255
   */
  void colour(double at, double[] rgb) {
    int next = 0;
    // Of two stops at one position the later one counts from there on.
    while (next < positions.length && positions[next] <= at) {
      next++;
    }
    double[] from = colours[Math.max(0, next - 1)];
    double[] to = colours[Math.min(positions.length - 1, next)];
    double share =
        next == 0 || next == positions.length
            ? 0
            : (at - positions[next - 1]) / (positions[next] - positions[next - 1]);
    OkLab.toRgb(
        from[0] + share * (to[0] - from[0]),
        from[1] + share * (to[1] - from[1]),
        from[2] + share * (to[2] - from[2]),
        rgb);
  }
}
