package org.reverie.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.reverie.conf.RenderJob;
import org.reverie.executor.brain.BrainCard;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.ReceptiveFields;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.plan.RenderPlan;

/** Brains' cards for people. */
public final class Cards {
  private Cards() {}

  /**
   * The card of a brain, with the measured halo of some layers.
   *
   * @param choice the brain
   * @param layers names of the layers to measure; empty for the first preferred one
   * @return text of several lines
   * @throws org.reverie.conf.UserException if the brain cannot be read or has no such layer
   */
  public static String of(RenderJob.Brain choice, List<String> layers) {
    try {
      LoadedBrain loaded = BrainChoice.load(choice, Places.configuration());
      List<String> preferred = loaded.brain().preferredLayers();
      List<String> measured =
          layers.isEmpty() ? preferred.subList(0, Math.min(1, preferred.size())) : layers;
      Map<String, Integer> halos = new HashMap<>();
      for (String layer : measured) {
        halo(loaded, layer).ifPresent(pixels -> halos.put(layer, pixels));
      }
      return BrainCard.of(loaded)
          .text(
              layer ->
                  halos.containsKey(layer)
                      ? OptionalInt.of(halos.get(layer))
                      : OptionalInt.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OptionalInt halo(LoadedBrain loaded, String layer) {
    int index = loaded.layer(layer);
    LayerGeometry geometry = ReceptiveFields.of(loaded.brain()).geometry(index);
    if (!geometry.bounded()) {
      return OptionalInt.empty();
    }
    BrainChoice choice = new BrainChoice(loaded, List.of(new RenderPlan.Target(index, layer, 1)));
    EngineProvider provider = Engines.choose(Engines.AUTO).provider();
    EngineProvider.Options options =
        new EngineProvider.Options(Machine.processors(), 0, EngineProvider.Precision.FLOAT32);
    try (Engine engine = provider.open(loaded.brain(), choice.squares(), options)) {
      return OptionalInt.of(AutoHalo.pixels(choice, geometry, engine));
    }
  }
}
