package org.reverie.executor.cudnn;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.reverie.executor.engine.EngineProvider.Precision;

/**
 * Something that holds memory and runs steps: a GPU, or what stands for one in tests. Everything
 * above it is the same for both. Thread-safe, except that one stream is used by one thread at a
 * time.
 */
interface Device extends AutoCloseable {
  /** The arithmetic of matrix products. */
  Precision precision();

  /** What libraries need besides a step's own tensors. */
  ProgramWriter.Workspaces workspaces();

  /**
   * Memory with any content.
   *
   * @return its address on the device
   * @throws org.reverie.executor.engine.OutOfDeviceMemoryException if there is not enough
   */
  long allocate(long bytes);

  /** How steps that a library does were done so far, by their names; for people. */
  Map<String, String> decisions();

  /** Gives memory back; waits for what uses it. */
  void free(long address);

  /** Copies to the device and waits. */
  void upload(long address, ByteBuffer bytes);

  /** A new queue of work. */
  Stream stream();

  @Override
  void close();

  /** Where places are on the device. */
  interface Addresses {
    /** The address of a place, 0 for none. */
    long of(Place place);
  }

  /** Work that a device does in order. */
  interface Stream extends AutoCloseable {
    /**
     * Copies bytes to the device, in order with what was queued before.
     *
     * @param bytes from its position to its limit; may be changed afterwards
     */
    void upload(long address, ByteBuffer bytes);

    /**
     * Copies values to the device, in order with what was queued before.
     *
     * @param values may be changed afterwards
     */
    void upload(long address, float[] values);

    /** Copies bytes from the device when all that was queued before is done, and waits. */
    void download(long address, ByteBuffer bytes);

    /**
     * Copies equally long rows of floats from the device when all that was queued before is done,
     * and waits.
     *
     * @param address of the first row
     * @param pitchBytes from one row to the next
     * @param length floats of a row
     * @param rows how many
     * @param offset of the first value in {@code out}
     */
    void download(long address, long pitchBytes, int length, int rows, float[] out, int offset);

    /** Queues steps once. */
    void run(List<Step> steps, Addresses addresses);

    /**
     * Does steps several times and takes the time of each; waits.
     *
     * @param rounds how often, at least 1
     * @return seconds of each step, the median of all rounds but the first
     */
    double[] time(List<Step> steps, Addresses addresses, int rounds);

    /** Makes steps ready to be queued many times. */
    Recording record(List<Step> steps, Addresses addresses);

    /** Waits for all that was queued. */
    void finish();

    @Override
    void close();
  }

  /** Steps that are ready; belongs to the stream that made it. */
  interface Recording extends AutoCloseable {
    /** Queues all of them. */
    void replay();

    @Override
    void close();
  }
}
