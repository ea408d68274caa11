package org.reverie.executor.picture;

import java.awt.Rectangle;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.reverie.executor.picture.PictureException.Fault;

/**
 * JPEG (ITU-T T.81), baseline and progressive, in bands of rows. The JDK's decoder gets only what
 * it needs (tables, frame, scans) and gives raw components; markers and colour are read here, since
 * it knows no CMYK, refuses files for their notes, and turns a missing end into grey with a mere
 * warning.
 */
final class JpegFile implements PictureFile {
  private static final long BAND_BYTES = 1L << 26;
  private static final int ADOBE_RGB_OR_CMYK = 0;
  private static final int ADOBE_YCCK = 2;
  private static final byte[] ICC = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] XMP =
      "http://ns.adobe.com/xap/1.0/\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] XMP_EXTENSION =
      "http://ns.adobe.com/xmp/extension/\0".getBytes(StandardCharsets.US_ASCII);
  private static final int XMP_DIGEST_BYTES = 32;
  private static final int COEFFICIENTS = 64;
  private static final byte[] END = {(byte) 0xFF, (byte) 0xD9};

  private final PictureBytes bytes;
  private final ByteArrayOutputStream front = new ByteArrayOutputStream();
  private final SortedMap<Integer, byte[]> profileParts = new TreeMap<>();
  private final SortedMap<Integer, byte[]> xmpParts = new TreeMap<>();
  private byte[] xmp = new byte[0];
  private long scanStart;
  private int width;
  private int height;
  private byte[] componentIds = new byte[0];
  private int orientation = 1;
  private boolean adobeRgb;
  private int adobeTransform = -1;
  private boolean jfif;
  private final boolean endMissing;
  // By component: the lowest bit that scans have given of every coefficient, or one it cannot be.
  private final Map<Byte, int[]> lowestBits = new HashMap<>();
  private final Header header;

  JpegFile(PictureBytes bytes) throws IOException {
    this.bytes = bytes;
    readMarkers();
    SampleLayout.Colour colour =
        switch (componentIds.length) {
          case 1 -> SampleLayout.Colour.GREY;
          case 3 -> SampleLayout.Colour.RGB;
          case 4 -> SampleLayout.Colour.CMYK;
          default ->
              throw new PictureException(
                  Fault.UNSUPPORTED, "the JPEG has " + componentIds.length + " components");
        };
    List<String> notes = new ArrayList<>();
    endMissing = isEndMissing();
    if (endMissing) {
      decode();
      notes.add("the JPEG lacks its end marker");
    }
    byte[] profile = join(profileParts);
    if (adobeRgb && profile.length == 0 && colour == SampleLayout.Colour.RGB) {
      profile = DescribedProfile.adobeRgb();
      notes.add("no profile: colours are Adobe RGB, as EXIF says");
    }
    header =
        new Header(
            width,
            height,
            8,
            new SampleLayout(colour, SampleLayout.Alpha.NONE, componentIds.length),
            profile,
            Orientation.of(orientation),
            xmpParts.isEmpty() ? xmp : join(xmpParts),
            notes);
  }

  @Override
  public Header header() {
    return header;
  }

  private static byte[] join(SortedMap<Integer, byte[]> parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    parts.values().forEach(whole::writeBytes);
    return whole.toByteArray();
  }

  private void readMarkers() throws IOException {
    front.writeBytes(bytes.bytes(0, 2));
    long position = 2;
    while (scanStart == 0) {
      byte[] head = bytes.bytes(position, 2);
      if ((head[0] & 255) != 0xFF) {
        throw new PictureException(
            Fault.DAMAGED, "no JPEG marker where one must be, at byte " + position);
      }
      int marker = head[1] & 255;
      if (marker == 0xFF) {
        position++;
        continue;
      }
      if (marker == 0xD9) {
        throw new PictureException(Fault.DAMAGED, "the JPEG ends before its pixels start");
      }
      if (marker == 0x01 || marker >= 0xD0 && marker <= 0xD8) {
        position += 2;
        continue;
      }
      int length = ByteBuffer.wrap(bytes.bytes(position + 2, 2)).getShort() & 0xFFFF;
      if (length < 2) {
        throw new PictureException(Fault.DAMAGED, "an empty JPEG segment at byte " + position);
      }
      byte[] segment = bytes.bytes(position, 2 + length);
      byte[] content = Arrays.copyOfRange(segment, 4, segment.length);
      position += segment.length;
      boolean frame =
          marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (frame) {
        readFrame(marker, content);
      }
      switch (marker) {
        case 0xE0 -> jfif |= startsWith(content, "JFIF".getBytes(StandardCharsets.US_ASCII));
        case 0xE1 -> readNotes(content);
        case 0xE2 -> readProfilePart(content);
        case 0xEE -> {
          if (startsWith(content, "Adobe".getBytes(StandardCharsets.US_ASCII))
              && content.length >= 12) {
            adobeTransform = content[11] & 255;
          }
        }
        default -> {
          if (marker < 0xE0) {
            front.writeBytes(segment);
          }
        }
      }
      if (marker == 0xDA) {
        if (width == 0) {
          throw new PictureException(Fault.DAMAGED, "the JPEG has a scan before its frame");
        }
        noteScan(content);
        scanStart = position;
      }
    }
  }

  /**
   * Looks for the marker that ends the picture. A file without it may be whole but for that, which
   * the decoder tells as long as scans are not missing.
   *
   * @throws PictureException if some are
   */
  private boolean isEndMissing() throws IOException {
    if (Arrays.equals(END, bytes.bytes(bytes.length() - 2, 2))) {
      return false;
    }
    InputStream in = bytes.section(scanStart, bytes.length() - scanStart);
    int before = 0;
    for (int next = in.read(); next >= 0; before = next, next = in.read()) {
      boolean marker = before == 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7);
      if (marker && next == 0xD9) {
        return false;
      }
      if (marker) {
        byte[] length = in.readNBytes(2);
        int count = length.length < 2 ? 2 : ByteBuffer.wrap(length).getShort() & 0xFFFF;
        byte[] content = in.readNBytes(Math.max(0, count - 2));
        if (next == 0xDA) {
          noteScan(content);
        }
        next = 0;
      }
    }
    for (byte id : componentIds) {
      int[] lowest = lowestBits.get(id);
      if (lowest == null || Arrays.stream(lowest).anyMatch(bit -> bit != 0)) {
        throw new PictureException(
            Fault.TRUNCATED, "the JPEG ends at byte " + bytes.length() + ", before its last scan");
      }
    }
    return true;
  }

  /** Decodes the whole picture, so that nothing is said of a cut one but that it is cut off. */
  private void decode() throws IOException {
    float[] samples = new float[Math.multiplyExact(width, componentIds.length)];
    try (RowSource rows = rows()) {
      for (int y = 0; y < height; y++) {
        rows.next(samples);
      }
    }
  }

  /** Remembers what a scan gives, by its header (T.81, B.2.3). */
  private void noteScan(byte[] content) {
    int count = content.length == 0 ? 0 : content[0] & 255;
    if (content.length < 4 + 2 * count) {
      return;
    }
    int first = content[1 + 2 * count] & 255;
    int last = Math.min(COEFFICIENTS - 1, content[2 + 2 * count] & 255);
    for (int i = 0; i < count; i++) {
      int[] lowest =
          lowestBits.computeIfAbsent(
              content[1 + 2 * i],
              id -> {
                int[] none = new int[COEFFICIENTS];
                Arrays.fill(none, -1);
                return none;
              });
      for (int k = first; k <= last; k++) {
        lowest[k] = content[3 + 2 * count] & 15;
      }
    }
  }

  private void readFrame(int marker, byte[] content) throws PictureException {
    if (marker != 0xC0 && marker != 0xC1 && marker != 0xC2) {
      throw new PictureException(
          Fault.UNSUPPORTED,
          "the JPEG is of a kind (SOF%d) other than baseline and progressive"
              .formatted(marker - 0xC0));
    }
    if (content.length < 6 || content.length < 6 + 3 * (content[5] & 255)) {
      throw new PictureException(Fault.DAMAGED, "the JPEG's frame header is short");
    }
    if (content[0] != 8) {
      throw new PictureException(
          Fault.UNSUPPORTED, "the JPEG has samples of " + content[0] + " bits");
    }
    ByteBuffer buffer = ByteBuffer.wrap(content);
    height = buffer.getShort(1) & 0xFFFF;
    width = buffer.getShort(3) & 0xFFFF;
    Header.checkSize(width, height);
    componentIds = new byte[content[5] & 255];
    for (int i = 0; i < componentIds.length; i++) {
      componentIds[i] = content[6 + 3 * i];
    }
  }

  private void readNotes(byte[] content) {
    if (startsWith(content, EXIF)) {
      orientation = TiffDirectory.orientation(content);
      adobeRgb = TiffDirectory.isAdobeRgb(content);
    } else if (startsWith(content, XMP)) {
      xmp = Arrays.copyOfRange(content, XMP.length, content.length);
    } else if (startsWith(content, XMP_EXTENSION)) {
      int place = XMP_EXTENSION.length + XMP_DIGEST_BYTES;
      if (content.length >= place + 8) {
        int offset = ByteBuffer.wrap(content).getInt(place + 4);
        xmpParts.put(offset, Arrays.copyOfRange(content, place + 8, content.length));
      }
    }
  }

  private void readProfilePart(byte[] content) {
    if (startsWith(content, ICC) && content.length > ICC.length + 2) {
      profileParts.put(
          content[ICC.length] & 255, Arrays.copyOfRange(content, ICC.length + 2, content.length));
    }
  }

  private static boolean startsWith(byte[] content, byte[] start) {
    return content.length >= start.length
        && Arrays.equals(content, 0, start.length, start, 0, start.length);
  }

  /** Whether the first three components are luminance and colour differences. */
  private boolean luminanceFirst() {
    if (componentIds.length == 4) {
      return adobeTransform == ADOBE_YCCK;
    }
    if (componentIds.length != 3) {
      return false;
    }
    if (jfif) {
      return true;
    }
    if (adobeTransform >= 0) {
      return adobeTransform != ADOBE_RGB_OR_CMYK;
    }
    return !Arrays.equals(componentIds, new byte[] {'R', 'G', 'B'});
  }

  @Override
  public RowSource rows() {
    return new BandRows();
  }

  /**
   * Rows out of bands of at most 64 MiB. The decoder starts anew for every band, so a picture of n
   * bands is decoded (n + 1) / 2 times: dear only where holding it whole would be dearer.
   */
  private final class BandRows implements RowSource {
    private final ImageReader reader = jdkReader();
    private final List<String> warnings = new ArrayList<>();
    private final int bandRows =
        (int) Math.max(8, Math.min(height, BAND_BYTES / ((long) width * componentIds.length)));
    private byte[] band = new byte[0];
    private int read;

    BandRows() {
      byte[] behind = endMissing ? END : new byte[0];
      reader.setInput(new PictureStream(front.toByteArray(), bytes, scanStart, behind));
      reader.addIIOReadWarningListener(
          (IIOReadWarningListener) (source, text) -> warnings.add(text));
    }

    @Override
    public void next(float[] samples) throws IOException {
      int components = componentIds.length;
      if (read % bandRows == 0) {
        readBand();
      }
      int start = read % bandRows * width * components;
      boolean convert = luminanceFirst();
      boolean inks = components == 4;
      for (int x = 0; x < width; x++) {
        int from = start + x * components;
        int to = x * components;
        for (int c = 0; c < components; c++) {
          // Adobe's writers store inks inverted, and so does everybody after them.
          int value = band[from + c] & 255;
          samples[to + c] = inks ? 255 - value : value;
        }
        if (convert) {
          // For YCCK the converted values are 255 - (255 - ink), the inks themselves.
          toRgb(band, from, samples, to);
        }
      }
      read++;
    }

    private void readBand() throws IOException {
      int rows = Math.min(bandRows, height - read);
      ImageReadParam param = reader.getDefaultReadParam();
      param.setSourceRegion(new Rectangle(0, read, width, rows));
      Raster raster;
      try {
        raster = reader.readRaster(0, param);
      } catch (IIOException | IndexOutOfBoundsException e) {
        throw new PictureException(
            e.getCause() instanceof EOFException ? Fault.TRUNCATED : Fault.DAMAGED,
            "the JPEG cannot be decoded: " + e.getMessage(),
            e);
      }
      if (!warnings.isEmpty()) {
        String warning = warnings.get(0);
        // With an end put in, the decoder finds it where it wants pixels.
        boolean ends = endMissing || warning.contains("EOI") || warning.contains("end of JPEG");
        throw new PictureException(
            ends ? Fault.TRUNCATED : Fault.DAMAGED,
            ends
                ? "the JPEG ends at byte " + bytes.length() + ", before its last row"
                : "the JPEG's data are broken: " + warning);
      }
      if (raster.getNumBands() != componentIds.length) {
        throw new PictureException(
            Fault.UNSUPPORTED, "the JPEG decodes to " + raster.getNumBands() + " components");
      }
      band = ((DataBufferByte) raster.getDataBuffer()).getData();
    }

    @Override
    public void close() {
      reader.dispose();
    }
  }

  /** ITU-T T.871 (JFIF), 7, rounded as decoders do. */
  private static void toRgb(byte[] from, int at, float[] rgb, int to) {
    float y = from[at] & 255;
    float cb = (from[at + 1] & 255) - 128;
    float cr = (from[at + 2] & 255) - 128;
    rgb[to] = clamp(y + 1.402f * cr);
    rgb[to + 1] = clamp(y - 0.344136f * cb - 0.714136f * cr);
    rgb[to + 2] = clamp(y + 1.772f * cb);
  }

  private static float clamp(float value) {
    return Math.min(255, Math.max(0, Math.round(value)));
  }

  private static ImageReader jdkReader() {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
        return reader;
      }
      reader.dispose();
    }
    throw new IllegalStateException("this Java runtime has no JPEG reader (module java.desktop)");
  }
}
