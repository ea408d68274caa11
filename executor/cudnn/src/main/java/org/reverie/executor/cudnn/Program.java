package org.reverie.executor.cudnn;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.reverie.executor.engine.arena.ArenaLayout;

/**
 * Everything one gradient takes, in order, and where its values lie.
 *
 * @param steps in order
 * @param input the network's input
 * @param gradient where the gradient is after the last step, or null
 * @param activations where the wanted activations are after the last step
 * @param arenaBytes memory of the arena
 */
record Program(
    List<Step> steps, Pixels input, Pixels gradient, List<Tensor> activations, long arenaBytes) {
  /** What cudaMalloc itself aligns to; every vector load needs 16 of it. */
  static final ArenaLayout LAYOUT = new ArenaLayout(512);

  /**
   * Pixels of a picture, which may lie in blocks; see {@link StrideBlocks} for the input and {@link
   * InputBlocks} for its gradient.
   *
   * @param tensor its channels are (row of the block, column of the block, channel)
   * @param blockHeight rows of a block
   * @param blockWidth columns of a block
   * @param firstRow of blocks that is real
   * @param firstColumn of blocks that is real
   */
  record Pixels(Tensor tensor, int blockHeight, int blockWidth, int firstRow, int firstColumn) {}

  /** All weights that the steps use. */
  Set<WeightForm> weights() {
    Set<WeightForm> forms = new LinkedHashSet<>();
    for (Step step : steps) {
      if (step instanceof Step.Launch launch) {
        for (Place place : launch.pointers()) {
          if (place instanceof Place.Weights weights) {
            forms.add(weights.form());
          }
        }
      } else if (step instanceof Step.Convolution c) {
        forms.add(c.weights());
        if (c.bias() != null) {
          forms.add(c.bias());
        }
      } else if (step instanceof Step.Product p) {
        forms.add(p.weights());
        if (p.bias() != null) {
          forms.add(p.bias());
        }
      } else if (step instanceof Step.GuideProducts g) {
        forms.add(g.columns());
      }
    }
    return forms;
  }

  /** Memory of the weights in all layouts that the steps use, bytes. */
  long weightBytes() {
    return weights().stream().mapToLong(form -> LAYOUT.aligned(form.bytes())).sum();
  }

  @Override
  public String toString() {
    return steps.stream().map(Step::name).collect(Collectors.joining("\n"));
  }
}
