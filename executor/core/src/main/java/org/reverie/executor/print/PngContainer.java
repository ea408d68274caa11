package org.reverie.executor.print;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.tiling.Rectangle;

/**
 * PNG (W3C, third edition). Strips are filtered and deflated independently, each flushed to a byte
 * boundary, so that their concatenation between a zlib header and an empty last block is one zlib
 * stream (RFC 1950, 1951); its checksum is combined from theirs.
 */
final class PngContainer implements Container {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
  private static final byte[] ZLIB_HEADER = {0x78, (byte) 0x9C};
  private static final byte[] EMPTY_LAST_BLOCK = {0x03, 0x00};
  private static final int ADLER_BASE = 65_521;
  private static final int CHANNELS = 3;
  private static final double INCHES_PER_METRE = 1 / 0.0254;

  private final PrintSpecification specification;
  private long adler = 1;
  private int written;

  PngContainer(PrintSpecification specification) {
    this.specification = specification;
  }

  /** The strip's Adler-32, big-endian, then its whole IDAT chunk. */
  static byte[] encodeStrip(PrintSpecification print, Rectangle piece, float[] planes) {
    int pixelBytes = CHANNELS * print.sampleBytes();
    int width = (int) piece.width();
    int height = (int) piece.height();
    int rowBytes = Math.multiplyExact(width, pixelBytes);
    byte[] filtered = new byte[Math.multiplyExact(rowBytes + 1, height)];
    byte[] above = null;
    byte[] row = new byte[rowBytes];
    byte[] candidate = new byte[rowBytes];
    for (int y = 0; y < height; y++) {
      ByteBuffer samples = ByteBuffer.wrap(row);
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < CHANNELS; c++) {
          float value = planes[(c * height + y) * width + x];
          if (print.depth() == Depth.SIXTEEN) {
            samples.putShort((short) Quantisation.sixteen(value));
          } else {
            samples.put((byte) Quantisation.eight(value));
          }
        }
      }
      filter(row, above, pixelBytes, candidate, filtered, y * (rowBytes + 1));
      byte[] free = above == null ? new byte[rowBytes] : above;
      above = row;
      row = free;
    }
    Adler32 adler = new Adler32();
    adler.update(filtered);
    byte[] chunk = chunk("IDAT", Deflation.block(filtered));
    return ByteBuffer.allocate(4 + chunk.length).putInt((int) adler.getValue()).put(chunk).array();
  }

  /**
   * Puts the filter type and the filtered row at {@code start}: the type whose bytes, taken as
   * signed, have the smallest sum of magnitudes (the heuristic of the specification, 12.7). A
   * strip's first row knows no row above and is filtered along itself.
   */
  private static void filter(
      byte[] row, byte[] above, int pixelBytes, byte[] candidate, byte[] out, int start) {
    long best = Long.MAX_VALUE;
    int[] types = above == null ? new int[] {1} : new int[] {1, 2, 4};
    for (int type : types) {
      long sum = 0;
      for (int i = 0; i < row.length; i++) {
        int left = i < pixelBytes ? 0 : row[i - pixelBytes] & 255;
        int up = above == null ? 0 : above[i] & 255;
        int predicted =
            switch (type) {
              case 1 -> left;
              case 2 -> up;
              default -> paeth(left, up, i < pixelBytes ? 0 : above[i - pixelBytes] & 255);
            };
        candidate[i] = (byte) (row[i] - predicted);
        sum += Math.abs(candidate[i]);
      }
      if (sum < best) {
        best = sum;
        out[start] = (byte) type;
        System.arraycopy(candidate, 0, out, start + 1, candidate.length);
      }
    }
  }

  private static int paeth(int left, int up, int upLeft) {
    int estimate = left + up - upLeft;
    int byLeft = Math.abs(estimate - left);
    int byUp = Math.abs(estimate - up);
    int byUpLeft = Math.abs(estimate - upLeft);
    if (byLeft <= byUp && byLeft <= byUpLeft) {
      return left;
    }
    return byUp <= byUpLeft ? up : upLeft;
  }

  @Override
  public void begin(PrintFile out) throws IOException {
    out.write(SIGNATURE);
    out.write(
        chunk(
            "IHDR",
            ByteBuffer.allocate(13)
                .putInt(Math.toIntExact(specification.width()))
                .putInt(Math.toIntExact(specification.height()))
                .put((byte) (8 * specification.sampleBytes()))
                .put((byte) 2)
                .array()));
    if (specification.profile().length > 0) {
      ByteArrayOutputStream profile = new ByteArrayOutputStream();
      profile.writeBytes("ICC profile\0\0".getBytes(StandardCharsets.ISO_8859_1));
      profile.writeBytes(zlib(specification.profile()));
      out.write(chunk("iCCP", profile.toByteArray()));
    }
    int perMetre = Math.max(1, (int) Math.round(specification.pixelsPerInch() * INCHES_PER_METRE));
    out.write(
        chunk(
            "pHYs",
            ByteBuffer.allocate(9).putInt(perMetre).putInt(perMetre).put((byte) 1).array()));
    if (!specification.recipe().isEmpty()) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      // Keyword, then no compression, no language and no translated keyword, as XMP part 3 asks.
      text.writeBytes("XML:com.adobe.xmp\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
      text.writeBytes(XmpPacket.of(specification.recipe()));
      out.write(chunk("iTXt", text.toByteArray()));
    }
    out.write(chunk("IDAT", ZLIB_HEADER));
  }

  @Override
  public void piece(byte[] encoded, PrintFile out) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(encoded);
    Rectangle piece = specification.piece(written++);
    long rowBytes = piece.width() * CHANNELS * specification.sampleBytes() + 1;
    adler =
        combine(
            adler, buffer.getInt() & 0xFFFF_FFFFL, Math.multiplyExact(rowBytes, piece.height()));
    byte[] chunk = new byte[buffer.remaining()];
    buffer.get(chunk);
    out.write(chunk);
  }

  /** The Adler-32 of two texts one after the other, from both and the second one's length. */
  static long combine(long first, long second, long secondLength) {
    long length = secondLength % ADLER_BASE;
    long firstSum = first & 0xFFFF;
    long sum = (firstSum + (second & 0xFFFF) + ADLER_BASE - 1) % ADLER_BASE;
    long weighted =
        ((first >>> 16) + (second >>> 16) + length * (firstSum + ADLER_BASE - 1)) % ADLER_BASE;
    return weighted << 16 | sum;
  }

  @Override
  public void end(PrintFile out) throws IOException {
    out.write(
        chunk("IDAT", ByteBuffer.allocate(6).put(EMPTY_LAST_BLOCK).putInt((int) adler).array()));
    out.write(chunk("IEND", new byte[0]));
  }

  private static byte[] zlib(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ZLIB_HEADER);
    out.writeBytes(Deflation.block(bytes));
    out.writeBytes(EMPTY_LAST_BLOCK);
    Adler32 adler = new Adler32();
    adler.update(bytes);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) adler.getValue()).array());
    return out.toByteArray();
  }

  private static byte[] chunk(String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    return ByteBuffer.allocate(12 + data.length)
        .putInt(data.length)
        .put(name)
        .put(data)
        .putInt((int) crc.getValue())
        .array();
  }
}
