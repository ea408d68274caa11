package org.reverie.executor.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.reverie.executor.picture.PictureException.Fault;

/**
 * One image file directory of a TIFF or BigTIFF file, or of an Exif block, which is a small TIFF.
 *
 * <p>Source: TIFF 6.0, section 2, and the BigTIFF design of libtiff.
 */
final class TiffDirectory {
  static final int NEW_SUBFILE_TYPE = 254;
  static final int ORIENTATION = 274;

  private static final int EXIF = 34665;
  private static final int INTEROPERABILITY = 40965;
  private static final int LARGEST_VALUE_BYTES = 1 << 28;
  private static final int EXIF_PREFIX_BYTES = 6;

  /**
   * Where a tag's values lie.
   *
   * @param type of a value
   * @param count of values
   * @param position of the first one in the file
   */
  private record Entry(int type, long count, long position) {}

  private final PictureBytes bytes;
  private final ByteOrder order;
  private final Map<Integer, Entry> entries = new HashMap<>();
  private final long next;

  private TiffDirectory(PictureBytes bytes, ByteOrder order, boolean big, long place)
      throws IOException {
    this.bytes = bytes;
    this.order = order;
    long count;
    long position;
    if (big) {
      count = buffer(place, 8).getLong();
      position = place + 8;
    } else {
      count = buffer(place, 2).getShort() & 0xFFFF;
      position = place + 2;
    }
    int entryBytes = big ? 20 : 12;
    int inline = big ? 8 : 4;
    if (count < 1 || count > 65_535) {
      throw new PictureException(Fault.DAMAGED, "a TIFF directory of " + count + " entries");
    }
    for (int i = 0; i < count; i++) {
      ByteBuffer entry = buffer(position, entryBytes);
      int tag = entry.getShort() & 0xFFFF;
      int type = entry.getShort() & 0xFFFF;
      long values = big ? entry.getLong() : entry.getInt() & 0xFFFF_FFFFL;
      long at = position + entryBytes - inline;
      int size = size(type);
      if (size > 0 && values >= 0 && values <= LARGEST_VALUE_BYTES / size) {
        if (values * size > inline) {
          at = big ? entry.getLong() : entry.getInt() & 0xFFFF_FFFFL;
        }
        entries.putIfAbsent(tag, new Entry(type, values, at));
      }
      position += entryBytes;
    }
    next = big ? buffer(position, 8).getLong() : buffer(position, 4).getInt() & 0xFFFF_FFFFL;
  }

  /** The first directory of a file. */
  static TiffDirectory first(PictureBytes bytes) throws IOException {
    byte[] head = bytes.bytes(0, 8);
    ByteOrder order = head[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    ByteBuffer header = ByteBuffer.wrap(head).order(order);
    int version = header.getShort(2);
    if (head[0] != head[1] || head[0] != 'I' && head[0] != 'M' || version != 42 && version != 43) {
      throw new PictureException(Fault.DAMAGED, "no TIFF header");
    }
    if (version == 42) {
      return new TiffDirectory(bytes, order, false, header.getInt(4) & 0xFFFF_FFFFL);
    }
    if (header.getShort(4) != 8 || header.getShort(6) != 0) {
      throw new PictureException(Fault.DAMAGED, "a BigTIFF with offsets that are not 8 bytes");
    }
    long place = ByteBuffer.wrap(bytes.bytes(8, 8)).order(order).getLong();
    return new TiffDirectory(bytes, order, true, place);
  }

  /** The one behind this, or null. */
  TiffDirectory next() throws IOException {
    boolean big = bytes.bytes(order == ByteOrder.LITTLE_ENDIAN ? 2 : 3, 1)[0] == 43;
    return next == 0 ? null : new TiffDirectory(bytes, order, big, next);
  }

  /** The orientation in an Exif block, with or without its prefix; 1 if it says none. */
  static int orientation(byte[] exif) {
    try {
      return (int) ofExif(exif).number(ORIENTATION, 1);
    } catch (IOException e) {
      // A picture is not refused for broken camera notes.
      return 1;
    }
  }

  /** Whether an Exif block says that the colours are Adobe RGB, as DCF 2.0 (JEITA CP-3461) does. */
  static boolean isAdobeRgb(byte[] exif) {
    try {
      byte[] rule = ofExif(exif).child(EXIF).child(INTEROPERABILITY).raw(1);
      return new String(rule, StandardCharsets.ISO_8859_1).startsWith("R03");
    } catch (IOException e) {
      return false;
    }
  }

  private static TiffDirectory ofExif(byte[] exif) throws IOException {
    boolean prefixed = exif.length > EXIF_PREFIX_BYTES && exif[0] == 'E' && exif[1] == 'x';
    byte[] block = prefixed ? Arrays.copyOfRange(exif, EXIF_PREFIX_BYTES, exif.length) : exif;
    return first(PictureBytes.of(block));
  }

  /** The directory that a tag of a classic TIFF points to. */
  private TiffDirectory child(int tag) throws IOException {
    return new TiffDirectory(bytes, order, false, number(tag, Integer.MAX_VALUE));
  }

  ByteOrder order() {
    return order;
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  /**
   * Checks that no value lies beyond the file's end, which tells a file that lost its tail.
   *
   * @throws PictureException if one does
   */
  void checkWhole() throws PictureException {
    for (Map.Entry<Integer, Entry> tag : entries.entrySet()) {
      Entry entry = tag.getValue();
      long end = entry.position + entry.count * size(entry.type);
      if (entry.position < 0 || end > bytes.length()) {
        throw new PictureException(
            Fault.TRUNCATED,
            "the TIFF ends at byte %d, but its tag %d goes on to byte %d"
                .formatted(bytes.length(), tag.getKey(), end));
      }
    }
  }

  /** The only or first value of a whole-number tag. */
  long number(int tag, long otherwise) throws IOException {
    long[] values = numbers(tag);
    return values.length == 0 ? otherwise : values[0];
  }

  /** All values of a tag of whole numbers; none if the tag is missing or of another kind. */
  long[] numbers(int tag) throws IOException {
    Entry entry = entries.get(tag);
    if (entry == null) {
      return new long[0];
    }
    ByteBuffer buffer = values(entry);
    long[] values = new long[(int) entry.count];
    for (int i = 0; i < values.length; i++) {
      switch (entry.type) {
        case 1, 7 -> values[i] = buffer.get() & 255;
        case 3 -> values[i] = buffer.getShort() & 0xFFFF;
        case 4, 13 -> values[i] = buffer.getInt() & 0xFFFF_FFFFL;
        case 16, 18 -> values[i] = buffer.getLong();
        default -> {
          return new long[0];
        }
      }
    }
    return values;
  }

  /** The first value of a tag, as a real number. */
  double real(int tag, double otherwise) throws IOException {
    Entry entry = entries.get(tag);
    if (entry == null || entry.count == 0) {
      return otherwise;
    }
    return switch (entry.type) {
      case 11 -> values(entry).getFloat();
      case 12 -> values(entry).getDouble();
      default -> number(tag, (long) otherwise);
    };
  }

  /** The raw bytes of a tag; none if it is missing. */
  byte[] raw(int tag) throws IOException {
    Entry entry = entries.get(tag);
    return entry == null ? new byte[0] : values(entry).array();
  }

  private ByteBuffer values(Entry entry) throws IOException {
    return buffer(entry.position, Math.toIntExact(entry.count * size(entry.type)));
  }

  private ByteBuffer buffer(long position, int count) throws IOException {
    return ByteBuffer.wrap(bytes.bytes(position, count)).order(order);
  }

  private static int size(int type) {
    return switch (type) {
      case 1, 2, 6, 7 -> 1;
      case 3, 8 -> 2;
      case 4, 9, 11, 13 -> 4;
      case 5, 10, 12, 16, 17, 18 -> 8;
      default -> 0;
    };
  }
}
