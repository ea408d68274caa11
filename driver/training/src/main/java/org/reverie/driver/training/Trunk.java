package org.reverie.driver.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.Layer;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.ReceptiveFields;

/** What of a brain a new classifier is put on: all that its deepest block needs. */
final class Trunk {
  private Trunk() {}

  /**
   * The trunk. It ends with the last concatenation or sum (or the rectifier above that), in a brain
   * without those with the last rectifier.
   *
   * @throws UserException if the brain has none of these
   */
  static Brain of(Brain brain) {
    int top = top(brain);
    boolean[] needed = brain.needed(List.of(top));
    List<Layer> layers = new ArrayList<>();
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i <= top; i++) {
      if (needed[i]) {
        Layer layer = brain.layers().get(i);
        places.put(i, layers.size());
        layers.add(
            new Layer(
                layer.name(),
                layer.inputs().stream().map(places::get).toList(),
                layer.operation(),
                layer.channels()));
      }
    }
    List<String> preferred =
        brain.preferredLayers().stream()
            .filter(name -> layers.stream().anyMatch(layer -> layer.name().equals(name)))
            .toList();
    return BrainCodec.hashed(brain.name(), layers, brain.mean(), brain.colourOrder(), preferred);
  }

  private static int top(Brain brain) {
    ReceptiveFields fields = ReceptiveFields.of(brain);
    int block = -1;
    int rectifier = -1;
    for (int i = 0; i < brain.layers().size(); i++) {
      Layer layer = brain.layers().get(i);
      if (!fields.geometry(i).bounded()) {
        continue;
      }
      boolean ends = layer.operation() instanceof Concat || layer.operation() instanceof Eltwise;
      boolean above = layer.operation() instanceof Relu && layer.inputs().contains(block);
      if (ends || above) {
        block = i;
      } else if (layer.operation() instanceof Relu) {
        rectifier = i;
      }
    }
    if (block < 0 && rectifier < 0) {
      throw UserException.of(
          "training-no-trunk",
          "--from",
          "brain " + brain.name() + " has no block and no rectifier to put a classifier on",
          "Start from another brain, or without --from");
    }
    return block >= 0 ? block : rectifier;
  }
}
