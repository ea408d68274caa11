package org.reverie.driver.training;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * The local disk under another scheme, on which no file has room for more than so many bytes, and a
 * folder may be closed. Where the system has a device that is always full, it fails as Hadoop has a
 * full local disk fail: by an Error.
 */
public final class FillingDisk extends RawLocalFileSystem {
  static final String SCHEME = "filling";
  private static final java.nio.file.Path FULL = java.nio.file.Path.of("/dev/full");
  static volatile long roomBytes = Long.MAX_VALUE;

  /** What the name of a file that is bounded ends with. */
  static volatile String bounded = "";

  /** The name of a folder that nobody may list. */
  static volatile String closed = "";

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    if (folder.getName().equals(closed)) {
      throw new AccessDeniedException(folder.toString());
    }
    return super.listStatus(folder);
  }

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
    return new FSDataOutputStream(
        new Bounded(whole, path.getName().endsWith(bounded) ? roomBytes : Long.MAX_VALUE), null);
  }

  private void fail() throws IOException {
    if (Files.exists(FULL)) {
      // To create it anew would set its permissions, which a superuser may.
      FSDataOutputStream full = super.append(new Path(FULL.toString()), 1, null);
      full.write(new byte[2]);
      full.flush();
    }
    throw new IOException("No space left on device");
  }

  private final class Bounded extends OutputStream {
    private final OutputStream whole;
    private long left;

    Bounded(OutputStream whole, long left) {
      this.whole = whole;
      this.left = left;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      left -= count;
      if (left < 0) {
        fail();
      }
      whole.write(bytes, offset, count);
    }

    @Override
    public void close() throws IOException {
      whole.close();
    }
  }
}
