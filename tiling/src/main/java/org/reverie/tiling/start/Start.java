package org.reverie.tiling.start;

import java.util.Optional;
import org.reverie.conf.Formula;
import org.reverie.conf.Gradient;
import org.reverie.conf.UserException;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Size;

/** A picture made from a formula. */
public sealed interface Start
    permits Noise, LinearGradient, ChromaticGradient, RadialGradient, FlatColour {
  /**
   * The picture at a size.
   *
   * @return planes in the order red, green, blue, values 0..255
   */
  CanvasSource canvas(Size size);

  /**
   * The start of a name. What is one, {@link Formula} says, which recipes go by as well.
   *
   * @param name as the user gave it
   * @param seed of the noise
   * @return empty if the name is not one of a start, so that it must be a file's
   * @throws UserException if it begins like a start and is none
   */
  static Optional<Start> parse(String name, long seed) {
    return Formula.of(name)
        .map(
            formula ->
                switch (formula) {
                  case NOISE -> new Noise(seed);
                  case GRADIENT -> of(Gradient.parse(name));
                  case COLOUR -> FlatColour.parse(name);
                });
  }

  private static Start of(Gradient gradient) {
    return switch (gradient.kind()) {
      case LINEAR -> new LinearGradient(gradient.stops());
      case CHROMATIC -> new ChromaticGradient(gradient.stops());
      case RADIAL -> new RadialGradient(gradient.stops());
    };
  }
}
