package org.reverie.executor.engine.arena;

/**
 * A piece of a session's arena and the steps during which it holds something. Its place follows
 * once all steps are known.
 */
public final class Block {
  private final String name;
  private final long bytes;
  private int first = Integer.MAX_VALUE;
  private int last = -1;
  private long offset = -1;

  /**
   * @param name says whose it is
   * @param bytes of it; 0 or more
   */
  public Block(String name, long bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /** Whose it is. */
  public String name() {
    return name;
  }

  /** Its length; 0 or more. */
  public long bytes() {
    return bytes;
  }

  /** Notes that a step writes or reads it. */
  public void touch(int step) {
    first = Math.min(first, step);
    last = Math.max(last, step);
  }

  /** Whether any step writes or reads it; what none does gets no place. */
  public boolean isTouched() {
    return last >= 0;
  }

  /** Whether both hold something during the same step. */
  boolean meets(Block other) {
    return first <= other.last && other.first <= last;
  }

  /**
   * Bytes from the start of the arena.
   *
   * @throws IllegalStateException if the arena is not laid out yet
   */
  public long offset() {
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
