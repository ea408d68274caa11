package org.reverie.executor.engine;

import java.util.List;

/** A brain and an objective made ready on one device. Thread-safe; closed by who opened it. */
public interface Engine extends AutoCloseable {
  /**
   * The memory one session of that window size takes on top of the weights, bytes, exactly or as an
   * upper bound. Does not allocate it. Between two computations a session may hold less, see {@link
   * #sessionsTakeTurns}.
   *
   * @param width columns of the network's input
   * @param height rows of the network's input
   */
  long bytesFor(int width, int height);

  /**
   * What that memory is for, layer by layer, in no particular order; empty if the engine cannot
   * tell. Does not allocate it.
   *
   * @param width columns of the network's input
   * @param height rows of the network's input
   */
  default List<LayerMemory> memoryByLayer(int width, int height) {
    return List.of();
  }

  /**
   * Whether sessions hold their memory only while they compute, and hand it on: then sessions that
   * compute one after the other together take no more than the largest of them.
   */
  default boolean sessionsTakeTurns() {
    return false;
  }

  /** The memory the weights take, shared by all sessions, bytes. */
  long weightBytes();

  /**
   * Compiles for one window size.
   *
   * @param width columns of the network's input
   * @param height rows of the network's input
   * @throws OutOfDeviceMemoryException if the device has not enough memory; the caller plans
   *     smaller
   */
  Session compile(int width, int height);

  /**
   * The activations of the objective's layers for one input, forward only.
   *
   * @param input CHW, 3 x height x width, in the brain's colour order, mean subtracted
   * @return one per target, in the objective's order: CHW of the layer's shape
   */
  List<float[]> activations(float[] input, int width, int height);

  @Override
  void close();
}
