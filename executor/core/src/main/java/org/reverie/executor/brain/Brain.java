package org.reverie.executor.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * An immutable network with its weights and its view of colour.
 *
 * @param name for people and reports
 * @param layers in an order in which every layer comes after its inputs; the first is the {@link
 *     Operation.Input}
 * @param mean subtracted per channel from 0..255 values, in the order of {@code colourOrder}
 * @param colourOrder which colour is the first channel
 * @param preferredLayers names of layers worth dreaming, the default one first; may be empty
 * @param hash SHA-256 over layers, weights, mean and colour order, lower-case hexadecimal
 */
public record Brain(
    String name,
    List<Layer> layers,
    float[] mean,
    ColourOrder colourOrder,
    List<String> preferredLayers,
    String hash) {

  /** Order of the three channels that a brain takes. */
  public enum ColourOrder {
    BGR,
    RGB
  }

  public Brain {
    layers = List.copyOf(layers);
    preferredLayers = List.copyOf(preferredLayers);
    if (layers.isEmpty() || !(layers.get(0).operation() instanceof Operation.Input)) {
      throw new IllegalArgumentException("brain " + name + " does not start with its input");
    }
    if (mean.length != 3) {
      throw new IllegalArgumentException("brain " + name + " has " + mean.length + " means");
    }
    for (int i = 0; i < layers.size(); i++) {
      for (int input : layers.get(i).inputs()) {
        if (input < 0 || input >= i) {
          throw new IllegalArgumentException(layers.get(i).name() + " comes before its input");
        }
      }
    }
  }

  /** The index of the layer of that name. */
  public OptionalInt find(String layer) {
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i).name().equals(layer)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** For every layer, whether any of {@code targets} needs it (they need themselves). */
  public boolean[] needed(List<Integer> targets) {
    boolean[] needed = new boolean[layers.size()];
    for (int target : targets) {
      needed[target] = true;
    }
    for (int i = layers.size() - 1; i >= 0; i--) {
      if (needed[i]) {
        for (int input : layers.get(i).inputs()) {
          needed[input] = true;
        }
      }
    }
    return needed;
  }

  /** The shapes of all layers' outputs for an input of that size. */
  public List<Shape> shapes(int width, int height) {
    List<Shape> shapes = new ArrayList<>(layers.size());
    for (Layer layer : layers) {
      shapes.add(Shape.of(layer, shapes, width, height));
    }
    return List.copyOf(shapes);
  }
}
