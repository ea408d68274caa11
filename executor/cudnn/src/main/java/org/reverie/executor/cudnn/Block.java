package org.reverie.executor.cudnn;

/** A piece of the arena and the steps during which it holds something; its place follows later. */
final class Block {
  private final String name;
  private final long bytes;
  private int first = Integer.MAX_VALUE;
  private int last = -1;
  private long offset = -1;

  Block(String name, long bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  String name() {
    return name;
  }

  long bytes() {
    return bytes;
  }

  /** Notes that a step writes or reads it. */
  void touch(int step) {
    first = Math.min(first, step);
    last = Math.max(last, step);
  }

  boolean isTouched() {
    return last >= 0;
  }

  /** Whether both hold something during the same step. */
  boolean meets(Block other) {
    return first <= other.last && other.first <= last;
  }

  /** Bytes from the start of the arena. */
  long offset() {
    if (offset < 0) {
      throw new IllegalStateException(name + " has no place yet");
    }
    return offset;
  }

  void place(long offset) {
    this.offset = offset;
  }

  @Override
  public String toString() {
    return "%s, %d bytes, steps %d to %d".formatted(name, bytes, first, last);
  }
}
