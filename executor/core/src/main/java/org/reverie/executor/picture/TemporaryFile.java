package org.reverie.executor.picture;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.reverie.executor.picture.PictureException.Fault;

/** Scratch space on the local disk (java.io.tmpdir), gone when closed. */
final class TemporaryFile implements Closeable {
  private final FileChannel channel;

  /**
   * @param bytes how many will be written
   * @throws PictureException if the disk has not so many left
   */
  TemporaryFile(long bytes) throws IOException {
    Path path = Files.createTempFile("reverie-picture-", ".rows");
    try {
      long free = Files.getFileStore(path).getUsableSpace();
      if (free < bytes) {
        throw new PictureException(
            Fault.SPACE,
            "turning or unweaving the picture takes %d MB in %s, where %d MB are free"
                .formatted(bytes >> 20, path.getParent(), free >> 20));
      }
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(path);
      throw e;
    }
  }

  void write(long position, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  /** Fills the buffer and flips it. */
  void read(long position, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int count = channel.read(bytes, position);
      if (count < 0) {
        throw new EOFException("temporary file ends at " + position);
      }
      position += count;
    }
    bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
