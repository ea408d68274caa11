package org.reverie.executor.onednn;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.arena.Block;

/**
 * Values of a picture with many channels, channels innermost: the value of (channel, row, column)
 * is at {@code first + channel + pitch (row width + column)} of its block. Several tensors may
 * share a block as slices of its channels: that is how a concat costs nothing.
 *
 * @param block where it lies
 * @param element how its values are stored
 * @param shape its shape
 * @param first value of the block at which it starts
 * @param pitch channels of the whole block
 */
record Tensor(Block block, Element element, Shape shape, long first, int pitch) {
  /** A tensor with a block of its own. */
  static Tensor alone(String name, Element element, Shape shape) {
    return new Tensor(
        new Block(name, Math.multiplyExact(shape.values(), (long) element.bytes())),
        element,
        shape,
        0,
        shape.channels());
  }

  /** Some of its channels. */
  Tensor slice(int from, int channels) {
    return new Tensor(
        block, element, new Shape(channels, shape.height(), shape.width()), first + from, pitch);
  }

  /** Some of its rows. */
  Tensor rows(int from, int height) {
    return new Tensor(
        block,
        element,
        new Shape(shape.channels(), height, shape.width()),
        first + (long) from * shape.width() * pitch,
        pitch);
  }

  /** Whether there are no other channels between its own; most primitives take nothing else. */
  boolean isDense() {
    return shape.channels() == pitch;
  }

  /** Rows times columns. */
  long positions() {
    return (long) shape.height() * shape.width();
  }

  /** Bytes from the start of the block. */
  long offsetBytes() {
    return first * element.bytes();
  }

  /** The tensor as oneDNN sees pictures: NCHW dims, channels innermost. */
  dnnl_memory_desc picture(NativeScope scope) {
    return scope.strided(
        element,
        new long[] {1, shape.channels(), shape.height(), shape.width()},
        new long[] {(long) pitch * positions(), 1, (long) pitch * shape.width(), pitch});
  }

  /** The tensor as a matrix of positions x channels. */
  dnnl_memory_desc matrix(NativeScope scope) {
    return scope.strided(
        element, new long[] {positions(), shape.channels()}, new long[] {pitch, 1});
  }
}
