package org.reverie.executor.picture;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.awt.Rectangle;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import org.reverie.conf.Counted;
import org.reverie.executor.picture.PictureException.Fault;

/**
 * TIFF 6.0 and BigTIFF, row by row: all strips or tiles that a row crosses are open at the same
 * time, and none is ever held whole. JPEG inside TIFF is left to TwelveMonkeys' reader, band by
 * band.
 */
final class TiffFile implements PictureFile {
  private static final int UNCOMPRESSED = 1;
  private static final int LZW = 5;
  private static final int JPEG = 7;
  private static final int DEFLATE = 8;
  private static final int PACK_BITS = 32773;
  private static final int OLD_DEFLATE = 32946;
  private static final List<Integer> FAX_COMPRESSIONS = List.of(2, 3, 4, 32771);
  private static final List<Integer> LOG_COMPRESSIONS = List.of(34676, 34677);
  private static final List<Integer> LOG_COLOURS = List.of(32844, 32845);
  // LZW's longest string is 4096 bytes for a code of 12 bits; deflate and PackBits stay below.
  private static final long LARGEST_EXPANSION = 2800;
  private static final int BAND_ROWS = 256;
  private static final int REDUCED_OR_MASK = 5;
  // What is 0..1 may go beyond where it was sharpened or is lit; 16 of 255 is almost black.
  private static final float LARGEST_OF_UNIT_SCALE = 16;

  private final PictureBytes bytes;
  private final TiffDirectory directory;
  private final int page;
  private final int pages;
  private final int width;
  private final int height;
  private final int bits;
  private final int sampleFormat;
  private final int photometric;
  private final int samplesPerPixel;
  private final boolean planar;
  private final int compression;
  private final int predictor;
  private final int segmentWidth;
  private final int segmentHeight;
  private final int across;
  private final int down;
  private final long[] offsets;
  private final long[] byteCounts;
  private final SampleLayout layout;
  private final float[] palette;
  private final float floatScale;
  private final Header header;

  TiffFile(PictureBytes bytes) throws IOException {
    this.bytes = bytes;
    List<String> notes = new ArrayList<>();
    TiffDirectory candidate = TiffDirectory.first(bytes);
    TiffDirectory chosen = candidate;
    int index = 0;
    int pictures = 0;
    int chosenIndex = 0;
    // The first picture that is no thumbnail or mask; a chain that does not end is cut.
    for (; candidate != null && index < 1000; index++, candidate = candidate.next()) {
      if ((candidate.number(TiffDirectory.NEW_SUBFILE_TYPE, 0) & REDUCED_OR_MASK) == 0) {
        if (pictures++ == 0) {
          chosen = candidate;
          chosenIndex = index;
        }
      }
    }
    if (pictures > 1) {
      notes.add("first of " + pictures + " pictures in the file taken");
    }
    directory = chosen;
    directory.checkWhole();
    page = chosenIndex;
    pages = Math.max(1, pictures);
    long statedWidth = directory.number(256, 0);
    long statedHeight = directory.number(257, 0);
    Header.checkSize(statedWidth, statedHeight);
    width = (int) statedWidth;
    height = (int) statedHeight;
    samplesPerPixel = (int) directory.number(277, 1);
    photometric = (int) directory.number(262, -1);
    compression = (int) directory.number(259, UNCOMPRESSED);
    predictor = (int) directory.number(317, 1);
    sampleFormat = (int) directory.number(339, 1);
    planar = directory.number(284, 1) == 2 && samplesPerPixel > 1;
    long[] allBits = directory.numbers(258);
    bits = allBits.length == 0 ? 1 : (int) allBits[0];
    checkSupported(allBits);
    boolean tiled = directory.has(322);
    long statedSegmentWidth = tiled ? directory.number(322, 0) : width;
    long statedSegmentHeight =
        tiled ? directory.number(323, 0) : Math.min(height, directory.number(278, height));
    Header.checkSize(statedSegmentWidth, statedSegmentHeight);
    segmentWidth = (int) statedSegmentWidth;
    segmentHeight = (int) statedSegmentHeight;
    across = (width + segmentWidth - 1) / segmentWidth;
    down = (height + segmentHeight - 1) / segmentHeight;
    offsets = directory.numbers(tiled ? 324 : 273);
    long[] counts = directory.numbers(tiled ? 325 : 279);
    byteCounts = counts.length == 0 && compression == UNCOMPRESSED ? rawCounts() : counts;
    checkSegments();
    layout = layout(notes);
    palette = photometric == 3 ? palette() : new float[0];
    floatScale = floatScale(notes);
    header =
        new Header(
            width,
            height,
            bits > 16 ? 32 : photometric == 3 || bits <= 8 ? 8 : 16,
            layout,
            directory.raw(34675),
            Orientation.of((int) directory.number(TiffDirectory.ORIENTATION, 1)),
            directory.raw(700),
            notes);
  }

  @Override
  public Header header() {
    return header;
  }

  @Override
  public int pages() {
    return pages;
  }

  private void checkSupported(long[] allBits) throws PictureException {
    for (long other : allBits) {
      if (other != bits) {
        throw unsupported("samples of different depths, " + Arrays.toString(allBits));
      }
    }
    if (samplesPerPixel < 1 || samplesPerPixel > 64) {
      throw unsupported(samplesPerPixel + " samples per pixel");
    }
    if (LOG_COMPRESSIONS.contains(compression) || LOG_COLOURS.contains(photometric)) {
      throw unsupported(
          "LogLuv pixels (CIE Log2(L) and u'v')",
          "Write 32-bit float without them, which OpenCV does with IMWRITE_TIFF_COMPRESSION 1");
    }
    if (FAX_COMPRESSIONS.contains(compression)) {
      throw unsupported(
          "CCITT fax compression", "Save it with another compression, such as LZW, or as a PNG");
    }
    boolean integer =
        (sampleFormat == 1 || sampleFormat == 4) && List.of(1, 2, 4, 8, 16, 32).contains(bits);
    boolean real = sampleFormat == 3 && (bits == 16 || bits == 32);
    // Signed a* and b* are stated as such by some writers.
    boolean signedLab = sampleFormat == 2 && photometric == 8 && bits <= 16;
    if (!integer && !real && !signedLab) {
      throw unsupported("%s samples of %d bits".formatted(kindOfSamples(), bits));
    }
    if (!List.of(UNCOMPRESSED, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACK_BITS).contains(compression)) {
      throw unsupported(
          "%s compression (TIFF's number %d)".formatted(nameOfCompression(), compression));
    }
    boolean predictorFits =
        switch (predictor) {
          case 1 -> true;
          case 2 -> bits == 8 || bits == 16 || bits == 32;
          case 3 -> real;
          default -> false;
        };
    if (!predictorFits) {
      throw unsupported("predictor %d with %d-bit samples".formatted(predictor, bits));
    }
    if (compression == JPEG && (bits != 8 || samplesPerPixel != 1 && samplesPerPixel != 3)) {
      throw unsupported("JPEG of %d samples of %d bits".formatted(samplesPerPixel, bits));
    }
    if (photometric == 6 && compression != JPEG) {
      throw unsupported("YCbCr that is not JPEG-compressed");
    }
  }

  private String kindOfSamples() {
    return switch (sampleFormat) {
      case 1, 4 -> "unsigned integer";
      case 2 -> "signed integer";
      case 3 -> "float";
      case 5, 6 -> "complex";
      default -> "unknown";
    };
  }

  private String nameOfCompression() {
    return switch (compression) {
      case 6 -> "old-style JPEG";
      case 34712 -> "JPEG 2000";
      case 34887 -> "LERC";
      case 34925 -> "LZMA";
      case 50000 -> "Zstandard";
      case 50001 -> "WebP";
      case 50002, 52546 -> "JPEG XL";
      default -> "unknown";
    };
  }

  private static PictureException unsupported(String what) {
    return new PictureException(Fault.UNSUPPORTED, "the TIFF has " + what);
  }

  private static PictureException unsupported(String what, String remedy) {
    return new PictureException(Fault.UNSUPPORTED, "the TIFF has " + what, remedy);
  }

  private SampleLayout layout(List<String> notes) throws IOException {
    SampleLayout.Colour colour =
        switch (photometric) {
          case 0, 1 -> SampleLayout.Colour.GREY;
          case 2, 3 -> SampleLayout.Colour.RGB;
          case 5 -> SampleLayout.Colour.CMYK;
          case 6 -> SampleLayout.Colour.RGB;
          case 8, 9 -> SampleLayout.Colour.LAB;
          default -> throw unsupported("photometric interpretation " + photometric);
        };
    if (photometric == 5 && directory.number(332, 1) != 1) {
      throw unsupported("inks other than CMYK");
    }
    if (photometric == 3) {
      if (samplesPerPixel != 1 || bits > 16) {
        throw unsupported("a palette with " + samplesPerPixel + " samples per pixel");
      }
      return new SampleLayout(colour, SampleLayout.Alpha.NONE, 3);
    }
    if (samplesPerPixel < colour.channels()) {
      throw new PictureException(
          Fault.DAMAGED, "the TIFF has " + samplesPerPixel + " samples for " + colour);
    }
    SampleLayout.Alpha alpha = SampleLayout.Alpha.NONE;
    if (samplesPerPixel > colour.channels()) {
      alpha =
          switch ((int) directory.number(338, 0)) {
            case 1 -> SampleLayout.Alpha.PREMULTIPLIED;
            case 2 -> SampleLayout.Alpha.STRAIGHT;
            default -> SampleLayout.Alpha.NONE;
          };
      int used = colour.channels() + (alpha == SampleLayout.Alpha.NONE ? 0 : 1);
      if (samplesPerPixel > used) {
        notes.add(Counted.of(samplesPerPixel - used, "extra channel") + " ignored");
      }
    }
    return new SampleLayout(colour, alpha, samplesPerPixel);
  }

  /**
   * The palette's 16-bit values by their upper halves, as libtiff and with it everybody else reads
   * them: some writers scale 8 bits by 256, others by 257. Where no value is above 255, the writer
   * did not scale at all.
   */
  private float[] palette() throws IOException {
    long[] stored = directory.numbers(320);
    int colours = 1 << bits;
    if (stored.length < 3 * colours) {
      throw new PictureException(Fault.DAMAGED, "the TIFF's palette is missing or short");
    }
    int shift = Arrays.stream(stored).allMatch(value -> value < 256) ? 0 : 8;
    float[] rgb = new float[3 * colours];
    for (int i = 0; i < colours; i++) {
      for (int c = 0; c < 3; c++) {
        rgb[3 * i + c] = stored[c * colours + i] >> shift;
      }
    }
    return rgb;
  }

  /**
   * What float samples are multiplied by. The largest sample value that the file states is white;
   * where it states none, as most do, the samples themselves tell, for which they are all read.
   */
  private float floatScale(List<String> notes) throws IOException {
    if (sampleFormat != 3) {
      return 1;
    }
    double white = directory.real(341, 0);
    if (white == 1 || white == 255) {
      return (float) (255 / white);
    }
    boolean unit = isUnitScale();
    notes.add("float samples taken as " + (unit ? "0..1" : "0..255"));
    return unit ? 255 : 1;
  }

  /** Whether no colour of the picture is beyond what one of 0..1 may have. */
  private boolean isUnitScale() throws IOException {
    int channels = layout.channels();
    int colours = layout.colour().channels();
    float[] samples = new float[Math.multiplyExact(width, channels)];
    try (SegmentRows rows = new SegmentRows()) {
      for (int y = 0; y < height; y++) {
        rows.stored(samples);
        for (int i = 0; i < samples.length; i++) {
          if (i % channels < colours
              && samples[i] > LARGEST_OF_UNIT_SCALE
              && !Float.isInfinite(samples[i])) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private long segmentRowBytes() {
    return ((long) segmentWidth * (planar ? 1 : samplesPerPixel) * bits + 7) / 8;
  }

  private long[] rawCounts() {
    long[] counts = new long[offsets.length];
    for (int i = 0; i < counts.length; i++) {
      long rows = Math.min(segmentHeight, height - (long) (i % (across * down)) * segmentHeight);
      counts[i] = segmentRowBytes() * Math.max(0, rows);
    }
    return counts;
  }

  private void checkSegments() throws PictureException {
    long needed = (long) across * down * (planar ? samplesPerPixel : 1);
    if (offsets.length < needed || byteCounts.length < needed) {
      throw new PictureException(
          Fault.DAMAGED,
          "the TIFF lists %d strips or tiles where %d x %d px need %d"
              .formatted(Math.min(offsets.length, byteCounts.length), width, height, needed));
    }
    long stored = 0;
    for (int i = 0; i < needed; i++) {
      if (offsets[i] <= 0 || byteCounts[i] <= 0) {
        throw new PictureException(Fault.DAMAGED, "strip or tile " + i + " of the TIFF is empty");
      }
      if (offsets[i] > bytes.length() - byteCounts[i]) {
        throw new PictureException(
            Fault.TRUNCATED,
            "the TIFF ends at byte %d, but strip or tile %d goes on to byte %d"
                .formatted(bytes.length(), i, offsets[i] + byteCounts[i]));
      }
      stored += byteCounts[i];
    }
    long raw = segmentRowBytes() * Math.min(height, (long) segmentHeight * down) * across;
    if (compression != JPEG && raw / LARGEST_EXPANSION > stored + 64 * needed) {
      throw new PictureException(
          Fault.SIZE,
          "the TIFF claims %d x %d px, but its %d bytes of data cannot hold them"
              .formatted(width, height, stored));
    }
  }

  @Override
  public RowSource rows() throws IOException {
    return compression == JPEG ? new JpegRows() : new SegmentRows();
  }

  private InputStream open(int index) throws IOException {
    InputStream section = bytes.section(offsets[index], byteCounts[index]);
    return switch (compression) {
      case UNCOMPRESSED -> section;
      case LZW -> new LzwStream(section);
      case PACK_BITS -> new PackBitsStream(section);
      default -> new InflatedSegment(section);
    };
  }

  /** Frees zlib's memory on close, which an inflater handed in does not get by itself. */
  private static final class InflatedSegment extends InflaterInputStream {
    InflatedSegment(InputStream in) {
      super(in, new Inflater(), 1 << 13);
    }

    @Override
    public void close() throws IOException {
      inf.end();
      super.close();
    }
  }

  private final class SegmentRows implements RowSource {
    private final int planes = planar ? samplesPerPixel : 1;
    private final InputStream[] open = new InputStream[planes * across];
    private final byte[] row = new byte[Math.toIntExact(segmentRowBytes())];
    private final byte[] shuffled = new byte[row.length];
    private int read;

    @Override
    public void next(float[] samples) throws IOException {
      stored(samples);
      if (sampleFormat == 3) {
        for (int i = 0; i < samples.length; i++) {
          samples[i] = Math.min(255, Math.max(0, samples[i] * floatScale));
        }
      }
    }

    /** The next row, whose float samples are as the file has them. */
    void stored(float[] samples) throws IOException {
      if (read % segmentHeight == 0) {
        closeAll();
        for (int p = 0; p < planes; p++) {
          for (int i = 0; i < across; i++) {
            int index = (p * down + read / segmentHeight) * across + i;
            open[p * across + i] = TiffFile.this.open(index);
          }
        }
      }
      for (int p = 0; p < planes; p++) {
        for (int i = 0; i < across; i++) {
          if (open[p * across + i].readNBytes(row, 0, row.length) < row.length) {
            throw new EOFException(
                "strip or tile %d of the TIFF ends early, in row %d"
                    .formatted((p * down + read / segmentHeight) * across + i, read));
          }
          undoPredictor();
          unpack(samples, p, i * segmentWidth);
        }
      }
      read++;
    }

    private void undoPredictor() {
      int stride = planar ? 1 : samplesPerPixel;
      if (predictor == 2) {
        ByteBuffer buffer = ByteBuffer.wrap(row).order(directory.order());
        int count = segmentWidth * stride;
        for (int i = stride; i < count; i++) {
          switch (bits) {
            case 8 -> row[i] += row[i - stride];
            case 16 ->
                buffer.putShort(
                    2 * i, (short) (buffer.getShort(2 * i) + buffer.getShort(2 * (i - stride))));
            default -> buffer.putInt(4 * i, buffer.getInt(4 * i) + buffer.getInt(4 * (i - stride)));
          }
        }
      } else if (predictor == 3) {
        for (int i = stride; i < row.length; i++) {
          row[i] += row[i - stride];
        }
        int count = segmentWidth * stride;
        boolean little = directory.order() == ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < count; i++) {
          for (int b = 0; b < bits / 8; b++) {
            shuffled[bits / 8 * i + (little ? bits / 8 - 1 - b : b)] = row[b * count + i];
          }
        }
        System.arraycopy(shuffled, 0, row, 0, row.length);
      }
    }

    private void unpack(float[] samples, int plane, int firstColumn) throws PictureException {
      int columns = Math.min(segmentWidth, width - firstColumn);
      int stored = planar ? 1 : samplesPerPixel;
      int channels = layout.channels();
      ByteBuffer buffer = ByteBuffer.wrap(row).order(directory.order());
      for (int x = 0; x < columns; x++) {
        int at = (firstColumn + x) * channels;
        for (int s = 0; s < stored; s++) {
          int index = x * stored + s;
          if (photometric == 3) {
            int colour = 3 * integer(buffer, index);
            System.arraycopy(palette, colour, samples, at, 3);
          } else {
            int channel = planar ? plane : s;
            samples[at + channel] = value(buffer, index, channel);
          }
        }
      }
    }

    private int integer(ByteBuffer buffer, int index) {
      if (bits == 16) {
        return buffer.getShort(2 * index) & 0xFFFF;
      }
      if (bits == 8) {
        return row[index] & 255;
      }
      int bit = index * bits;
      return (row[bit >> 3] & 255) >> (8 - bits - (bit & 7)) & (1 << bits) - 1;
    }

    private float value(ByteBuffer buffer, int index, int channel) throws PictureException {
      if (sampleFormat == 3) {
        float value = bits == 16 ? half(buffer.getShort(2 * index)) : buffer.getFloat(4 * index);
        if (Float.isNaN(value)) {
          throw new PictureException(
              Fault.DAMAGED, "a pixel in row " + read + " of the TIFF is not a number");
        }
        return value;
      }
      if (bits == 32) {
        return (float) ((buffer.getInt(4 * index) & 0xFFFF_FFFFL) * (255 / 4294967295.0));
      }
      int value = integer(buffer, index);
      if (layout.colour() == SampleLayout.Colour.LAB && channel < 3) {
        return lab(value, channel);
      }
      float scaled = bits == 16 ? value / 257f : value * 255f / ((1 << bits) - 1);
      return photometric == 0 && channel == 0 ? 255 - scaled : scaled;
    }

    /** Binary16 of IEEE 754, for which Java has no method before 20. */
    private static float half(short stored) {
      int exponent = stored >> 10 & 31;
      int fraction = stored & 1023;
      float magnitude =
          switch (exponent) {
            case 0 -> Math.scalb((float) fraction, -24);
            case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            default -> Math.scalb((float) (1024 + fraction), exponent - 25);
          };
      return stored < 0 ? -magnitude : magnitude;
    }

    /** To ICC's encoding: photometric 8 has signed a* and b*, 9 has them plus 128. */
    private float lab(int value, int channel) {
      if (photometric == 9) {
        return bits == 16 ? Math.min(255, value / 256f) : value;
      }
      if (channel == 0) {
        return bits == 16 ? value / 257f : value;
      }
      return bits == 16 ? (short) value / 256f + 128 : (byte) value + 128;
    }

    private void closeAll() throws IOException {
      for (int i = 0; i < open.length; i++) {
        if (open[i] != null) {
          open[i].close();
          open[i] = null;
        }
      }
    }

    @Override
    public void close() throws IOException {
      closeAll();
    }
  }

  private final class JpegRows implements RowSource {
    private final ImageReader reader = new TIFFImageReaderSpi().createReaderInstance(null);
    private int[] band = new int[0];
    private int read;

    JpegRows() {
      reader.setInput(new PictureStream(new byte[0], bytes, 0, new byte[0]));
    }

    @Override
    public void next(float[] samples) throws IOException {
      int rowValues = width * samplesPerPixel;
      if (read % BAND_ROWS == 0) {
        int rows = Math.min(BAND_ROWS, height - read);
        ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceRegion(new Rectangle(0, read, width, rows));
        Raster raster;
        try {
          raster = reader.read(page, param).getRaster();
        } catch (IllegalArgumentException | ClassCastException | IndexOutOfBoundsException e) {
          // TwelveMonkeys' ways to say that a table inside is broken.
          throw new PictureException(
              Fault.DAMAGED, "the JPEG data in the TIFF cannot be decoded: " + e.getMessage(), e);
        }
        if (raster.getNumBands() != samplesPerPixel) {
          throw unsupported("JPEG data of " + raster.getNumBands() + " channels");
        }
        band = raster.getPixels(0, 0, width, rows, (int[]) null);
      }
      int start = read % BAND_ROWS * rowValues;
      for (int i = 0; i < rowValues; i++) {
        samples[i] = band[start + i];
      }
      read++;
    }

    @Override
    public void close() {
      reader.dispose();
    }
  }
}
