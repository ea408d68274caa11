package org.reverie.executor.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Eltwise;
import org.reverie.executor.brain.Operation.Input;
import org.reverie.executor.brain.Operation.Relu;

/**
 * Which layers to dream in a brain that nobody described.
 *
 * <p>GoogLeNet's {@code inception_4c/output} comes first where it exists, since that is what
 * everybody knows. Otherwise a layer is worth dreaming if it ends a block: a concatenation or
 * element-wise sum, or the rectifier right above one; in a brain without blocks, a rectifier; in
 * one without those, any layer. Of these, the deepest at every stride is listed, beginning with the
 * largest stride up to 16 pixels: coarser layers make shapes too large for a small octave to hold,
 * and finer ones texture. Layers above a global pool never count.
 */
public final class PreferredLayers {
  private static final String FAMOUS = "inception_4c/output";
  private static final int LARGEST_STRIDE_PIXELS = 16;

  private PreferredLayers() {}

  /** Names of layers of {@code brain}, the default one first; empty if nothing can be dreamt. */
  public static List<String> of(Brain brain) {
    ReceptiveFields fields = ReceptiveFields.of(brain);
    TreeMap<Integer, String> deepestByStride = new TreeMap<>();
    for (int layer : candidates(brain, fields)) {
      deepestByStride.put(fields.geometry(layer).stride(), brain.layers().get(layer).name());
    }
    List<String> preferred = new ArrayList<>();
    if (brain.find(FAMOUS).isPresent()) {
      preferred.add(FAMOUS);
    }
    preferred.addAll(deepestByStride.headMap(LARGEST_STRIDE_PIXELS, true).descendingMap().values());
    preferred.addAll(deepestByStride.tailMap(LARGEST_STRIDE_PIXELS, false).values());
    return preferred.stream().distinct().toList();
  }

  /**
   * Names of the ends of all blocks of {@code brain}, lowest first; of a sum and the rectifier
   * right above it, the rectifier. In a brain without blocks, its rectifiers, or else all layers.
   */
  public static List<String> blockEnds(Brain brain) {
    List<Integer> ends = candidates(brain, ReceptiveFields.of(brain));
    List<String> names = new ArrayList<>();
    for (int end : ends) {
      boolean rectifiedNext =
          ends.stream()
              .map(brain.layers()::get)
              .anyMatch(
                  above ->
                      above.operation() instanceof Relu
                          && above.inputs().contains(end)
                          && endsBlock(brain.layers().get(end).operation()));
      if (!rectifiedNext) {
        names.add(brain.layers().get(end).name());
      }
    }
    return names;
  }

  private static List<Integer> candidates(Brain brain, ReceptiveFields fields) {
    List<Integer> blocks = new ArrayList<>();
    List<Integer> rectifiers = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < brain.layers().size(); i++) {
      Layer layer = brain.layers().get(i);
      Operation operation = layer.operation();
      if (!fields.geometry(i).bounded()) {
        continue;
      }
      if (endsBlock(operation)) {
        blocks.add(i);
      } else if (operation instanceof Relu) {
        rectifiers.add(i);
        if (endsBlock(brain.layers().get(layer.input()).operation())) {
          blocks.add(i);
        }
      } else if (!(operation instanceof Input)) {
        others.add(i);
      }
    }
    return !blocks.isEmpty() ? blocks : !rectifiers.isEmpty() ? rectifiers : others;
  }

  private static boolean endsBlock(Operation operation) {
    return operation instanceof Concat || operation instanceof Eltwise;
  }
}
