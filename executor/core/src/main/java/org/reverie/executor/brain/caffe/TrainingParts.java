package org.reverie.executor.brain.caffe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.caffe.CaffeSchema.LayerParameter;
import org.reverie.executor.brain.caffe.CaffeSchema.NetStateRule;
import org.reverie.executor.brain.caffe.CaffeSchema.Phase;

/**
 * What of a definition only training needs, and where the picture enters instead.
 *
 * <p>A loss, an accuracy, a silencer and a file output are ends: they are dropped, and with them
 * what only they need. Taken literally that is the whole of a training file, so the deepest end is
 * the one whose inputs are kept: GoogLeNet's two auxiliary classifiers go, its trunk stays, as in
 * its {@code deploy.prototxt}.
 *
 * @param start index of the layer that stands for the picture, or -1 if an {@code input} field does
 * @param startName name of the brain's input
 * @param startBlob blob that it fills
 * @param dropped for each dropped layer, by index, why
 */
record TrainingParts(int start, String startName, String startBlob, Map<Integer, String> dropped) {
  private static final Set<String> DATA_TYPES =
      Set.of(
          "Input",
          "Data",
          "ImageData",
          "MemoryData",
          "HDF5Data",
          "WindowData",
          "AnnotatedData",
          "DummyData");
  private static final Set<String> OTHER_ENDS = Set.of("Silence", "HDF5Output");

  /**
   * Finds them.
   *
   * @throws UserException if no picture can enter
   */
  static TrainingParts of(Definition definition) {
    List<LayerParameter> layers = definition.layers();
    Map<Integer, String> dropped = new TreeMap<>();
    for (int i = 0; i < layers.size(); i++) {
      if (!takesPart(layers.get(i))) {
        dropped.put(i, "it takes no part outside training, by its include and exclude rules");
      }
    }
    int start = -1;
    String startName = "";
    String startBlob = "";
    for (Definition.NetworkInput input : definition.inputs()) {
      if (startBlob.isEmpty() && (input.channels() == 0 || input.channels() == 3)) {
        startName = input.blob();
        startBlob = input.blob();
      }
    }
    if (startBlob.isEmpty()) {
      start = startLayer(definition, dropped);
      startName = layers.get(start).getName();
      startBlob = layers.get(start).getTop(0);
      dropped.remove(start);
    }
    for (int i = 0; i < layers.size(); i++) {
      if (i != start && DATA_TYPES.contains(layers.get(i).getType())) {
        dropped.putIfAbsent(i, "the picture takes the place of all data");
      }
    }
    dropEnds(layers, dropped);
    return new TrainingParts(start, startName, startBlob, Map.copyOf(dropped));
  }

  /** Whether a layer type stands for data, and so for the picture. */
  static boolean isData(LayerParameter layer) {
    return DATA_TYPES.contains(layer.getType());
  }

  /** The first data layer outside training, else the first of all, else the first without input. */
  private static int startLayer(Definition definition, Map<Integer, String> dropped) {
    List<LayerParameter> layers = definition.layers();
    int best = -1;
    int bestRank = Integer.MAX_VALUE;
    String refused = "";
    for (int i = 0; i < layers.size(); i++) {
      LayerParameter layer = layers.get(i);
      if (layer.getBottomCount() > 0 || layer.getTopCount() == 0) {
        continue;
      }
      long channels = channels(layer);
      if (channels != 0 && channels != 3) {
        refused = "; " + layer.getName() + " has " + channels + " channels, and a picture has 3";
        continue;
      }
      int rank = (isData(layer) ? 0 : 2) + (dropped.containsKey(i) ? 1 : 0);
      if (rank < bestRank) {
        best = i;
        bestRank = rank;
      }
    }
    if (best < 0) {
      throw UserException.of(
          "brain-without-input",
          definition.file(),
          "no picture can enter: there is no input field and no Input or Data layer" + refused,
          "Give a definition of a network that takes colour pictures");
    }
    return best;
  }

  private static long channels(LayerParameter layer) {
    if (layer.getInputParam().getShapeCount() > 0
        && layer.getInputParam().getShape(0).getDimCount() > 1) {
      return layer.getInputParam().getShape(0).getDim(1);
    }
    return layer.getMemoryDataParam().getChannels();
  }

  /** Caffe's Net::FilterNet for the phase TEST, level 0, no stages. */
  private static boolean takesPart(LayerParameter layer) {
    if (layer.getIncludeCount() > 0) {
      return layer.getIncludeList().stream().anyMatch(TrainingParts::meets);
    }
    return layer.getExcludeList().stream().noneMatch(TrainingParts::meets);
  }

  private static boolean meets(NetStateRule rule) {
    return (!rule.hasPhase() || rule.getPhase() == Phase.TEST)
        && (!rule.hasMinLevel() || rule.getMinLevel() <= 0)
        && (!rule.hasMaxLevel() || rule.getMaxLevel() >= 0)
        && rule.getStageCount() == 0;
  }

  private static boolean isMeasure(LayerParameter layer) {
    return layer.getType().contains("Loss") || layer.getType().equals("Accuracy");
  }

  private static boolean isEnd(LayerParameter layer) {
    return isMeasure(layer) || OTHER_ENDS.contains(layer.getType());
  }

  private static void dropEnds(List<LayerParameter> layers, Map<Integer, String> dropped) {
    List<List<Integer>> inputs = inputs(layers, dropped);
    int[] depths = new int[layers.size()];
    int deepest = 0;
    for (int i = 0; i < layers.size(); i++) {
      for (int input : inputs.get(i)) {
        depths[i] = Math.max(depths[i], depths[input] + 1);
      }
      if (!dropped.containsKey(i) && isMeasure(layers.get(i))) {
        deepest = Math.max(deepest, depths[i]);
      }
    }
    Set<Integer> trunk = new HashSet<>();
    Map<Integer, String> onlyUser = new HashMap<>();
    Set<Integer> usedOtherwise = new HashSet<>();
    for (int i = layers.size() - 1; i >= 0; i--) {
      LayerParameter layer = layers.get(i);
      if (dropped.containsKey(i)) {
        continue;
      }
      boolean end = isEnd(layer);
      boolean inTrunk = trunk.contains(i) || (isMeasure(layer) && depths[i] == deepest);
      if (end) {
        dropped.put(i, "it measures or discards results, which only training wants");
      } else if (!inTrunk && onlyUser.containsKey(i) && !usedOtherwise.contains(i)) {
        dropped.put(i, "only " + onlyUser.get(i) + " needs it, which is dropped");
      }
      for (int input : inputs.get(i)) {
        if (inTrunk) {
          trunk.add(input);
        }
        if (dropped.containsKey(i)) {
          onlyUser.put(input, end ? layer.getName() : onlyUser.get(i));
        } else {
          usedOtherwise.add(input);
        }
      }
    }
  }

  /** For each layer that is not dropped, the layers that fill its bottoms. */
  private static List<List<Integer>> inputs(
      List<LayerParameter> layers, Map<Integer, String> dropped) {
    List<List<Integer>> inputs = new ArrayList<>(layers.size());
    Map<String, Integer> makers = new HashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      List<Integer> of = new ArrayList<>();
      if (!dropped.containsKey(i)) {
        for (String bottom : layers.get(i).getBottomList()) {
          if (makers.containsKey(bottom)) {
            of.add(makers.get(bottom));
          }
        }
        for (String top : layers.get(i).getTopList()) {
          makers.put(top, i);
        }
      }
      inputs.add(of);
    }
    return inputs;
  }
}
