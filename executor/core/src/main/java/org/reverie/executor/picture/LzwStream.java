package org.reverie.executor.picture;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.reverie.executor.picture.PictureException.Fault;

/** Decodes LZW as TIFF 6.0, section 13, writes it: codes of 9 to 12 bits, highest bit first. */
final class LzwStream extends InputStream {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int FIRST_FREE = 258;
  private static final int TABLE = 4096;

  private final InputStream in;
  private final int[] prefix = new int[TABLE];
  private final byte[] last = new byte[TABLE];
  private final byte[] first = new byte[TABLE];
  private final int[] length = new int[TABLE];
  // The current string, written from its end.
  private final byte[] text = new byte[TABLE + 1];
  private int position = text.length;
  private int end = text.length;
  private int free = FIRST_FREE;
  private int previous = -1;
  private int bits;
  private int bitCount;
  private boolean ended;

  LzwStream(InputStream in) {
    this.in = in;
    for (int i = 0; i < CLEAR; i++) {
      last[i] = (byte) i;
      first[i] = (byte) i;
      length[i] = 1;
    }
  }

  @Override
  public int read() throws IOException {
    return fill() ? text[position++] & 255 : -1;
  }

  @Override
  public int read(byte[] out, int offset, int count) throws IOException {
    int copied = 0;
    while (copied < count && fill()) {
      int part = Math.min(count - copied, end - position);
      System.arraycopy(text, position, out, offset + copied, part);
      position += part;
      copied += part;
    }
    return copied == 0 && count > 0 ? -1 : copied;
  }

  private boolean fill() throws IOException {
    while (position == end) {
      if (ended) {
        return false;
      }
      int code = code();
      if (code == END) {
        ended = true;
        return false;
      }
      if (code == CLEAR) {
        free = FIRST_FREE;
        previous = -1;
        continue;
      }
      boolean known = code < CLEAR || code >= FIRST_FREE && code < free;
      if (!known && (code != free || previous < 0)) {
        throw new PictureException(Fault.DAMAGED, "LZW code " + code + " is not yet defined");
      }
      if (previous >= 0 && free < TABLE) {
        prefix[free] = previous;
        first[free] = first[previous];
        last[free] = known ? first[code] : first[previous];
        length[free] = length[previous] + 1;
        free++;
      }
      position = text.length - length[code];
      int at = text.length;
      for (int i = code; at > position; i = prefix[i]) {
        text[--at] = last[i];
      }
      previous = code;
    }
    return true;
  }

  /** The next code; TIFF's writers widen codes one entry early. */
  private int code() throws IOException {
    int width = free < 511 ? 9 : free < 1023 ? 10 : free < 2047 ? 11 : 12;
    while (bitCount < width) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("LZW data end early");
      }
      bits = bits << 8 | next;
      bitCount += 8;
    }
    bitCount -= width;
    int code = bits >>> bitCount & (1 << width) - 1;
    bits &= (1 << bitCount) - 1;
    return code;
  }
}
