package org.reverie.executor.onednn;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.dnnl.global.dnnl;
import org.reverie.executor.engine.arena.Block;
import org.reverie.executor.onednn.Step.Argument;
import org.reverie.executor.onednn.Step.Place;

/**
 * Everything a session does, in order, and where its values lie. Describes primitives without
 * making them; closed by who wrote it, after the sessions were made.
 *
 * @param scope owns the descriptions
 * @param steps in order
 * @param input where the network's input is written before the first step
 * @param gradient where the parts are after the last step whose sum is the gradient
 * @param activations where the wanted activations are after the last step
 * @param blocks all that lies in a session's arena, each during its own steps
 * @param arenaBytes memory of a session
 */
record Program(
    NativeScope scope,
    List<Step> steps,
    Tensor input,
    List<InputGradient> gradient,
    List<Tensor> activations,
    List<Block> blocks,
    long arenaBytes)
    implements AutoCloseable {

  /**
   * A part of the gradient at the input; pixels are grouped into blocks, see {@link
   * StridedGradient}.
   *
   * @param tensor its channels are (row of the block, column of the block, channel)
   * @param blockHeight rows of a block
   * @param blockWidth columns of a block
   */
  record InputGradient(Tensor tensor, int blockHeight, int blockWidth) {}

  /** Memory of the weights in all layouts that the steps use, bytes. */
  long weightBytes() {
    Set<Object> seen = new HashSet<>();
    long bytes = 0;
    for (Step step : steps) {
      for (Argument argument : step.arguments()) {
        if (argument.place() instanceof Place.Shared shared
            && seen.add(WeightStore.identity(shared.form(), argument.desc()))) {
          bytes += dnnl.dnnl_memory_desc_get_size(argument.desc());
        }
      }
    }
    return bytes;
  }

  @Override
  public void close() {
    scope.close();
  }

  @Override
  public String toString() {
    return steps.stream().map(Step::name).collect(Collectors.joining("\n"));
  }
}
