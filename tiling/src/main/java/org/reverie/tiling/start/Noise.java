package org.reverie.tiling.start;

import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.Size;

/**
 * White noise: every value uniform in 0..255, keyed by the pixel. Meant for the smallest octave;
 * larger ones take it resampled, since noise at full size has nothing that a dream could take hold
 * of.
 *
 * @param seed the job's seed
 */
public record Noise(long seed) implements Start {
  @Override
  public CanvasSource canvas(Size size) {
    return PixelFormula.over(
        size,
        (x, y, colour) -> {
          KeyedRandom random = KeyedRandom.of(seed, KeyedRandom.Purpose.NOISE, x, y);
          for (int channel = 0; channel < colour.length; channel++) {
            colour[channel] = 255 * random.nextDouble();
          }
        });
  }
}
