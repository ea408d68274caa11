package org.reverie.driver.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Appends to a file that is made when the first byte comes. A file that is full is renamed to
 * {@code NAME.1} and begun anew; what was {@code NAME.1} before becomes {@code NAME.2}, and the
 * oldest goes.
 */
final class RolledStream extends OutputStream {
  private final Path file;
  private final long mostBytes;
  private final int kept;
  private OutputStream out;
  private long bytes;

  /**
   * @param file need not exist, nor its folder
   * @param mostBytes from which on a file is full; the write that reaches it is not divided
   * @param kept how many full files stay
   */
  RolledStream(Path file, long mostBytes, int kept) {
    this.file = file;
    this.mostBytes = mostBytes;
    this.kept = kept;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] buffer, int offset, int length) throws IOException {
    if (out == null) {
      Files.createDirectories(file.getParent());
      bytes = Files.exists(file) ? Files.size(file) : 0;
    }
    if (bytes >= mostBytes) {
      close();
      roll();
      bytes = 0;
    }
    if (out == null) {
      out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    out.write(buffer, offset, length);
    bytes += length;
  }

  private void roll() throws IOException {
    for (int number = kept; number > 0; number--) {
      Path from = number == 1 ? file : numbered(number - 1);
      if (Files.exists(from)) {
        Files.move(from, numbered(number), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private Path numbered(int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }

  @Override
  public synchronized void close() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }
}
