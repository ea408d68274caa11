package org.reverie.executor.cudnn;

import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.arena.Block;

/**
 * Values of a picture with many channels, channels innermost: the value of (channel, row, column)
 * is at {@code first + channel + pitch (row width + column)} of its block. Tensors may be slices of
 * the channels of one block: that is how a concat costs nothing.
 *
 * @param block where it lies
 * @param element of its values
 * @param shape its shape
 * @param first value of the block at which it starts
 * @param pitch channels of the whole block
 */
record Tensor(Block block, Element element, Shape shape, int first, int pitch) {
  /**
   * A tensor with a block of its own.
   *
   * @throws OutOfDeviceMemoryException if it has more values than the libraries number, 2^31 - 1: a
   *     smaller window may do
   */
  static Tensor alone(String name, Element element, Shape shape) {
    if (shape.values() > Integer.MAX_VALUE) {
      throw new OutOfDeviceMemoryException(
          "%s: a tensor of %d values, and the libraries number no more than %d"
              .formatted(name, shape.values(), Integer.MAX_VALUE));
    }
    long bytes = Math.multiplyExact(shape.values(), (long) element.bytes());
    return new Tensor(new Block(name, bytes), element, shape, 0, shape.channels());
  }

  /** Some of its channels. */
  Tensor slice(int from, int channels) {
    return new Tensor(
        block, element, new Shape(channels, shape.height(), shape.width()), first + from, pitch);
  }

  int channels() {
    return shape.channels();
  }

  int height() {
    return shape.height();
  }

  int width() {
    return shape.width();
  }

  /** Whether there are no other channels between its own. */
  boolean isDense() {
    return shape.channels() == pitch;
  }

  /** Rows times columns. */
  int positions() {
    return Math.multiplyExact(shape.height(), shape.width());
  }

  /** Bytes of its own values. */
  long bytes() {
    return Math.multiplyExact(shape.values(), (long) element.bytes());
  }

  /** Whether kernels may load and store {@link Element#width} channels at once. */
  boolean isVectored() {
    int width = element.width();
    return shape.channels() % width == 0 && first % width == 0 && pitch % width == 0;
  }

  /** Where its first value is. */
  Place place() {
    return new Place.Arena(block, (long) first * element.bytes());
  }
}
