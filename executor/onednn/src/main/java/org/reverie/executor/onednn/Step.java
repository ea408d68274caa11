package org.reverie.executor.onednn;

import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.arena.Block;

/** One operation of a program. Steps run one after the other. */
sealed interface Step {
  /** What it does and for which layer, for people. */
  String name();

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
     * @param arena all values of the session's arena
     * @param regions of the network's input
     */
    void run(FloatIndexer arena, Centres.Regions regions);
  }

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

    /** Among the weights that all sessions share. */
    record Shared(WeightStore.Form form) implements Place {}
  }
}
