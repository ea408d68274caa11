package org.reverie.executor.nd4j;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.autodiff.samediff.internal.memory.AbstractMemoryMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.BaseNDArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arrays of one graph's runs. What one operation releases, a later one of the same shape takes
 * up, so that after the first run nothing is allocated and native memory does not wait for the
 * garbage collector. Used by one thread at a time.
 */
final class ArrayPool extends AbstractMemoryMgr {
  private final Map<String, Deque<INDArray>> free = new HashMap<>();
  private final Deque<INDArray> all = new ArrayDeque<>();
  private long bytes;

  @Override
  public INDArray allocate(boolean detached, DataType type, long... shape) {
    Deque<INDArray> fitting = free.get(key(type, shape));
    INDArray array = fitting == null ? null : fitting.poll();
    if (array == null) {
      array = Nd4j.createUninitializedDetached(type, shape);
      all.add(array);
      bytes += array.length() * type.width();
    } else {
      // SameDiff tells arrays apart by their number, and this is a new one to it.
      ((BaseNDArray) array).assignNewId();
    }
    return array;
  }

  @Override
  public INDArray allocate(boolean detached, LongShapeDescriptor descriptor) {
    return allocate(detached, descriptor.dataType(), descriptor.getShape());
  }

  @Override
  public void release(INDArray array) {
    free.computeIfAbsent(key(array.dataType(), array.shape()), key -> new ArrayDeque<>())
        .push(array);
  }

  /**
   * Ends a run: every array is free again. SameDiff itself never releases some of them, such as
   * those that its last operations read.
   */
  void reclaim() {
    free.clear();
    all.forEach(this::release);
  }

  /** Bytes of all arrays, in use or not. */
  long bytes() {
    return bytes;
  }

  /** Frees all arrays at once; the pool can be used again. */
  @Override
  public void close() {
    all.forEach(INDArray::close);
    all.clear();
    free.clear();
    bytes = 0;
  }

  private static String key(DataType type, long[] shape) {
    return type + Arrays.toString(shape);
  }
}
