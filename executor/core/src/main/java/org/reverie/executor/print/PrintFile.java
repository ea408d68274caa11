package org.reverie.executor.print;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A local file that grows at its end and whose written bytes can be patched. */
final class PrintFile {
  private final FileChannel channel;
  private long position;

  PrintFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Where the next byte goes. */
  long position() {
    return position;
  }

  void write(byte[] bytes) throws IOException {
    put(position, bytes);
    position += bytes.length;
  }

  /** Overwrites bytes that were written before. */
  void patch(long at, byte[] bytes) throws IOException {
    if (at + bytes.length > position) {
      throw new IllegalArgumentException("a patch beyond the end");
    }
    put(at, bytes);
  }

  /** Leaves a hole, for tests of offsets beyond 4 GiB. */
  void skipTo(long next) {
    position = next;
  }

  private void put(long at, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
  }
}
