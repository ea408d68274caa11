package org.reverie.executor.print;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * Publishes a file whole or not at all on a file system other than {@code file:}. Where a stream
 * can be aborted (S3A, which publishes on close), it is written under its final name; elsewhere
 * under another one, and then renamed. Until then an earlier file stays as it was.
 */
public final class Upload {
  private static final String ABORTABLE = "fs.capability.outputstream.abortable";

  private Upload() {}

  /** Writes what a file shall hold. */
  public interface Content {
    /** Writes all of it; the stream is closed by whoever gave it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file.
   *
   * @param partial its name until it is whole, where it cannot be written under its own
   * @throws IOException if it cannot be written or published; nothing is published then
   */
  public static void write(FileSystem fileSystem, Path out, Path partial, Content content)
      throws IOException {
    boolean direct = fileSystem.hasPathCapability(out, ABORTABLE);
    FSDataOutputStream stream = fileSystem.create(direct ? out : partial, true);
    try {
      content.writeTo(stream);
    } catch (IOException | RuntimeException | Error e) {
      if (direct) {
        stream.abort();
      } else {
        closeAfter(e, stream);
        fileSystem.delete(partial, false);
      }
      throw e;
    }
    if (direct) {
      stream.close();
      return;
    }
    try {
      stream.close();
      replace(fileSystem, partial, out);
    } catch (IOException | RuntimeException e) {
      fileSystem.delete(partial, false);
      throw e;
    }
  }

  private static void closeAfter(Throwable cause, FSDataOutputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** At once where Hadoop can do so, that a kill in between cannot cost the earlier file. */
  private static void replace(FileSystem fileSystem, Path partial, Path out) throws IOException {
    Configuration configuration = fileSystem.getConf();
    FileContext context;
    try {
      context = FileContext.getFileContext(out.toUri(), configuration);
    } catch (UnsupportedFileSystemException e) {
      fileSystem.delete(out, false);
      if (!fileSystem.rename(partial, out)) {
        throw new IOException("cannot rename " + partial + " to " + out);
      }
      return;
    }
    context.rename(partial, out, Options.Rename.OVERWRITE);
  }
}
