package org.reverie.driver;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system under another scheme, on which no more than some bytes can be written, or
 * none.
 */
public final class SmallDisk extends RawLocalFileSystem {
  static final String SCHEME = "small";
  static final AtomicLong FREE_BYTES = new AtomicLong(Long.MAX_VALUE);
  static final AtomicBoolean READ_ONLY = new AtomicBoolean();

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    super.initialize(uri, configuration);
    setConf(configuration);
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    if (READ_ONLY.get()) {
      throw new IOException(file + ": Read-only file system");
    }
    return small(super.create(file, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return create(file, overwrite, bufferSize, replication, blockSize, progress);
  }

  private static FSDataOutputStream small(FSDataOutputStream out) throws IOException {
    OutputStream limited =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            long free = FREE_BYTES.getAndAdd(-length);
            if (free < length) {
              // As a disk does: what fits is written.
              out.write(bytes, offset, (int) Math.max(0, free));
              throw new IOException("No space left on device");
            }
            out.write(bytes, offset, length);
          }

          @Override
          public void close() throws IOException {
            out.close();
          }
        };
    return new FSDataOutputStream(limited, null);
  }
}
