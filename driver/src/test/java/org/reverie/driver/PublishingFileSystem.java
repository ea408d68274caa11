package org.reverie.driver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system as S3A: a file appears when its stream is closed, with whatever was written
 * by then, unless the stream is aborted.
 */
public final class PublishingFileSystem extends RawLocalFileSystem {
  private static final String SCHEME = "s3a";
  private static final String FAILS = "test.fails";

  /** Settings of Hadoop that make it the file system of S3A. */
  public static Map<String, String> settings(String failing) {
    return Map.of(
        "fs.s3a.impl",
        PublishingFileSystem.class.getName(),
        "fs.s3a.impl.disable.cache",
        "true",
        FAILS,
        failing);
  }

  /** The same where no write fails. */
  static Configuration configure(Configuration configuration) {
    settings("no such name").forEach(configuration::set);
    return configuration;
  }

  /** A local file as an object. */
  public static Path path(java.nio.file.Path file) {
    return new Path(SCHEME + "://bucket" + file);
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + "://bucket");
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) throws IOException {
    return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM)
        || super.hasPathCapability(path, capability);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return new FSDataOutputStream(new PublishedStream(path), null);
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
    return new FSDataOutputStream(new PublishedStream(path), null);
  }

  private void publish(Path path, byte[] bytes) throws IOException {
    try (FSDataOutputStream out =
        super.create(path, true, 4096, (short) 1, getDefaultBlockSize(path), null)) {
      out.write(bytes);
    }
  }

  private final class PublishedStream extends OutputStream implements Abortable, Syncable {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Path path;
    private boolean open = true;

    PublishedStream(Path path) {
      this.path = path;
    }

    @Override
    public void write(int value) {
      written.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (path.getName().endsWith(getConf().get(FAILS))) {
        written.write(bytes, offset, length / 2);
        throw new IOException("the disk is full");
      }
      written.write(bytes, offset, length);
    }

    @Override
    public void hflush() {
      throw new UnsupportedOperationException("S3A cannot show what is not closed");
    }

    @Override
    public void hsync() {
      hflush();
    }

    @Override
    public AbortableResult abort() {
      open = false;
      return null;
    }

    @Override
    public void close() throws IOException {
      if (open) {
        open = false;
        publish(path, written.toByteArray());
      }
    }
  }
}
