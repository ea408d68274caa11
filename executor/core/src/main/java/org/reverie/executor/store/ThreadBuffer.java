package org.reverie.executor.store;

/**
 * One array per thread for the bytes of a file on their way: to allocate and zero 3 MB per chunk
 * takes ten times as long as its checksum.
 */
final class ThreadBuffer {
  /** Kept bytes per thread: a whole chunk. Larger arrays are not kept. */
  static final int KEPT_BYTES = 4 << 20;

  private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[0]);

  private ThreadBuffer() {}

  /** An array of at least {@code bytes}, of any content, until the next call in this thread. */
  static byte[] ofAtLeast(int bytes) {
    byte[] buffer = BUFFER.get();
    if (buffer.length < bytes) {
      buffer = new byte[bytes];
      if (bytes <= KEPT_BYTES) {
        BUFFER.set(buffer);
      }
    }
    return buffer;
  }
}
