package org.reverie.tiling.start;

import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Size;

/**
 * From a night blue in the top left corner to a warm cream in the bottom right one, linear in OKLab
 * (Ottosson, 2020) along the diagonal, so that lightness rises evenly.
 */
public record LinearGradient() implements Start {
  @Override
  public CanvasSource canvas(Size size) {
    return PixelFormula.over(
        size,
        (x, y, colour) -> {
          double along = ((x + 0.5) / size.width() + (y + 0.5) / size.height()) / 2;
          OkLab.toRgb(0.28 + 0.62 * along, -0.01 + 0.02 * along, -0.09 + 0.15 * along, colour);
        });
  }
}
