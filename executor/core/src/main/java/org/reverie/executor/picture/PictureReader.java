package org.reverie.executor.picture;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.executor.picture.PictureException.Fault;
import org.reverie.executor.place.PathNames;

/** Opens pictures. The bytes tell the format, not the name. */
public final class PictureReader {
  private static final int LOOK_BYTES = 64;

  private PictureReader() {}

  /**
   * Opens a JPEG, PNG or TIFF and reads its header.
   *
   * @param fileSystem where it is
   * @param path its name
   * @param background what transparent pixels are laid on
   * @return closed by the caller
   * @throws UserException {@code input-missing}, {@code input-is-folder}, {@code input-is-no-file},
   *     {@code input-unreadable}, {@code picture-format} (no picture; says what the bytes look
   *     like), {@code picture-unsupported}, {@code picture-truncated}, {@code picture-damaged},
   *     {@code picture-size}
   * @throws IOException if it cannot be closed
   */
  public static Picture open(FileSystem fileSystem, Path path, Background background)
      throws IOException {
    FileStatus status;
    try {
      status = fileSystem.getFileStatus(path);
    } catch (FileNotFoundException e) {
      throw UserException.of(
          "input-missing", PathNames.written(path), "there is no such file", "Check the path", e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    if (status.isDirectory()) {
      throw UserException.of(
          "input-is-folder", PathNames.written(path), "this is a folder", "Name a picture in it");
    }
    if (!isRegular(fileSystem, path)) {
      // Whoever opens a pipe waits until somebody writes to it.
      throw UserException.of(
          "input-is-no-file",
          PathNames.written(path),
          "this is no file, but a pipe, a socket or a device",
          "Save what it gives as a file, and name that");
    }
    PictureBytes bytes;
    try {
      bytes = PictureBytes.of(fileSystem.open(path), status.getLen());
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    try {
      PictureFile file = parse(bytes);
      return new Picture(PathNames.written(path), bytes, file, background);
    } catch (IOException e) {
      bytes.close();
      throw located(PathNames.written(path), e);
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  /**
   * Whether a path names what can be read as often as one likes; false of a local pipe, socket,
   * device or folder. Other file systems know none of these.
   */
  public static boolean isRegular(FileSystem fileSystem, Path path) {
    return !"file".equals(fileSystem.getUri().getScheme())
        || Files.isRegularFile(java.nio.file.Path.of(path.toUri().getPath()));
  }

  private static UserException unreadable(Path path, IOException cause) {
    return UserException.of(
        "input-unreadable",
        PathNames.written(path),
        "the file cannot be read: " + cause.getMessage(),
        "Check its permissions and the connection",
        cause);
  }

  private static PictureFile parse(PictureBytes bytes) throws IOException {
    byte[] start = bytes.bytes(0, (int) Math.min(LOOK_BYTES, bytes.length()));
    if (startsWith(start, PngFile.SIGNATURE)) {
      return new PngFile(bytes);
    }
    if (startsWith(start, new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF})) {
      return new JpegFile(bytes);
    }
    for (String tiff : new String[] {"II*\0", "MM\0*", "II+\0", "MM\0+"}) {
      if (startsWith(start, tiff.getBytes(StandardCharsets.ISO_8859_1))) {
        return new TiffFile(bytes);
      }
    }
    throw new PictureException(
        Fault.UNKNOWN_FORMAT, "this is no JPEG, PNG or TIFF: " + describe(start));
  }

  /** What the first bytes of a file look like, for people. */
  private static String describe(byte[] start) {
    if (start.length == 0) {
      return "the file is empty";
    }
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (text.startsWith("GIF8")) {
      return "it looks like a GIF";
    }
    if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
      return "it looks like a WebP";
    }
    if (text.startsWith("ftyp", 4)) {
      return "it looks like a HEIF, AVIF or video file";
    }
    if (text.startsWith("BM")) {
      return "it looks like a BMP";
    }
    if (text.startsWith("8BPS")) {
      return "it looks like a Photoshop document";
    }
    if (text.startsWith("%PDF")) {
      return "it looks like a PDF";
    }
    if (text.startsWith("PK\3\4")) {
      return "it looks like a ZIP archive";
    }
    String lower = text.stripLeading().toLowerCase(Locale.ROOT);
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return "it looks like a web page";
    }
    boolean printable =
        text.chars().allMatch(c -> c >= 0x20 && c != 0x7F || c == '\n' || c == '\r' || c == '\t');
    if (printable) {
      String line = text.strip().lines().findFirst().orElse("");
      return "it looks like text, starting '"
          + line.substring(0, Math.min(24, line.length()))
          + "'";
    }
    byte[] few = Arrays.copyOf(start, Math.min(8, start.length));
    return "it starts with the bytes " + HexFormat.ofDelimiter(" ").formatHex(few);
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }

  /** A decoding failure with the file's name; failures of the file system stay what they are. */
  static IOException located(String path, IOException failure) {
    if (failure instanceof PictureException picture) {
      throw UserException.of(
          picture.fault().code(), path, failure.getMessage(), picture.remedy(), failure);
    }
    if (failure instanceof EOFException) {
      String message = failure.getMessage() == null ? "it ends early" : failure.getMessage();
      throw mistake(path, Fault.TRUNCATED, "the picture is cut off: " + message, failure);
    }
    if (failure instanceof ZipException || failure instanceof javax.imageio.IIOException) {
      throw mistake(
          path, Fault.DAMAGED, "its compressed data are broken: " + failure.getMessage(), failure);
    }
    return failure;
  }

  private static UserException mistake(String path, Fault fault, String what, Throwable cause) {
    return UserException.of(fault.code(), path, what, fault.remedy(), cause);
  }
}
