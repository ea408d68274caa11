package org.reverie.driver;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.print.PrintTarget;

/** A file that is whole at any moment: an earlier one stands until the new one is written. */
public final class WholeFile {
  /** Stores that publish an object when it is closed, whole or not at all. */
  private static final Set<String> PUBLISHING = Set.of("s3", "s3a", "s3n", "gs", "abfs", "abfss");

  private WholeFile() {}

  /** Writes what a file shall hold. */
  public interface Content {
    /** Writes all of it; the stream is closed by whoever gave it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, and makes its folder if need be. A kill leaves the earlier one, or none, and a
   * hidden part of the new one, which the next run replaces.
   *
   * @param file as {@link Places#path} gives it; a local link is written behind
   */
  public static void write(Path file, Configuration configuration, Content content)
      throws IOException {
    FileSystem fileSystem = Places.fileSystem(file, configuration);
    String scheme = fileSystem.getUri().getScheme();
    if (scheme.equals("file")) {
      java.nio.file.Path target =
          PrintTarget.behindLinks(java.nio.file.Path.of(file.toUri().getPath()));
      Files.createDirectories(target.getParent());
      java.nio.file.Path partial =
          target.resolveSibling(partialName(target.getFileName().toString()));
      try (OutputStream out = Files.newOutputStream(partial)) {
        content.writeTo(out);
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    boolean publishes = PUBLISHING.contains(scheme);
    Path target =
        publishes ? file : PathNames.inside(file.getParent(), partialName(file.getName()));
    try (OutputStream out = fileSystem.create(target, true)) {
      content.writeTo(out);
    }
    if (!publishes) {
      replace(fileSystem, target, file, configuration);
    }
  }

  /** At once, where Hadoop can do so. */
  private static void replace(
      FileSystem fileSystem, Path partial, Path file, Configuration configuration)
      throws IOException {
    FileContext context;
    try {
      context = FileContext.getFileContext(file.toUri(), configuration);
    } catch (UnsupportedFileSystemException e) {
      fileSystem.delete(file, false);
      if (!fileSystem.rename(partial, file)) {
        throw new IOException("cannot rename " + partial + " to " + file);
      }
      return;
    }
    context.rename(partial, file, Options.Rename.OVERWRITE);
  }

  private static String partialName(String name) {
    return "." + name + ".partial";
  }
}
