package org.reverie.executor.picture;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.reverie.executor.picture.PictureException.Fault;
import org.reverie.executor.print.StandardProfile;

/**
 * PNG (W3C, third edition), row by row. Every chunk's checksum is verified, so that a damaged or
 * short file is never half a picture; an interlaced one is unpacked to a temporary file first.
 */
final class PngFile implements PictureFile {
  static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};

  private static final int SMALL_CHUNK_LIMIT = 1 << 26;
  // A deflate stream cannot grow by more than this factor (zlib's technical details), plus headers.
  private static final long LARGEST_EXPANSION = 1040;
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GREY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;
  // gAMA and cHRM are whole numbers of 1/100,000.
  private static final double WHOLE = 100_000;
  private static final double USUAL_POWER = 2.2;
  private static final double LARGEST_POWER = 10;
  private static final double POWER_TOLERANCE = 0.05;
  private static final double PLACE_TOLERANCE = 0.01;
  private static final String XMP_KEYWORD = "XML:com.adobe.xmp";

  // Adam7: first column, first row, column step and row step of each pass.
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  /** Where the data of an IDAT chunk lie. */
  private record Span(long start, int length) {}

  private final PictureBytes bytes;
  private final List<Span> data = new ArrayList<>();
  private int width;
  private int height;
  private int depth;
  private int colourType;
  private boolean interlaced;
  private byte[] palette = new byte[0];
  private byte[] transparency;
  private byte[] profile = new byte[0];
  private boolean standard;
  private byte[] gamma;
  private byte[] primaries;
  private byte[] xmp = new byte[0];
  private int orientation = 1;
  private final Header header;

  PngFile(PictureBytes bytes) throws IOException {
    this.bytes = bytes;
    readChunks();
    boolean alpha = colourType == GREY_ALPHA || colourType == RGB_ALPHA || transparency != null;
    boolean grey = colourType == GREY || colourType == GREY_ALPHA;
    SampleLayout layout =
        new SampleLayout(
            grey ? SampleLayout.Colour.GREY : SampleLayout.Colour.RGB,
            alpha ? SampleLayout.Alpha.STRAIGHT : SampleLayout.Alpha.NONE,
            (grey ? 1 : 3) + (alpha ? 1 : 0));
    List<String> notes = new ArrayList<>();
    if (profile.length == 0 && !standard) {
      describe(grey, notes);
    }
    header =
        new Header(
            width,
            height,
            depth == 16 ? 16 : 8,
            layout,
            profile,
            Orientation.of(orientation),
            xmp,
            notes);
  }

  @Override
  public Header header() {
    return header;
  }

  private void readChunks() throws IOException {
    long position = SIGNATURE.length;
    boolean ended = false;
    while (!ended) {
      if (position + 12 > bytes.length()) {
        throw new PictureException(
            Fault.TRUNCATED, "the PNG ends at byte " + bytes.length() + ", before its last chunk");
      }
      ByteBuffer head = ByteBuffer.wrap(bytes.bytes(position, 8));
      int length = head.getInt();
      String type = new String(head.array(), 4, 4, StandardCharsets.ISO_8859_1);
      if (length < 0 || !type.matches("[A-Za-z]{4}")) {
        throw new PictureException(
            Fault.DAMAGED, "no PNG chunk where one must start, at byte " + position);
      }
      if (position + 12 + length > bytes.length()) {
        throw new PictureException(
            Fault.TRUNCATED,
            "the PNG ends at byte %d, inside a chunk %s that goes on to byte %d"
                .formatted(bytes.length(), type, position + 12 + length));
      }
      if (width == 0 && !type.equals("IHDR")) {
        throw new PictureException(Fault.DAMAGED, "the PNG starts with " + type + ", not IHDR");
      }
      switch (type) {
        case "IHDR" -> readHeader(small(position, length));
        case "PLTE" -> palette = small(position, length);
        case "tRNS" -> transparency = small(position, length);
        case "iCCP" -> profile = readProfile(small(position, length));
        case "sRGB" -> standard = true;
        case "gAMA" -> gamma = small(position, length);
        case "cHRM" -> primaries = small(position, length);
        case "eXIf" -> orientation = TiffDirectory.orientation(small(position, length));
        case "iTXt" -> readText(small(position, length));
        case "IDAT" -> data.add(new Span(position + 8, length));
        case "IEND" -> ended = true;
        default -> {
          if (Character.isUpperCase(type.charAt(0))) {
            throw new PictureException(Fault.UNSUPPORTED, "unknown PNG chunk " + type);
          }
        }
      }
      position += 12 + length;
    }
    if (data.isEmpty()) {
      throw new PictureException(Fault.DAMAGED, "the PNG holds no pixels (no IDAT chunk)");
    }
    if (colourType == PALETTE && (palette.length == 0 || palette.length % 3 != 0)) {
      throw new PictureException(Fault.DAMAGED, "the PNG's palette is missing or broken");
    }
    if (transparency != null) {
      int needed = colourType == GREY ? 2 : colourType == RGB ? 6 : 0;
      if (transparency.length < needed || colourType == GREY_ALPHA || colourType == RGB_ALPHA) {
        throw new PictureException(Fault.DAMAGED, "the PNG's transparency (tRNS) is broken");
      }
    }
    long packed = data.stream().mapToLong(Span::length).sum();
    long raw = (1 + rowBytes(width)) * height;
    if (raw > LARGEST_EXPANSION * (packed + 64)) {
      throw new PictureException(
          Fault.SIZE,
          "the PNG claims %d x %d px, but its %d bytes of data cannot hold them"
              .formatted(width, height, packed));
    }
  }

  private byte[] small(long position, int length) throws IOException {
    if (length > SMALL_CHUNK_LIMIT) {
      throw new PictureException(
          Fault.DAMAGED, "a chunk of " + length + " bytes at byte " + position);
    }
    byte[] chunk = bytes.bytes(position + 4, length + 8);
    CRC32 crc = new CRC32();
    crc.update(chunk, 0, length + 4);
    checkCrc(crc, ByteBuffer.wrap(chunk).getInt(length + 4), position);
    return Arrays.copyOfRange(chunk, 4, length + 4);
  }

  private static void checkCrc(CRC32 crc, int stored, long position) throws PictureException {
    if ((int) crc.getValue() != stored) {
      throw new PictureException(
          Fault.DAMAGED, "the checksum of the PNG chunk at byte " + position + " is wrong");
    }
  }

  private void readHeader(byte[] chunk) throws PictureException {
    if (chunk.length != 13) {
      throw new PictureException(Fault.DAMAGED, "the PNG's header has " + chunk.length + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.wrap(chunk);
    Header.checkSize(buffer.getInt() & 0xFFFF_FFFFL, buffer.getInt() & 0xFFFF_FFFFL);
    width = buffer.getInt(0);
    height = buffer.getInt(4);
    depth = chunk[8];
    colourType = chunk[9];
    boolean depthFits =
        switch (colourType) {
          case GREY -> List.of(1, 2, 4, 8, 16).contains(depth);
          case PALETTE -> List.of(1, 2, 4, 8).contains(depth);
          case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!depthFits || chunk[10] != 0 || chunk[11] != 0 || (chunk[12] & ~1) != 0) {
      throw new PictureException(
          Fault.DAMAGED,
          "a PNG cannot have colour type %d at %d bits".formatted(colourType, depth));
    }
    interlaced = chunk[12] == 1;
  }

  private static byte[] readProfile(byte[] chunk) {
    int end = indexOf(chunk, 0);
    if (end < 0 || end + 2 > chunk.length) {
      return new byte[0];
    }
    try (InputStream in =
        new InflaterInputStream(new ByteArrayInputStream(chunk, end + 2, chunk.length - end - 2))) {
      return in.readNBytes(SMALL_CHUNK_LIMIT);
    } catch (IOException e) {
      // One byte is no profile: the conversion notes that a damaged one was ignored.
      return new byte[1];
    }
  }

  /**
   * Makes a profile of the chunks gAMA and cHRM, if they describe colours other than sRGB. What
   * differs by less than writers round is sRGB, as it is for libpng.
   */
  private void describe(boolean grey, List<String> notes) {
    double power = USUAL_POWER;
    if (gamma != null && gamma.length == 4) {
      power = WHOLE / (ByteBuffer.wrap(gamma).getInt() & 0xFFFF_FFFFL);
    }
    boolean usual = Math.abs(power / USUAL_POWER - 1) < POWER_TOLERANCE;
    double[] places = DescribedProfile.SRGB_PRIMARIES.clone();
    if (!grey && primaries != null && primaries.length == 4 * places.length) {
      ByteBuffer stored = ByteBuffer.wrap(primaries);
      for (int i = 0; i < places.length; i++) {
        places[i] = stored.getInt() / WHOLE;
        usual &= Math.abs(places[i] - DescribedProfile.SRGB_PRIMARIES[i]) < PLACE_TOLERANCE;
      }
    }
    if (usual) {
      return;
    }
    String shown = String.format(Locale.ROOT, "%.3g", 1 / power);
    String name = "PNG, gamma " + shown;
    byte[] described =
        grey ? DescribedProfile.grey(name, power) : DescribedProfile.rgb(name, places, power);
    boolean real = power > 1 / LARGEST_POWER && power < LARGEST_POWER;
    // Primaries on one line fail on the way back only.
    real &= grey || ProfileConversion.of(StandardProfile.srgb(), described).isPresent();
    if (real) {
      profile = described;
      notes.add(
          "no profile: colours are those of the PNG's gamma of "
              + shown
              + (grey ? "" : " and primaries"));
    } else {
      notes.add("impossible gamma or primaries (gAMA, cHRM) ignored");
    }
  }

  private void readText(byte[] chunk) {
    int end = indexOf(chunk, 0);
    String keyword = end < 0 ? "" : new String(chunk, 0, end, StandardCharsets.ISO_8859_1);
    if (!keyword.equals(XMP_KEYWORD) || end + 3 > chunk.length || chunk[end + 1] != 0) {
      return;
    }
    int language = indexOf(chunk, end + 3);
    int translated = language < 0 ? -1 : indexOf(chunk, language + 1);
    if (translated >= 0) {
      xmp = Arrays.copyOfRange(chunk, translated + 1, chunk.length);
    }
  }

  private static int indexOf(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return i;
      }
    }
    return -1;
  }

  private int storedChannels() {
    return switch (colourType) {
      case RGB -> 3;
      case GREY_ALPHA -> 2;
      case RGB_ALPHA -> 4;
      default -> 1;
    };
  }

  private long rowBytes(int columns) {
    return ((long) columns * storedChannels() * depth + 7) / 8;
  }

  @Override
  public RowSource rows() throws IOException {
    return interlaced ? new InterlacedRows() : new SequentialRows();
  }

  /** The contents of all IDAT chunks, each checked against its checksum as it ends. */
  private final class DataStream extends InputStream {
    private final CRC32 crc = new CRC32();
    private int chunk = -1;
    private InputStream section = InputStream.nullInputStream();

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
    }

    @Override
    public int read(byte[] out, int offset, int count) throws IOException {
      while (true) {
        int got = section.read(out, offset, count);
        if (got >= 0) {
          crc.update(out, offset, got);
          return got;
        }
        if (chunk >= 0 && chunk < data.size()) {
          Span ended = data.get(chunk);
          int stored = ByteBuffer.wrap(bytes.bytes(ended.start + ended.length, 4)).getInt();
          checkCrc(crc, stored, ended.start - 8);
        }
        chunk++;
        if (chunk >= data.size()) {
          chunk = data.size();
          return -1;
        }
        Span next = data.get(chunk);
        crc.reset();
        crc.update("IDAT".getBytes(StandardCharsets.US_ASCII));
        section = bytes.section(next.start, next.length);
      }
    }
  }

  /** Inflated and unfiltered rows of one pass after the other. */
  private final class Unfilter implements AutoCloseable {
    private final Inflater inflater = new Inflater();
    private final InputStream in = new InflaterInputStream(new DataStream(), inflater, 1 << 16);
    private byte[] above = new byte[0];

    void startPass(int columns) {
      above = new byte[Math.toIntExact(rowBytes(columns))];
    }

    /** The next row of the pass; valid until the next call. */
    byte[] next() throws IOException {
      int type = in.read();
      byte[] row = new byte[above.length];
      if (type < 0 || in.readNBytes(row, 0, row.length) < row.length) {
        throw new EOFException("the PNG's pixels end too early");
      }
      int distance = Math.max(1, storedChannels() * depth / 8);
      for (int i = 0; i < row.length; i++) {
        int left = i < distance ? 0 : row[i - distance] & 255;
        int up = above[i] & 255;
        int predicted =
            switch (type) {
              case 0 -> 0;
              case 1 -> left;
              case 2 -> up;
              case 3 -> (left + up) / 2;
              case 4 -> paeth(left, up, i < distance ? 0 : above[i - distance] & 255);
              default -> throw new PictureException(Fault.DAMAGED, "unknown PNG filter " + type);
            };
        row[i] += (byte) predicted;
      }
      above = row;
      return row;
    }

    /** Reads to the end, which checks the checksums of what is left. */
    void finish() throws IOException {
      in.skip(Long.MAX_VALUE);
    }

    @Override
    public void close() {
      inflater.end();
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

  /** Puts the pixels of a packed row into every {@code step}th place from {@code first} on. */
  private void unpack(byte[] row, int columns, float[] samples, int first, int step)
      throws PictureException {
    int channels = header.layout().channels();
    int stored = storedChannels();
    int largest = (1 << depth) - 1;
    for (int x = 0; x < columns; x++) {
      int at = (first + x * step) * channels;
      if (colourType == PALETTE) {
        int index = sample(row, x);
        if (3 * index + 2 >= palette.length) {
          throw new PictureException(
              Fault.DAMAGED, "a pixel has colour " + index + ", which the PNG's palette lacks");
        }
        for (int c = 0; c < 3; c++) {
          samples[at + c] = palette[3 * index + c] & 255;
        }
        if (transparency != null) {
          samples[at + 3] = index < transparency.length ? transparency[index] & 255 : 255;
        }
        continue;
      }
      boolean keyed = transparency != null;
      for (int c = 0; c < stored; c++) {
        int value = sample(row, x * stored + c);
        samples[at + c] = depth == 16 ? value / 257f : value * 255f / largest;
        if (keyed) {
          int key = (transparency[2 * c] & 255) << 8 | transparency[2 * c + 1] & 255;
          keyed = value == key;
        }
      }
      if (transparency != null) {
        samples[at + stored] = keyed ? 0 : 255;
      }
    }
  }

  private int sample(byte[] row, int index) {
    if (depth == 16) {
      return (row[2 * index] & 255) << 8 | row[2 * index + 1] & 255;
    }
    if (depth == 8) {
      return row[index] & 255;
    }
    int bit = index * depth;
    return (row[bit >> 3] & 255) >> (8 - depth - (bit & 7)) & (1 << depth) - 1;
  }

  private final class SequentialRows implements RowSource {
    private final Unfilter unfilter = new Unfilter();
    private int read;

    SequentialRows() {
      unfilter.startPass(width);
    }

    @Override
    public void next(float[] samples) throws IOException {
      unpack(unfilter.next(), width, samples, 0, 1);
      if (++read == height) {
        unfilter.finish();
      }
    }

    @Override
    public void close() {
      unfilter.close();
    }
  }

  /** All passes unpacked to a temporary file; a row gathers its pixels from up to four of them. */
  private final class InterlacedRows implements RowSource {
    private final TemporaryFile passes;
    private final long[] starts = new long[PASSES.length];
    private int read;

    InterlacedRows() throws IOException {
      long total = 0;
      for (int p = 0; p < PASSES.length; p++) {
        starts[p] = total;
        total += rowBytes(columns(p)) * rows(p);
      }
      passes = new TemporaryFile(total);
      try (Unfilter unfilter = new Unfilter()) {
        for (int p = 0; p < PASSES.length; p++) {
          int columns = columns(p);
          if (columns == 0) {
            continue;
          }
          unfilter.startPass(columns);
          long rowBytes = rowBytes(columns);
          for (int y = 0; y < rows(p); y++) {
            passes.write(starts[p] + y * rowBytes, ByteBuffer.wrap(unfilter.next()));
          }
        }
        unfilter.finish();
      } catch (IOException | RuntimeException e) {
        passes.close();
        throw e;
      }
    }

    private static int steps(int length, int first, int step) {
      return length <= first ? 0 : (length - first + step - 1) / step;
    }

    private int columns(int pass) {
      return steps(width, PASSES[pass][0], PASSES[pass][2]);
    }

    private int rows(int pass) {
      return steps(height, PASSES[pass][1], PASSES[pass][3]);
    }

    @Override
    public void next(float[] samples) throws IOException {
      for (int p = 0; p < PASSES.length; p++) {
        int[] pass = PASSES[p];
        int columns = columns(p);
        if (columns == 0 || read < pass[1] || (read - pass[1]) % pass[3] != 0) {
          continue;
        }
        ByteBuffer row = ByteBuffer.allocate((int) rowBytes(columns));
        passes.read(starts[p] + (read - pass[1]) / pass[3] * (long) row.capacity(), row);
        unpack(row.array(), columns, samples, pass[0], pass[2]);
      }
      read++;
    }

    @Override
    public void close() throws IOException {
      passes.close();
    }
  }
}
