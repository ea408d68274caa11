package org.reverie.executor.store;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.reverie.tiling.Rectangle;

/** An open file of planes whose header is verified. */
final class ChunkReader implements AutoCloseable {
  private final Path file;
  private final FSDataInputStream in;
  private final ChunkHeader header;
  private final boolean seeksAreCheap;

  private ChunkReader(Path file, FSDataInputStream in, ChunkHeader header, boolean seeksAreCheap) {
    this.file = file;
    this.in = in;
    this.header = header;
    this.seeksAreCheap = seeksAreCheap;
  }

  static ChunkReader open(Store store, Key key) throws IOException {
    Path file = store.file(key);
    FSDataInputStream in;
    try {
      in = store.open(file);
    } catch (FileNotFoundException e) {
      throw new MissingChunkException(key, file, e);
    }
    try {
      ChunkHeader header = readHeader(in, file);
      if (!header.key().equals(key)) {
        throw new CorruptChunkException(file, "it holds " + header.key());
      }
      return new ChunkReader(file, in, header, store.seeksAreCheap());
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static ChunkHeader readHeader(FSDataInputStream in, Path file) throws IOException {
    byte[] start = new byte[ChunkHeader.FIXED_BYTES];
    int length = in.readNBytes(start, 0, start.length);
    byte[] bytes = Arrays.copyOf(start, ChunkHeader.headerBytes(start, length, file));
    try {
      in.readFully(bytes, length, bytes.length - length);
    } catch (EOFException e) {
      throw new CorruptChunkException(file, "it ends within its header", e);
    }
    return ChunkHeader.decode(bytes, file);
  }

  Rectangle rectangle() {
    return header.rectangle();
  }

  int channels() {
    return header.channels();
  }

  long fileBytes() {
    return header.fileBytes();
  }

  /**
   * Copies a part into planes, verifying the bands that hold it.
   *
   * @param part inside {@link #rectangle} and {@code outRectangle}
   */
  void copy(Rectangle part, float[] out, Rectangle outRectangle) throws IOException {
    Rectangle rectangle = header.rectangle();
    if (!rectangle.contains(part)) {
      throw new CorruptChunkException(file, "it holds " + rectangle + ", not " + part);
    }
    if (!outRectangle.contains(part)
        || out.length != Math.multiplyExact(outRectangle.pixels(), header.channels())) {
      throw new IllegalArgumentException(
          "%s into %d values of %s".formatted(part, out.length, outRectangle));
    }
    if (part.isEmpty()) {
      return;
    }
    int first = (int) ((part.y() - rectangle.y()) / ChunkHeader.BAND_ROWS);
    int last = (int) ((part.bottom() - 1 - rectangle.y()) / ChunkHeader.BAND_ROWS);
    if (!seeksAreCheap && 2 * (last - first + 1) >= header.bands()) {
      // One request for all of it beats one per channel for half of it.
      first = 0;
      last = header.bands() - 1;
    }
    int start = 0;
    int length = 0;
    long bytes = 0;
    for (int channel = 0; channel < header.channels(); channel++) {
      for (int row = first; row <= last; row++) {
        int band = channel * header.bands() + row;
        if (length > 0
            && (band != start + length
                || bytes + header.bandBytes(band) > ThreadBuffer.KEPT_BYTES)) {
          copyBands(start, length, (int) bytes, part, out, outRectangle);
          length = 0;
          bytes = 0;
        }
        if (length == 0) {
          start = band;
        }
        length++;
        bytes += header.bandBytes(band);
      }
    }
    copyBands(start, length, (int) bytes, part, out, outRectangle);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Reads bands that follow each other in the file, and copies their share of {@code part}. */
  private void copyBands(
      int start, int length, int bytes, Rectangle part, float[] out, Rectangle outRectangle)
      throws IOException {
    byte[] buffer = ThreadBuffer.ofAtLeast(bytes);
    readFully(header.bandOffset(start), buffer, bytes);
    FloatBuffer values = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    Rectangle rectangle = header.rectangle();
    int width = (int) rectangle.width();
    int outWidth = (int) outRectangle.width();
    int outPlane = (int) outRectangle.pixels();
    int offset = 0;
    for (int band = start; band < start + length; band++) {
      int bandBytes = header.bandBytes(band);
      if (ChunkHeader.checksum(buffer, offset, bandBytes) != header.checksums()[band]) {
        throw new CorruptChunkException(file, "wrong checksum of band " + band);
      }
      long top = rectangle.y() + header.firstRow(band);
      long from = Math.max(top, part.y());
      long to = Math.min(top + header.bandRows(band), part.bottom());
      int channel = band / header.bands();
      for (long y = from; y < to; y++) {
        values.get(
            offset / 4 + (int) (y - top) * width + (int) (part.x() - rectangle.x()),
            out,
            channel * outPlane
                + (int) (y - outRectangle.y()) * outWidth
                + (int) (part.x() - outRectangle.x()),
            (int) part.width());
      }
      offset += bandBytes;
    }
  }

  private void readFully(long position, byte[] bytes, int length) throws IOException {
    try {
      if (seeksAreCheap) {
        // In pieces, as it is written.
        for (int at = 0; at < length; at += Store.PIECE_BYTES) {
          in.readFully(position + at, bytes, at, Math.min(Store.PIECE_BYTES, length - at));
        }
      } else {
        // A positioned read leaves the stream where it was, and so costs a request of its own; the
        // pixels mostly follow where the last read ended.
        in.seek(position);
        in.readFully(bytes, 0, length);
      }
    } catch (EOFException e) {
      throw new CorruptChunkException(file, "it ends too early", e);
    }
  }
}
