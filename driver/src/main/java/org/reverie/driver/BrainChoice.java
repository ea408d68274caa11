package org.reverie.driver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.JobKey;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.ReceptiveFields;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.brain.caffe.BuiltInBrain;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.work.PlannedObjective;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.plan.RenderPlan;

/**
 * The brain of a job and what is dreamt of it.
 *
 * @param loaded the brain with its notes
 * @param targets layers and weights, at least one
 */
record BrainChoice(LoadedBrain loaded, List<RenderPlan.Target> targets) {
  /** What to do about a brain that is not there. */
  private static final String USUAL_REMEDY = "Check " + JobKey.BRAIN.flag();

  /**
   * Reads the brain of a job and finds its layers.
   *
   * @throws UserException if there is no such brain or layer
   */
  static BrainChoice of(RenderJob job, Configuration configuration) throws IOException {
    return of(job, load(job.brain(), configuration));
  }

  /**
   * Finds a job's layers in its brain.
   *
   * @throws UserException with all layers and channels that it has not
   */
  static BrainChoice of(RenderJob job, LoadedBrain loaded) {
    List<RenderPlan.Target> targets = new ArrayList<>();
    Set<Problem> problems = new LinkedHashSet<>(); // a job that is not sound may repeat a layer
    for (RenderJob.WeightedLayer layer : layers(job, loaded.brain())) {
      try {
        int index = loaded.layer(layer.name());
        targets.add(
            new RenderPlan.Target(
                index, layer.name(), channels(layer, loaded.brain(), index), layer.weight()));
      } catch (UserException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new UserException(List.copyOf(problems));
    }
    return new BrainChoice(loaded, List.copyOf(targets));
  }

  /** All of one layer. */
  static BrainChoice of(LoadedBrain loaded, String layer) {
    return new BrainChoice(
        loaded, List.of(new RenderPlan.Target(loaded.layer(layer), layer, List.of(), 1)));
  }

  /**
   * Looks at the brain and the layer that a command's flags name.
   *
   * @param layer a layer's name, or null for the brain's preferred one
   * @param unread flags that were given and are of no use
   * @return the layer in its brain; empty if either is not known or cannot be used
   */
  static Optional<BrainChoice> look(
      RenderJob.Brain named, String layer, Set<String> unread, Inspection inspection) {
    if (isUnread(unread)) {
      if (!unread.contains(JobKey.BRAIN.flag())) {
        inspection.look(() -> requireThere(named, Places.configuration()));
      }
      return Optional.empty();
    }
    Optional<LoadedBrain> loaded = inspection.read(() -> load(named, Places.configuration()));
    return unread.contains(JobKey.LAYERS.flag())
        ? Optional.empty()
        : loaded.flatMap(
            brain ->
                inspection.read(() -> of(brain, layer == null ? preferred(brain.brain()) : layer)));
  }

  /** Whether nobody knows which brain a command's flags mean. */
  static boolean isUnread(Set<String> unread) {
    return unread.contains(JobKey.BRAIN.flag()) || unread.contains(JobKey.RANDOM_WEIGHTS.flag());
  }

  private static List<RenderPlan.Channel> channels(
      RenderJob.WeightedLayer layer, Brain brain, int index) {
    int there = brain.layers().get(index).channels();
    List<RenderPlan.Channel> channels = new ArrayList<>();
    for (RenderJob.WeightedChannel channel : layer.channels()) {
      if (channel.channel() >= there) {
        throw UserException.of(
            "unknown-channel",
            "--layer",
            "layer %s of brain %s has channels 0 to %d, and no %d"
                .formatted(layer.name(), brain.name(), there - 1, channel.channel()),
            "Choose others; ./reverie atlas --layer " + layer.name() + " --channels all shows all");
      }
      channels.add(new RenderPlan.Channel(channel.channel(), channel.weight()));
    }
    return channels;
  }

  /**
   * Sees to it that the brain that a job names is there, whatever its weights would be.
   *
   * @throws UserException {@code brain-missing}
   */
  static void requireThere(RenderJob.Brain choice, Configuration configuration) throws IOException {
    requireThere(choice, USUAL_REMEDY, configuration);
  }

  /**
   * The same for one that is named elsewhere.
   *
   * @param remedy if it is missing
   */
  static void requireThere(RenderJob.Brain choice, String remedy, Configuration configuration)
      throws IOException {
    if (choice.path() != null) {
      Path path = Places.path(choice.path(), configuration);
      FileSystem fileSystem = Places.fileSystem(path, configuration);
      boolean unused =
          BrainFolder.named(
              remedy,
              () -> {
                BrainReader.requireThere(fileSystem, path);
                return true;
              });
    }
  }

  /** Reads the brain that a job names, or the built-in one. */
  static LoadedBrain load(RenderJob.Brain choice, Configuration configuration) throws IOException {
    return load(choice, USUAL_REMEDY, configuration);
  }

  /**
   * The same for a brain that is named elsewhere.
   *
   * @param remedy if it is missing
   */
  static LoadedBrain load(RenderJob.Brain choice, String remedy, Configuration configuration)
      throws IOException {
    LoadedBrain loaded;
    if (choice.path() == null) {
      loaded = BuiltInBrain.read();
    } else {
      Path path = Places.path(choice.path(), configuration);
      OptionalLong seed =
          choice.randomWeights() == null
              ? OptionalLong.empty()
              : OptionalLong.of(choice.randomWeights());
      FileSystem fileSystem = Places.fileSystem(path, configuration);
      loaded = BrainFolder.named(remedy, () -> BrainFolder.read(fileSystem, path, seed));
    }
    if (choice.mean() == null) {
      return loaded;
    }
    float[] mean = new float[choice.mean().size()];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = choice.mean().get(i).floatValue();
    }
    return loaded.withMean(mean);
  }

  private static List<RenderJob.WeightedLayer> layers(RenderJob job, Brain brain) {
    if (!job.dream().layers().isEmpty()) {
      return job.dream().layers();
    }
    return List.of(new RenderJob.WeightedLayer(preferred(brain), 1));
  }

  /**
   * The layer of a brain that is dreamt where none is named.
   *
   * @throws UserException {@code layer-missing} if it does not say
   */
  static String preferred(Brain brain) {
    if (brain.preferredLayers().isEmpty()) {
      throw UserException.of(
          "layer-missing",
          "--layer",
          "brain " + brain.name() + " does not say which of its layers to dream",
          "Choose one with --layer; ./reverie brain prints them");
    }
    return brain.preferredLayers().get(0);
  }

  Brain brain() {
    return loaded.brain();
  }

  List<Integer> layers() {
    return targets.stream().map(RenderPlan.Target::layer).toList();
  }

  LayerGeometry geometry() {
    return ReceptiveFields.of(brain()).geometry(layers());
  }

  /** The objective without a guide. */
  Objective objective() {
    return PlannedObjective.of(brain(), targets, new float[0][], new int[0]);
  }

  /** The same layers, with all channels alike. */
  BrainChoice wholeLayers() {
    return new BrainChoice(
        loaded, targets.stream().map(RenderPlan.Target::withAllChannels).toList());
  }

  /** The values that tell this choice from others, for the plan. */
  RenderPlan.BrainFacts facts(String guideHash, String maskHash) {
    Brain brain = brain();
    List<Float> mean = new ArrayList<>();
    for (float value : brain.mean()) {
      mean.add(value);
    }
    return new RenderPlan.BrainFacts(
        brain.name(),
        brain.hash(),
        mean,
        brain.colourOrder() == Brain.ColourOrder.BGR,
        targets,
        guideHash,
        maskHash);
  }
}
