package org.reverie.executor.print;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.place.UnwritableException;

/**
 * Puts encoded pieces in order into a print, and publishes it whole or not at all. Used by one
 * thread.
 *
 * <p>A TIFF's header points to a directory that can only be written once all tiles are known, and
 * object stores cannot seek: so the file is assembled on a local disk, where the header can be
 * patched. For a {@code file:} output that disk is the output's own folder and an atomic rename
 * publishes; otherwise it is the spool folder, and the finished file is copied in one go, as an
 * {@link Upload}. Until then an earlier file of that name stays as it was.
 */
public final class PrintAssembler implements AutoCloseable {
  private static final int COPY_BYTES = 1 << 20;

  private final FileSystem fileSystem;
  private final Path out;
  private final PrintSpecification specification;
  private final boolean local;
  private final java.nio.file.Path partial;
  private final FileChannel channel;
  private final PrintFile file;
  private final Container container;
  private int appended;
  private boolean finished;

  private PrintAssembler(
      FileSystem fileSystem, Path out, PrintSpecification specification, java.nio.file.Path spool)
      throws IOException {
    this.fileSystem = fileSystem;
    this.out = PrintTarget.behindLinks(fileSystem, out);
    this.specification = specification;
    this.local = "file".equals(fileSystem.getUri().getScheme());
    java.nio.file.Path folder = local ? localPath(this.out.getParent()) : spool;
    Files.createDirectories(folder);
    this.partial = folder.resolve(partialName(this.out));
    this.channel =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    this.file = new PrintFile(channel);
    this.container = Container.of(specification);
  }

  /**
   * Opens a print and writes its header.
   *
   * @param fileSystem where the print goes
   * @param out its name; an existing file, or the one that a local link leads to, is replaced when
   *     the print is finished
   * @param specification the one that pieces are encoded with
   * @param spool local folder that can hold the whole file while it is assembled for a file system
   *     other than {@code file:}
   * @throws IOException if the file cannot be opened or written
   */
  public static PrintAssembler begin(
      FileSystem fileSystem, Path out, PrintSpecification specification, java.nio.file.Path spool)
      throws IOException {
    PrintAssembler assembler = new PrintAssembler(fileSystem, out, specification, spool);
    try {
      assembler.container.begin(assembler.file);
      return assembler;
    } catch (IOException e) {
      assembler.close();
      throw assembler.unwritable(e);
    } catch (RuntimeException e) {
      assembler.close();
      throw e;
    }
  }

  /**
   * Writes the next piece; the first is number 0.
   *
   * @param encoded as {@link PieceEncoder#encode} gave it
   */
  public void append(byte[] encoded) throws IOException {
    if (appended == specification.pieces()) {
      throw new IllegalStateException("more than " + appended + " pieces");
    }
    try {
      container.piece(encoded, file);
    } catch (IOException e) {
      throw unwritable(e);
    }
    appended++;
  }

  /**
   * Writes index and end, then publishes the print.
   *
   * @return bytes of the file
   * @throws IllegalStateException if pieces are missing
   * @throws IOException if it cannot be written or published; nothing is published then
   */
  public long finish() throws IOException {
    if (appended != specification.pieces()) {
      throw new IllegalStateException(appended + " of " + specification.pieces() + " pieces");
    }
    try {
      container.end(file);
      channel.force(false);
      channel.close();
      if (local) {
        publishLocally();
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
    if (!local) {
      upload();
    }
    finished = true;
    return file.position();
  }

  /** Named by the print, or by the file of another disk that it is assembled in. */
  private IOException unwritable(IOException thrown) {
    return UnwritableException.of(local ? out : new Path(partial.toUri()), thrown);
  }

  private void publishLocally() throws IOException {
    java.nio.file.Path target = localPath(out);
    Files.move(
        partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    // Hadoop's local file system would hold the new print against an older one's checksums.
    Files.deleteIfExists(target.resolveSibling("." + target.getFileName() + ".crc"));
  }

  private void upload() throws IOException {
    Path unfinished = PathNames.inside(out.getParent(), partialName(out));
    try {
      Upload.write(fileSystem, out, unfinished, this::copy);
    } catch (IOException | FSError e) {
      throw UnwritableException.of(out, e);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private void copy(OutputStream stream) throws IOException {
    try (InputStream in = Files.newInputStream(partial)) {
      byte[] buffer = new byte[COPY_BYTES];
      int count;
      while ((count = in.read(buffer)) > 0) {
        stream.write(buffer, 0, count);
      }
    }
  }

  /** Throws away what was written, unless the print was finished. */
  @Override
  public void close() throws IOException {
    if (!finished) {
      channel.close();
      Files.deleteIfExists(partial);
    }
  }

  /** A new name for an unfinished print: of all names made of the print's the longest. */
  static String partialName(Path out) {
    return ".%s.%08x.partial".formatted(out.getName(), ThreadLocalRandom.current().nextInt());
  }

  private static java.nio.file.Path localPath(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }
}
