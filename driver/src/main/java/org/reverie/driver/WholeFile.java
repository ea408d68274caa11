package org.reverie.driver;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.place.UnwritableException;
import org.reverie.executor.print.PrintTarget;
import org.reverie.executor.print.Upload;

/** A file that is whole at any moment: an earlier one stands until the new one is written. */
public final class WholeFile {
  private WholeFile() {}

  /** Writes what a file shall hold. */
  public interface Content {
    /** Writes all of it; the stream is closed by whoever gave it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, and makes its folder if need be. An error leaves the earlier one, or none; a
   * kill perhaps a hidden part of the new one besides, which the next run replaces.
   *
   * @param file as {@link Places#path} gives it; a local link is written behind
   */
  public static void write(Path file, Configuration configuration, Content content)
      throws IOException {
    FileSystem fileSystem = Places.fileSystem(file, configuration);
    try {
      if (fileSystem.getUri().getScheme().equals("file")) {
        writeLocally(java.nio.file.Path.of(file.toUri().getPath()), content);
      } else {
        Path partial = PathNames.inside(file.getParent(), partialName(file.getName()));
        Upload.write(fileSystem, file, partial, content::writeTo);
      }
    } catch (IOException | FSError e) {
      throw UnwritableException.of(file, e);
    }
  }

  private static void writeLocally(java.nio.file.Path file, Content content) throws IOException {
    java.nio.file.Path target = PrintTarget.behindLinks(file);
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      // A device, such as /dev/null, is no file that another could take the place of.
      try (OutputStream out = Files.newOutputStream(target)) {
        content.writeTo(out);
      }
      return;
    }
    Files.createDirectories(target.getParent());
    java.nio.file.Path partial =
        target.resolveSibling(partialName(target.getFileName().toString()));
    OutputStream out = Files.newOutputStream(partial);
    try {
      try (out) {
        content.writeTo(out);
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(partial);
      throw e;
    }
  }

  /** No longer than that of an unfinished print, also of what goes beside it. */
  private static String partialName(String name) {
    return "." + name + ".part";
  }
}
