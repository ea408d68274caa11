package org.reverie.executor.picture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.TreeMap;

/** A TIFF of one strip, tag by tag, so that a test can make it wrong in one place. */
final class TiffSketch {
  private final TreeMap<Integer, byte[]> values = new TreeMap<>();
  private final TreeMap<Integer, Integer> types = new TreeMap<>();
  private final TreeMap<Integer, Integer> counts = new TreeMap<>();
  private final byte[] pixels;

  /** 8-bit grey, uncompressed. */
  TiffSketch(int width, int height, byte[] pixels) {
    this.pixels = pixels;
    longs(256, width).longs(257, height).shorts(258, 8).shorts(259, 1).shorts(262, 1);
    longs(273, 8).shorts(277, 1).longs(278, height).longs(279, pixels.length);
  }

  /** A picture drawn in characters, one pixel each. */
  static TiffSketch drawing(String... rows) {
    return new TiffSketch(rows[0].length(), rows.length, String.join("", rows).getBytes());
  }

  TiffSketch shorts(int tag, int... numbers) {
    ByteBuffer buffer = buffer(2 * numbers.length);
    for (int number : numbers) {
      buffer.putShort((short) number);
    }
    return put(tag, 3, numbers.length, buffer);
  }

  TiffSketch longs(int tag, long... numbers) {
    ByteBuffer buffer = buffer(4 * numbers.length);
    for (long number : numbers) {
      buffer.putInt((int) number);
    }
    return put(tag, 4, numbers.length, buffer);
  }

  TiffSketch floats(int tag, float... numbers) {
    ByteBuffer buffer = buffer(4 * numbers.length);
    for (float number : numbers) {
      buffer.putFloat(number);
    }
    return put(tag, 11, numbers.length, buffer);
  }

  private TiffSketch put(int tag, int type, int count, ByteBuffer value) {
    values.put(tag, value.array());
    types.put(tag, type);
    counts.put(tag, count);
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int extra = 8 + pixels.length + (pixels.length & 1);
    ByteBuffer directory = buffer(2 + 12 * values.size() + 4);
    directory.putShort((short) values.size());
    ByteArrayOutputStream behind = new ByteArrayOutputStream();
    values.forEach(
        (tag, value) -> {
          directory.putShort(tag.shortValue()).putShort(types.get(tag).shortValue());
          directory.putInt(counts.get(tag));
          if (value.length <= 4) {
            directory.put(value).put(new byte[4 - value.length]);
          } else {
            directory.putInt(extra + behind.size());
            behind.writeBytes(value);
          }
        });
    directory.putInt(0);
    ByteBuffer header = buffer(8);
    header.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(extra + behind.size());
    out.writeBytes(header.array());
    out.writeBytes(pixels);
    out.writeBytes(new byte[pixels.length & 1]);
    out.writeBytes(behind.toByteArray());
    out.writeBytes(directory.array());
    return out.toByteArray();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
