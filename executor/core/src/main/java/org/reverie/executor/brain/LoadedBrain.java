package org.reverie.executor.brain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.reverie.conf.UserException;

/**
 * A brain together with what was noticed while it was read.
 *
 * @param brain what can be dreamt
 * @param keptOut the definition's other layers, in the order of the file
 * @param notes what a person should know, one sentence each: where the mean comes from, which
 *     weights are random, what was assumed
 * @param classes what the channels of the brain's last layer stand for, for people, one each; empty
 *     where nobody says
 */
public record LoadedBrain(
    Brain brain, List<KeptOut> keptOut, List<String> notes, List<String> classes) {
  private static final int SUGGESTIONS = 3;

  public LoadedBrain {
    keptOut = List.copyOf(keptOut);
    notes = List.copyOf(notes);
    classes = List.copyOf(classes);
    if (!classes.isEmpty() && classes.size() != last(brain).channels()) {
      throw new IllegalArgumentException(
          classes.size() + " classes for " + last(brain).channels() + " channels");
    }
  }

  /** A brain that came whole. */
  public static LoadedBrain of(Brain brain) {
    return new LoadedBrain(brain, List.of(), List.of(), List.of());
  }

  /**
   * The same with what its classes are called.
   *
   * @param names of all that the network tells apart; left out if the last layer that can be dreamt
   *     has not as many channels, as where the classifier was kept out
   */
  public LoadedBrain withClasses(List<String> names) {
    boolean known = names.size() == last(brain).channels();
    return new LoadedBrain(brain, keptOut, notes, known ? names : List.of());
  }

  private static Layer last(Brain brain) {
    return brain.layers().get(brain.layers().size() - 1);
  }

  /**
   * What a channel stands for.
   *
   * @param layer index in {@link Brain#layers()}
   * @param channel of that layer, counted from 0
   * @return empty where nobody says
   */
  public Optional<String> className(int layer, int channel) {
    return classes.isEmpty() || layer != brain.layers().size() - 1
        ? Optional.empty()
        : Optional.of(classes.get(channel)).filter(name -> !name.isEmpty());
  }

  /**
   * The index of a layer that a person asked for.
   *
   * @param name the layer's name
   * @return its index in {@link Brain#layers()}
   * @throws UserException if there is no such layer (the three nearest names are told), or if it
   *     was kept out (the reason is told)
   */
  public int layer(String name) {
    return layer(name, "--layer");
  }

  /**
   * The same for a layer that a person named elsewhere.
   *
   * @param where for the problem
   */
  public int layer(String name, String where) {
    OptionalInt index = brain.find(name);
    if (index.isPresent()) {
      return index.getAsInt();
    }
    for (KeptOut layer : keptOut) {
      if (layer.layer().equals(name)) {
        throw UserException.of(
            layer.cause().code(),
            where,
            "layer " + name + " of brain " + brain.name() + " was kept out: " + layer.reason(),
            layer.cause().remedy());
      }
    }
    List<String> nearest =
        NearestNames.of(name, brain.layers().stream().map(Layer::name).toList(), SUGGESTIONS);
    throw UserException.of(
        "unknown-layer",
        where,
        "brain " + brain.name() + " has no layer " + name,
        "The nearest names are " + String.join(", ", nearest));
  }

  /**
   * The same with another mean, which is noted.
   *
   * @param mean subtracted per channel, in the brain's colour order
   */
  public LoadedBrain withMean(float[] mean) {
    List<String> more = new ArrayList<>(notes);
    more.add("The mean was given by the job instead: " + Arrays.toString(mean) + ".");
    return new LoadedBrain(
        BrainCodec.hashed(
            brain.name(), brain.layers(), mean, brain.colourOrder(), brain.preferredLayers()),
        keptOut,
        more,
        classes);
  }
}
