package org.reverie.executor.picture;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A picture's bytes as ImageIO wants them, with some bytes put in front of the file's from a
 * position on, and some behind them.
 */
final class PictureStream extends ImageInputStreamImpl {
  private static final int BUFFER_BYTES = 1 << 16;

  private final byte[] front;
  private final PictureBytes bytes;
  private final long from;
  private final byte[] behind;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long bufferStart;
  private int bufferLength;

  /**
   * @param front read first
   * @param bytes read behind it
   * @param from first byte of {@code bytes} to read
   * @param behind read last
   */
  PictureStream(byte[] front, PictureBytes bytes, long from, byte[] behind) {
    this.front = front;
    this.bytes = bytes;
    this.from = from;
    this.behind = behind;
  }

  @Override
  public long length() {
    return behindStart() + behind.length;
  }

  private long behindStart() {
    return front.length + bytes.length() - from;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  @Override
  public int read(byte[] out, int offset, int count) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (count == 0) {
      return 0;
    }
    if (streamPos >= length()) {
      return -1;
    }
    int copied;
    if (streamPos < front.length) {
      copied = (int) Math.min(count, front.length - streamPos);
      System.arraycopy(front, (int) streamPos, out, offset, copied);
    } else if (streamPos >= behindStart()) {
      copied = (int) Math.min(count, length() - streamPos);
      System.arraycopy(behind, (int) (streamPos - behindStart()), out, offset, copied);
    } else {
      long position = streamPos - front.length + from;
      if (position < bufferStart || position >= bufferStart + bufferLength) {
        bufferLength = (int) Math.min(buffer.length, bytes.length() - position);
        bytes.read(position, buffer, 0, bufferLength);
        bufferStart = position;
      }
      copied = (int) Math.min(count, bufferStart + bufferLength - position);
      System.arraycopy(buffer, (int) (position - bufferStart), out, offset, copied);
    }
    streamPos += copied;
    return copied;
  }
}
