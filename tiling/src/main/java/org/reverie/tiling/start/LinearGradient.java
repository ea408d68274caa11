package org.reverie.tiling.start;

import java.util.List;
import java.util.Optional;
import org.reverie.conf.Gradient;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Size;

/**
 * From a night blue in the top left corner to a warm cream in the bottom right one, linear in OKLab
 * (Ottosson, 2020) along the diagonal, so that lightness rises evenly; or through colours that are
 * given.
 *
 * @param stops the colours, or none
 */
public record LinearGradient(List<Gradient.Stop> stops) implements Start {
  @Override
  public CanvasSource canvas(Size size) {
    Optional<Ramp> ramp = Ramp.of(stops, false);
    return PixelFormula.over(
        size,
        (x, y, colour) -> {
          double along = ((x + 0.5) / size.width() + (y + 0.5) / size.height()) / 2;
          if (ramp.isPresent()) {
            ramp.get().colour(along, colour);
            return;
          }
          OkLab.toRgb(0.28 + 0.62 * along, -0.01 + 0.02 * along, -0.09 + 0.15 * along, colour);
        });
  }
}
