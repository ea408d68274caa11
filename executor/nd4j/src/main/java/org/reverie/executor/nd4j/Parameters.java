package org.reverie.executor.nd4j;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Named arrays in native memory: weights, in the arrangements that the passes want them in. One set
 * is shared by all graphs of an engine, which take them as placeholders, since a constant of
 * SameDiff would be copied into every graph. Thread-safe.
 */
final class Parameters implements AutoCloseable {
  private final Map<String, INDArray> arrays = new LinkedHashMap<>();
  private long bytes;

  /**
   * The array of that name, made on first use.
   *
   * @param values row-major, as many as the shape holds; read only the first time
   */
  synchronized INDArray get(String name, Supplier<float[]> values, long... shape) {
    return arrays.computeIfAbsent(
        name,
        key -> {
          float[] content = values.get();
          bytes += (long) content.length * Float.BYTES;
          return Nd4j.create(content, shape, 'c');
        });
  }

  /** Bytes of all arrays so far. */
  synchronized long bytes() {
    return bytes;
  }

  @Override
  public synchronized void close() {
    arrays.values().forEach(INDArray::close);
    arrays.clear();
    bytes = 0;
  }
}
