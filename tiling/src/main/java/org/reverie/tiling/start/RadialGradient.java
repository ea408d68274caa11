package org.reverie.tiling.start;

import java.util.List;
import java.util.Optional;
import org.reverie.conf.Gradient;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Size;

/**
 * From a warm cream in the centre to a night blue in the corners, linear in OKLab (Ottosson, 2020)
 * along the distance from the centre; or through colours that are given. Lines of one colour are
 * circles, whatever the shape of the picture.
 *
 * @param stops the colours, or none
 */
public record RadialGradient(List<Gradient.Stop> stops) implements Start {
  @Override
  public CanvasSource canvas(Size size) {
    Optional<Ramp> ramp = Ramp.of(stops, false);
    double width = size.width();
    double height = size.height();
    double corner = Math.sqrt(width * width + height * height);
    return PixelFormula.over(
        size,
        (x, y, colour) -> {
          double across = 2 * x + 1 - width;
          double down = 2 * y + 1 - height;
          double outwards = Math.sqrt(across * across + down * down) / corner;
          if (ramp.isPresent()) {
            ramp.get().colour(outwards, colour);
            return;
          }
          OkLab.toRgb(
              0.90 - 0.62 * outwards, 0.01 - 0.02 * outwards, 0.06 - 0.15 * outwards, colour);
        });
  }
}
