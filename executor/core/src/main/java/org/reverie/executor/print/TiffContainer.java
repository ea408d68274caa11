package org.reverie.executor.print;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.tiling.Rectangle;

/**
 * TIFF 6.0 and BigTIFF, little-endian: header, tiles, then the directory and its values. The
 * directory comes last because tile sizes are known only then; the header is patched with its
 * place.
 *
 * <p>Tiles are RGB, interleaved, deflated (compression 8, Adobe's TIFF Technical Notes) after
 * horizontal differencing (predictor 2) or, for float, byte-plane differencing (predictor 3, TIFF
 * Technical Note 3).
 */
final class TiffContainer implements Container {
  private static final int CHANNELS = 3;
  private static final long CLASSIC_LIMIT = (1L << 32) - 1;

  private static final int ASCII = 2;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int RATIONAL = 5;
  private static final int UNDEFINED = 7;
  private static final int BYTE = 1;
  private static final int FLOAT = 11;
  private static final int LONG8 = 16;

  private final PrintSpecification specification;
  private final boolean big;
  private final long[] offsets;
  private final long[] byteCounts;
  private int written;

  TiffContainer(PrintSpecification specification) {
    this.specification = specification;
    this.big = sizeBound(specification) > CLASSIC_LIMIT;
    this.offsets = new long[specification.pieces()];
    this.byteCounts = new long[specification.pieces()];
  }

  /**
   * The most bytes that the file can take: all tiles stored by deflate (5 bytes per 16 KiB block
   * and a few more), their entries in the directory, profile and recipe.
   */
  static long sizeBound(PrintSpecification print) {
    long raw =
        Math.multiplyExact(
            (long) print.pieceWidth() * print.pieceHeight() * CHANNELS, print.sampleBytes());
    long tile = raw + raw / 1000 + 64;
    long metadata = 4096L + print.profile().length + 6L * print.recipe().length();
    return Math.addExact(Math.multiplyExact(tile + 16, print.pieces()), metadata);
  }

  boolean big() {
    return big;
  }

  static byte[] encodeTile(PrintSpecification print, Rectangle piece, float[] planes) {
    byte[] tile =
        new byte
            [Math.multiplyExact(
                print.pieceWidth() * CHANNELS * print.sampleBytes(), print.pieceHeight())];
    ByteBuffer buffer = ByteBuffer.wrap(tile).order(ByteOrder.LITTLE_ENDIAN);
    int rowBytes = tile.length / print.pieceHeight();
    int rows = (int) piece.height();
    int width = (int) piece.width();
    for (int y = 0; y < rows; y++) {
      for (int c = 0; c < CHANNELS; c++) {
        int row = (c * rows + y) * width;
        switch (print.depth()) {
          case EIGHT -> eight(planes, row, width, tile, y * rowBytes + c);
          case SIXTEEN -> sixteen(planes, row, width, buffer, y * rowBytes + 2 * c);
          case FLOAT -> floats(planes, row, width, tile, y * rowBytes, rowBytes / 4, c);
        }
      }
      if (print.depth() == Depth.FLOAT) {
        for (int i = (y + 1) * rowBytes - 1; i >= y * rowBytes + CHANNELS; i--) {
          tile[i] -= tile[i - CHANNELS];
        }
      }
    }
    // Beyond the print the last row goes on.
    for (int y = rows; y < print.pieceHeight(); y++) {
      System.arraycopy(tile, (rows - 1) * rowBytes, tile, y * rowBytes, rowBytes);
    }
    return Deflation.stream(tile);
  }

  /** A channel's differences. Beyond the print the last column goes on: differences of 0. */
  private static void eight(float[] planes, int row, int width, byte[] tile, int at) {
    int previous = 0;
    for (int x = 0; x < width; x++) {
      int sample = Quantisation.eight(planes[row + x]);
      tile[at + CHANNELS * x] = (byte) (sample - previous);
      previous = sample;
    }
  }

  private static void sixteen(float[] planes, int row, int width, ByteBuffer tile, int at) {
    int previous = 0;
    for (int x = 0; x < width; x++) {
      int sample = Quantisation.sixteen(planes[row + x]);
      tile.putShort(at + 2 * CHANNELS * x, (short) (sample - previous));
      previous = sample;
    }
  }

  /** A channel's bytes, the highest of all samples first, before they are differenced. */
  private static void floats(
      float[] planes, int row, int width, byte[] tile, int at, int samples, int channel) {
    for (int sample = channel; sample < samples; sample += CHANNELS) {
      float value = planes[row + Math.min(sample / CHANNELS, width - 1)];
      int bits = Float.floatToIntBits(Quantisation.number(value));
      tile[at + sample] = (byte) (bits >>> 24);
      tile[at + samples + sample] = (byte) (bits >>> 16);
      tile[at + 2 * samples + sample] = (byte) (bits >>> 8);
      tile[at + 3 * samples + sample] = (byte) bits;
    }
  }

  @Override
  public void begin(PrintFile out) throws IOException {
    out.write(new byte[big ? 16 : 8]);
  }

  @Override
  public void piece(byte[] encoded, PrintFile out) throws IOException {
    offsets[written] = out.position();
    byteCounts[written] = encoded.length;
    written++;
    out.write(encoded);
    if ((out.position() & 1) != 0) {
      out.write(new byte[1]);
    }
  }

  @Override
  public void end(PrintFile out) throws IOException {
    List<Field> fields = fields();
    ByteBuffer directory = buffer(big ? 8 + 20 * fields.size() + 8 : 2 + 12 * fields.size() + 4);
    if (big) {
      directory.putLong(fields.size());
    } else {
      directory.putShort((short) fields.size());
    }
    int inline = big ? 8 : 4;
    for (Field field : fields) {
      directory.putShort((short) field.tag).putShort((short) field.type);
      offset(directory, field.count);
      if (field.value.length <= inline) {
        directory.put(field.value).put(new byte[inline - field.value.length]);
      } else {
        offset(directory, out.position());
        out.write(field.value);
        align(out);
      }
    }
    offset(directory, 0);
    long place = out.position();
    out.write(directory.array());
    ByteBuffer header = buffer(big ? 16 : 8);
    header.put((byte) 'I').put((byte) 'I').putShort((short) (big ? 43 : 42));
    if (big) {
      header.putShort((short) 8).putShort((short) 0);
    }
    offset(header, place);
    out.patch(0, header.array());
  }

  private static void align(PrintFile out) throws IOException {
    int beyond = (int) (out.position() & 7);
    if (beyond != 0) {
      out.write(new byte[8 - beyond]);
    }
  }

  private void offset(ByteBuffer buffer, long value) {
    if (big) {
      buffer.putLong(value);
    } else {
      if (value > CLASSIC_LIMIT) {
        throw new IllegalStateException("offset " + value + " in a classic TIFF");
      }
      buffer.putInt((int) value);
    }
  }

  private List<Field> fields() {
    Depth depth = specification.depth();
    int bits = 8 * specification.sampleBytes();
    byte[] resolution = rational(specification.pixelsPerInch());
    List<Field> fields = new ArrayList<>();
    fields.add(longs(254, 0));
    fields.add(longs(256, specification.width()));
    fields.add(longs(257, specification.height()));
    fields.add(shorts(258, bits, bits, bits));
    fields.add(shorts(259, 8));
    fields.add(shorts(262, 2));
    fields.add(ascii(270, "A dream by Reverie"));
    fields.add(shorts(274, 1));
    fields.add(shorts(277, CHANNELS));
    fields.add(new Field(282, RATIONAL, 1, resolution));
    fields.add(new Field(283, RATIONAL, 1, resolution));
    fields.add(shorts(284, 1));
    fields.add(shorts(296, 2));
    fields.add(ascii(305, "Reverie"));
    fields.add(shorts(317, depth == Depth.FLOAT ? 3 : 2));
    fields.add(longs(322, specification.pieceWidth()));
    fields.add(longs(323, specification.pieceHeight()));
    fields.add(big ? longs8(324, offsets) : longs(324, offsets));
    fields.add(longs(325, byteCounts));
    int format = depth == Depth.FLOAT ? 3 : 1;
    fields.add(shorts(339, format, format, format));
    if (depth == Depth.FLOAT) {
      fields.add(floats(340, 0));
      fields.add(floats(341, 255));
    }
    if (!specification.recipe().isEmpty()) {
      byte[] packet = XmpPacket.of(specification.recipe());
      fields.add(new Field(700, BYTE, packet.length, packet));
    }
    if (specification.profile().length > 0) {
      byte[] profile = specification.profile();
      fields.add(new Field(34675, UNDEFINED, profile.length, profile));
    }
    fields.sort(Comparator.comparingInt(field -> field.tag));
    return fields;
  }

  /** One entry of the directory, its value in file order. */
  private record Field(int tag, int type, long count, byte[] value) {}

  private static Field shorts(int tag, int... values) {
    ByteBuffer buffer = buffer(2 * values.length);
    for (int value : values) {
      buffer.putShort((short) value);
    }
    return new Field(tag, SHORT, values.length, buffer.array());
  }

  private static Field longs(int tag, long... values) {
    ByteBuffer buffer = buffer(Math.multiplyExact(4, values.length));
    for (long value : values) {
      if (value > CLASSIC_LIMIT) {
        throw new IllegalStateException("value " + value + " in a 32-bit field");
      }
      buffer.putInt((int) value);
    }
    return new Field(tag, LONG, values.length, buffer.array());
  }

  private static Field longs8(int tag, long... values) {
    ByteBuffer buffer = buffer(Math.multiplyExact(8, values.length));
    for (long value : values) {
      buffer.putLong(value);
    }
    return new Field(tag, LONG8, values.length, buffer.array());
  }

  private static Field floats(int tag, float value) {
    ByteBuffer buffer = buffer(4 * CHANNELS);
    for (int c = 0; c < CHANNELS; c++) {
      buffer.putFloat(value);
    }
    return new Field(tag, FLOAT, CHANNELS, buffer.array());
  }

  private static Field ascii(int tag, String text) {
    byte[] value = (text + "\0").getBytes(StandardCharsets.US_ASCII);
    return new Field(tag, ASCII, value.length, value);
  }

  /**
   * The resolution as a fraction, little-endian, exact for up to four decimals; finer ones are
   * rounded to the nearest ten-thousandth, since 65535.9999 is the most that 32 bits can hold then.
   */
  static byte[] rational(double pixelsPerInch) {
    BigDecimal decimal =
        BigDecimal.valueOf(pixelsPerInch)
            .setScale(4, java.math.RoundingMode.HALF_UP)
            .stripTrailingZeros();
    if (decimal.signum() == 0) {
      decimal = new BigDecimal("0.0001");
    }
    int decimals = Math.max(0, decimal.scale());
    long numerator = decimal.movePointRight(decimals).longValueExact();
    long denominator = (long) Math.pow(10, decimals);
    return buffer(8).putInt((int) numerator).putInt((int) denominator).array();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
