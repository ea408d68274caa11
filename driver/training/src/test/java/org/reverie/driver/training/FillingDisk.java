package org.reverie.driver.training;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local disk under another scheme, on which no file has room for more than so many bytes. */
public final class FillingDisk extends RawLocalFileSystem {
  static final String SCHEME = "filling";
  static volatile long roomBytes = Long.MAX_VALUE;

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    OutputStream whole =
        super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(new Bounded(whole), null);
  }

  private static final class Bounded extends OutputStream {
    private final OutputStream whole;
    private long left = roomBytes;

    Bounded(OutputStream whole) {
      this.whole = whole;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      left -= count;
      if (left < 0) {
        throw new IOException("No space left on device");
      }
      whole.write(bytes, offset, count);
    }

    @Override
    public void close() throws IOException {
      whole.close();
    }
  }
}
