package org.reverie.executor.onednn;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.arena.Block;
import org.reverie.executor.onednn.ArenaPool.Arena;

/** One operation of a program. Steps run one after the other. */
sealed interface Step {
  /** What it does and for which layer, for people. */
  String name();

  /** All tensors of its primitives, of equal ones at least one. */
  default List<Argument> arguments() {
    return List.of();
  }

  /**
   * A primitive of oneDNN.
   *
   * @param desc its description
   * @param arguments its tensors
   */
  record Native(String name, dnnl_primitive_desc desc, List<Argument> arguments) implements Step {}

  /**
   * A loop in Java, for what oneDNN has no primitive for.
   *
   * @param kernel the loop
   */
  record Host(String name, HostKernel kernel) implements Step {}

  /**
   * A loop in Java that asks for the regions of the canvas.
   *
   * @param kernel the loop
   */
  record Regional(String name, RegionalKernel kernel) implements Step {}

  /** See {@link Regional}. */
  interface RegionalKernel {
    /**
     * Runs it.
     *
     * @param arena where the session computes
     * @param regions of the network's input
     */
    void run(Arena arena, Centres.Regions regions);
  }

  /**
   * Parts that do not depend on one another, which as many lanes as a step has threads take one
   * after the other: each lane runs primitives alone, so that what a part leaves for its next
   * primitive stays in one processor's cache, and threads wait for one another once per step.
   *
   * @param kernels the primitives
   * @param runs the parts
   * @param lanes memory of all lanes
   * @param laneBytes of it, for each
   */
  record Strips(String name, List<Kernel> kernels, List<Run> runs, Block lanes, long laneBytes)
      implements Step {
    @Override
    public List<Argument> arguments() {
      return runs.stream()
          .flatMap(run -> run.calls().stream())
          .flatMap(call -> kernels.get(call.kernel()).arguments(call))
          .toList();
    }
  }

  /**
   * Parts that differ in nothing but where they are.
   *
   * @param count of them
   * @param calls to make in order, for the first of them
   */
  record Run(int count, List<Call> calls) {}

  /**
   * A primitive that is called with many tensors.
   *
   * @param desc its description
   * @param roles its tensors
   */
  record Kernel(dnnl_primitive_desc desc, List<Role> roles) {
    private Stream<Argument> arguments(Call call) {
      return IntStream.range(0, roles.size())
          .mapToObj(
              i -> new Argument(roles.get(i).id(), roles.get(i).desc(), call.places().get(i)));
    }
  }

  /**
   * A tensor of a kernel, wherever it is.
   *
   * @param id oneDNN's number for its role
   * @param desc its layout
   */
  record Role(int id, dnnl_memory_desc desc) {}

  /**
   * A call of a kernel.
   *
   * @param kernel its index
   * @param places of its tensors, in the order of its roles
   */
  record Call(int kernel, List<Place> places) {}

  /**
   * One tensor of a primitive.
   *
   * @param id oneDNN's number for its role
   * @param desc its layout
   * @param place where its values are
   */
  record Argument(int id, dnnl_memory_desc desc, Place place) {}

  /** Where values are. */
  sealed interface Place {
    /**
     * In the session's arena.
     *
     * @param offsetBytes from the start of the block
     */
    record Arena(Block block, long offsetBytes) implements Place {}

    /**
     * In the session's arena, further on in every part of a run.
     *
     * @param offsetBytes from the start of the block, in the first part
     * @param stepBytes from one part to the next
     */
    record Moving(Block block, long offsetBytes, long stepBytes) implements Place {}

    /**
     * In the memory of the lane that runs the call.
     *
     * @param offsetBytes from its start
     */
    record Lane(long offsetBytes) implements Place {}

    /** Among the weights that all sessions share. */
    record Shared(WeightStore.Form form) implements Place {}
  }
}
