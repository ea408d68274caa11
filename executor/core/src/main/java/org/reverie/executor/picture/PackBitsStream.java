package org.reverie.executor.picture;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Decodes PackBits (TIFF 6.0, section 9). */
final class PackBitsStream extends InputStream {
  private final InputStream in;
  private int literals;
  private int repeats;
  private int repeated;

  PackBitsStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    while (literals == 0 && repeats == 0) {
      int control = in.read();
      if (control < 0) {
        return -1;
      }
      if (control < 128) {
        literals = control + 1;
      } else if (control > 128) {
        repeats = 257 - control;
        repeated = byteOf();
      }
    }
    if (repeats > 0) {
      repeats--;
      return repeated;
    }
    literals--;
    return byteOf();
  }

  private int byteOf() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw new EOFException("PackBits data end early");
    }
    return value;
  }

  @Override
  public int read(byte[] out, int offset, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int value = read();
      if (value < 0) {
        return i == 0 ? -1 : i;
      }
      out[offset + i] = (byte) value;
    }
    return count;
  }
}
