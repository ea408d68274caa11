package org.reverie.executor.picture;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FSDataInputStream;

/** The bytes of a file, read at any position, big-endian where numbers are asked for. */
abstract class PictureBytes implements Closeable {
  /** S3 takes as long to answer for 64 KiB as for this, some tens of milliseconds. */
  private static final int BUFFER_BYTES = 1 << 20;

  abstract long length();

  /** Reads exactly {@code count} bytes, which lie inside the file. */
  abstract void read(long position, byte[] out, int offset, int count) throws IOException;

  @Override
  public void close() throws IOException {}

  static PictureBytes of(FSDataInputStream in, long length) {
    return new PictureBytes() {
      @Override
      long length() {
        return length;
      }

      @Override
      void read(long position, byte[] out, int offset, int count) throws IOException {
        in.readFully(position, out, offset, count);
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  static PictureBytes of(byte[] bytes) {
    return new PictureBytes() {
      @Override
      long length() {
        return bytes.length;
      }

      @Override
      void read(long position, byte[] out, int offset, int count) {
        System.arraycopy(bytes, Math.toIntExact(position), out, offset, count);
      }
    };
  }

  /**
   * Bytes from {@code position} on.
   *
   * @throws EOFException if the file ends before
   */
  final byte[] bytes(long position, int count) throws IOException {
    if (position < 0 || count < 0 || position > length() - count) {
      throw new EOFException(
          "the file ends at byte "
              + length()
              + ", bytes up to "
              + (position + count)
              + " are missing");
    }
    byte[] bytes = new byte[count];
    read(position, bytes, 0, count);
    return bytes;
  }

  /** The bytes of a section as a stream that reads ahead. */
  final InputStream section(long start, long count) throws IOException {
    if (start < 0 || count < 0 || start > length() - count) {
      throw new EOFException(
          "the file ends at byte "
              + length()
              + ", bytes up to "
              + (start + count)
              + " are missing");
    }
    return new Section(start, start + count);
  }

  private final class Section extends InputStream {
    private final byte[] buffer;
    private final long end;
    private long next;
    private int position;
    private int limit;

    Section(long start, long end) {
      this.buffer = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1, end - start))];
      this.next = start;
      this.end = end;
    }

    private boolean fill() throws IOException {
      if (position < limit) {
        return true;
      }
      int count = (int) Math.min(buffer.length, end - next);
      if (count == 0) {
        return false;
      }
      PictureBytes.this.read(next, buffer, 0, count);
      next += count;
      position = 0;
      limit = count;
      return true;
    }

    @Override
    public int read() throws IOException {
      return fill() ? buffer[position++] & 255 : -1;
    }

    @Override
    public int read(byte[] out, int offset, int count) throws IOException {
      if (count == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int copied = Math.min(count, limit - position);
      System.arraycopy(buffer, position, out, offset, copied);
      position += copied;
      return copied;
    }
  }
}
