package org.reverie.executor.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * JSON that carries the CRC32C of its content's bytes: {@code {"crc32c":"1a2b3c4d","content":...}}
 * and a line feed. Any JSON reader takes it; ours takes it by position, byte for byte.
 */
final class SealedJson {
  private static final String START = "{\"crc32c\":\"%08x\",\"content\":";
  private static final int START_BYTES = START.length() - "%08x".length() + 8;

  /** How it begins, whatever it holds. */
  static final Pattern BEGINNING = Pattern.compile("\\{\"crc32c\":\"[0-9a-f]{8}\",\"content\":");

  private static final byte[] END = "}\n".getBytes(StandardCharsets.US_ASCII);

  private SealedJson() {}

  static byte[] seal(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length + 64);
    bytes.writeBytes(start(content));
    bytes.writeBytes(content);
    bytes.writeBytes(END);
    return bytes.toByteArray();
  }

  /** Whether the end was written, so that damage is not a killed writer's. */
  static boolean complete(byte[] bytes) {
    int end = bytes.length - END.length;
    return end >= START_BYTES && Arrays.equals(bytes, end, bytes.length, END, 0, END.length);
  }

  /**
   * The content.
   *
   * @throws CorruptChunkException if it is truncated or damaged
   */
  static byte[] open(byte[] bytes, Path file) throws CorruptChunkException {
    if (!complete(bytes)) {
      throw new CorruptChunkException(file, "it ends after " + bytes.length + " bytes");
    }
    byte[] content = Arrays.copyOfRange(bytes, START_BYTES, bytes.length - END.length);
    if (!Arrays.equals(Arrays.copyOf(bytes, START_BYTES), start(content))) {
      throw new CorruptChunkException(file, "wrong checksum");
    }
    return content;
  }

  private static byte[] start(byte[] content) {
    int checksum = ChunkHeader.checksum(content, 0, content.length);
    return String.format(Locale.ROOT, START, checksum).getBytes(StandardCharsets.US_ASCII);
  }
}
