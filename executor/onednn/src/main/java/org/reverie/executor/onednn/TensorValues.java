package org.reverie.executor.onednn;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.FloatRawIndexer;
import org.bytedeco.javacpp.indexer.ShortIndexer;
import org.bytedeco.javacpp.indexer.ShortRawIndexer;

/**
 * The values of a tensor in an arena as floats, whatever they are stored as. For one thread at a
 * time; several threads take one each.
 */
abstract class TensorValues {
  private final Tensor tensor;

  private TensorValues(Tensor tensor) {
    this.tensor = tensor;
  }

  /**
   * The values of a tensor.
   *
   * @param arenaAddress where the arena starts
   */
  static TensorValues of(long arenaAddress, Tensor tensor) {
    long address = arenaAddress + tensor.block().offset() + tensor.offsetBytes();
    long capacity = tensor.block().bytes() / tensor.element().bytes() - tensor.first();
    return tensor.element() == Element.FLOAT32
        ? new Floats(tensor, address, capacity)
        : new Halves(tensor, address, capacity);
  }

  /** One value; positions count rows times the width plus the column. */
  final float get(long position, int channel) {
    return getAt(position * tensor.pitch() + channel);
  }

  /** Writes one value. */
  final void put(long position, int channel, float value) {
    putAt(position * tensor.pitch() + channel, value);
  }

  /** The next {@code count} values in memory, which may be those of more than one position. */
  final void get(long position, int channel, float[] values, int count) {
    getFrom(position * tensor.pitch() + channel, values, count);
  }

  /** Writes the next {@code count} values in memory. */
  final void put(long position, int channel, float[] values, int count) {
    putFrom(position * tensor.pitch() + channel, values, count);
  }

  abstract float getAt(long index);

  abstract void putAt(long index, float value);

  abstract void getFrom(long index, float[] values, int count);

  abstract void putFrom(long index, float[] values, int count);

  private static final class Floats extends TensorValues {
    private final FloatPointer pointer;
    private final FloatIndexer indexer;

    Floats(Tensor tensor, long address, long capacity) {
      super(tensor);
      pointer = new FloatPointer(new NativeScope.Address(address));
      pointer.capacity(capacity);
      indexer = new FloatRawIndexer(pointer);
    }

    @Override
    float getAt(long index) {
      return indexer.get(index);
    }

    @Override
    void putAt(long index, float value) {
      indexer.put(index, value);
    }

    @Override
    void getFrom(long index, float[] values, int count) {
      pointer.position(index).get(values, 0, count);
    }

    @Override
    void putFrom(long index, float[] values, int count) {
      pointer.position(index).put(values, 0, count);
    }
  }

  private static final class Halves extends TensorValues {
    private final ShortPointer pointer;
    private final ShortIndexer indexer;
    private short[] buffer = new short[0];

    Halves(Tensor tensor, long address, long capacity) {
      super(tensor);
      pointer = new ShortPointer(new NativeScope.Address(address));
      pointer.capacity(capacity);
      indexer = new ShortRawIndexer(pointer);
    }

    @Override
    float getAt(long index) {
      return Element.widen(indexer.get(index));
    }

    @Override
    void putAt(long index, float value) {
      indexer.put(index, Element.round(value));
    }

    @Override
    void getFrom(long index, float[] values, int count) {
      reserve(count);
      pointer.position(index).get(buffer, 0, count);
      for (int i = 0; i < count; i++) {
        values[i] = Element.widen(buffer[i]);
      }
    }

    @Override
    void putFrom(long index, float[] values, int count) {
      reserve(count);
      for (int i = 0; i < count; i++) {
        buffer[i] = Element.round(values[i]);
      }
      pointer.position(index).put(buffer, 0, count);
    }

    private void reserve(int count) {
      if (buffer.length < count) {
        buffer = new short[count];
      }
    }
  }
}
