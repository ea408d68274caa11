package org.reverie.executor.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.Path;
import org.reverie.tiling.Rectangle;

/**
 * The start of a file of planes. Little-endian throughout:
 *
 * <pre>
 *    0  magic "RVPLANES"
 *    8  int version, 1
 *   12  int kind          16  int octave        20  int round       24  int index
 *   28  int channels      32  long x            40  long y
 *   48  long width        56  long height
 *   64  int rows of a band, 64
 *   68  int CRC32C of each band: bands of channel 0 from the top, then channel 1, ..
 *       int CRC32C of everything before it
 *       float planes, CHW
 * </pre>
 *
 * A checksum per band of rows, so that a halo's few rows can be read and verified by themselves.
 */
record ChunkHeader(Key key, Rectangle rectangle, int channels, int[] checksums) {
  static final int BAND_ROWS = 64;

  /** Bytes before the checksums. */
  static final int FIXED_BYTES = 68;

  private static final long MAGIC =
      ByteBuffer.wrap("RVPLANES".getBytes(StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();
  private static final int VERSION = 1;

  /** The header of planes that are not encoded yet: its checksums are 0. */
  static ChunkHeader of(Key key, Planes planes) {
    Rectangle rectangle = planes.rectangle();
    return new ChunkHeader(
        key, rectangle, planes.channels(), new int[bands(rectangle) * planes.channels()]);
  }

  /**
   * Encodes the header, checksums of the planes included.
   *
   * @param values the planes, CHW
   * @return {@link #headerBytes}
   */
  byte[] encode(float[] values) {
    byte[] bytes = new byte[headerBytes()];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(MAGIC).putInt(VERSION).putInt(key.kind().ordinal());
    buffer.putInt(key.octave()).putInt(key.round()).putInt(key.index());
    buffer.putInt(channels).putLong(rectangle.x()).putLong(rectangle.y());
    buffer.putLong(rectangle.width()).putLong(rectangle.height()).putInt(BAND_ROWS);
    for (int band = 0; band < checksums.length; band++) {
      buffer.putInt(checksum(encodeBand(values, band), 0, bandBytes(band)));
    }
    buffer.putInt(checksum(bytes, 0, buffer.position()));
    return bytes;
  }

  /**
   * Encodes one band.
   *
   * @param values the planes, CHW
   * @return {@link #bandBytes} and whatever lies behind them, until the next call in this thread
   */
  byte[] encodeBand(float[] values, int band) {
    int length = bandBytes(band);
    byte[] bytes = ThreadBuffer.ofAtLeast(length);
    int first = Math.toIntExact((bandOffset(band) - headerBytes()) / Float.BYTES);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .put(values, first, length / Float.BYTES);
    return bytes;
  }

  /**
   * How long the header is whose start is given.
   *
   * @param start {@link #FIXED_BYTES}, of which {@code length} could be read
   * @throws CorruptChunkException if this is no such header
   */
  static int headerBytes(byte[] start, int length, Path file) throws CorruptChunkException {
    if (length < FIXED_BYTES) {
      throw new CorruptChunkException(file, "it ends after " + length + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.getLong(0) != MAGIC) {
      throw new CorruptChunkException(file, "it does not start as planes do");
    }
    if (buffer.getInt(8) != VERSION) {
      throw new CorruptChunkException(
          file, "format version " + buffer.getInt(8) + ", expected " + VERSION);
    }
    long height = buffer.getLong(56);
    long channels = buffer.getInt(28);
    // Bounds that no written header breaks, before anything is allocated by them.
    if (channels < 0 || height < 0 || height > Integer.MAX_VALUE || channels > 1024) {
      throw new CorruptChunkException(file, channels + " planes of " + height + " rows");
    }
    long bytes = FIXED_BYTES + 4L * channels * ((height + BAND_ROWS - 1) / BAND_ROWS) + 4;
    if (bytes > Integer.MAX_VALUE) {
      throw new CorruptChunkException(file, "a header of " + bytes + " bytes");
    }
    return (int) bytes;
  }

  /**
   * Decodes and verifies a header.
   *
   * @param bytes exactly the header
   */
  static ChunkHeader decode(byte[] bytes, Path file) throws CorruptChunkException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int last = bytes.length - 4;
    if (buffer.getInt(last) != checksum(bytes, 0, last)) {
      throw new CorruptChunkException(file, "wrong checksum of the header");
    }
    buffer.position(12);
    int kind = buffer.getInt();
    if (kind >= Kind.values().length || buffer.getInt(64) != BAND_ROWS) {
      throw new CorruptChunkException(file, "kind " + kind + ", bands " + buffer.getInt(64));
    }
    Key key = new Key(Kind.values()[kind], buffer.getInt(), buffer.getInt(), buffer.getInt());
    int channels = buffer.getInt();
    Rectangle rectangle =
        new Rectangle(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    int[] checksums = new int[(last - FIXED_BYTES) / 4];
    buffer.position(FIXED_BYTES);
    buffer.asIntBuffer().get(checksums);
    return new ChunkHeader(key, rectangle, channels, checksums);
  }

  static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  int headerBytes() {
    return FIXED_BYTES + 4 * checksums.length + 4;
  }

  long fileBytes() {
    return headerBytes() + Math.multiplyExact(4L * channels, rectangle.pixels());
  }

  /** Bands of one channel. */
  int bands() {
    return bands(rectangle);
  }

  /** Rows of a band, counted over all channels. */
  int bandRows(int band) {
    return (int) Math.min(BAND_ROWS, rectangle.height() - firstRow(band));
  }

  /** First row of a band in its channel. */
  int firstRow(int band) {
    return band % bands() * BAND_ROWS;
  }

  int bandBytes(int band) {
    return Math.toIntExact(4 * rectangle.width() * bandRows(band));
  }

  /** Where a band starts in the file. */
  long bandOffset(int band) {
    long channel = band / bands();
    return headerBytes() + 4 * rectangle.width() * (channel * rectangle.height() + firstRow(band));
  }

  private static int bands(Rectangle rectangle) {
    return Math.toIntExact((rectangle.height() + BAND_ROWS - 1) / BAND_ROWS);
  }
}
