package org.reverie.tiling.start;

import java.util.List;
import java.util.Optional;
import org.reverie.conf.Gradient;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Size;

/**
 * Every hue once over the picture, as in oil on water. Hue is an angle in OKLab (Ottosson, 2020),
 * where equal angles look equally far apart; it turns once along a line that falls to the right,
 * bent by two slow waves so that no band is straight; lightness breathes between 0.62 and 0.80
 * across that, and chroma between 0.075 and 0.115, which stays inside sRGB. With u and v in 0..1
 * from left to right and top to bottom:
 *
 * <pre>
 *   hue       = 2 pi (0.65 u + 0.35 v + 0.09 sin(2 pi (v + 0.15)) + 0.06 sin(2 pi (u - 0.3)))
 *   lightness = 0.71 + 0.09 sin(2 pi (0.7 v - 0.4 u) + 0.6)
 *   chroma    = 0.095 + 0.02 cos(2 pi (0.5 u + 0.6 v))
 * </pre>
 *
 * <p>Colours that are given take the place of the hues on the same turning circle, as they are.
 *
 * @param stops the colours, or none
 */
public record ChromaticGradient(List<Gradient.Stop> stops) implements Start {
  private static final double TURN = 2 * Math.PI;

  @Override
  public CanvasSource canvas(Size size) {
    Optional<Ramp> ramp = Ramp.of(stops, true);
    return PixelFormula.over(
        size,
        (x, y, colour) -> {
          double u = (x + 0.5) / size.width();
          double v = (y + 0.5) / size.height();
          double wave = 0.09 * StrictMath.sin(TURN * (v + 0.15));
          double swell = 0.06 * StrictMath.sin(TURN * (u - 0.3));
          double turn = 0.65 * u + 0.35 * v + wave + swell;
          if (ramp.isPresent()) {
            ramp.get().colour(turn - Math.floor(turn), colour);
            return;
          }
          double hue = TURN * turn;
          double lightness = 0.71 + 0.09 * StrictMath.sin(TURN * (0.7 * v - 0.4 * u) + 0.6);
          double chroma = 0.095 + 0.02 * StrictMath.cos(TURN * (0.5 * u + 0.6 * v));
          OkLab.toRgb(
              lightness, chroma * StrictMath.cos(hue), chroma * StrictMath.sin(hue), colour);
        });
  }
}
