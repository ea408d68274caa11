package org.reverie.tiling.start;

import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.Size;

/**
 * White noise, keyed by the pixel: every value uniform, a few grey levels about the middle. It is
 * as quiet as that of google/deepdream (one level, there): a dream can hardly draw over noise of
 * full contrast, and shows little but that. Meant for the smallest octave; larger ones take it
 * resampled, since noise at full size has nothing that a dream could take hold of.
 *
 * @param seed the job's seed
 */
public record Noise(long seed) implements Start {
  private static final double LOWEST = 123.5;
  private static final double SPAN = 8;

  @Override
  public CanvasSource canvas(Size size) {
    return PixelFormula.over(
        size,
        (x, y, colour) -> {
          KeyedRandom random = KeyedRandom.of(seed, KeyedRandom.Purpose.NOISE, x, y);
          for (int channel = 0; channel < colour.length; channel++) {
            colour[channel] = LOWEST + SPAN * random.nextDouble();
          }
        });
  }
}
