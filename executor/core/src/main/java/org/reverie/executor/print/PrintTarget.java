package org.reverie.executor.print;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.place.UnwritableException;

/** Whether a print can be written where it shall go, asked before a night of rendering. */
public final class PrintTarget {
  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private PrintTarget() {}

  /**
   * Checks the output's name and that its folder takes files, by writing an empty one, with the
   * longest name that a render will need, and deleting it. A folder that is not there yet does not
   * stay; on the local disk it is not made either, and its nearest ancestor must take files.
   *
   * <p>A local link is written behind: the folder is that of the file it leads to.
   *
   * @param fileSystem where the print goes
   * @param out its name
   * @return the format that the name's ending asks for
   * @throws UserException {@code output-format} for an unknown ending, {@code output-is-folder} if
   *     a folder has that name, {@code output-not-writable} if the folder cannot be made or takes
   *     no files, or if it is a link that leads in a circle, {@code output-name} if it takes files
   *     but not of the names that a print needs
   */
  public static PrintFormat check(FileSystem fileSystem, Path out) {
    PrintFormat format = PrintFormat.of(PathNames.written(out));
    Path qualified = behindLinks(fileSystem, out);
    try {
      FileStatus there = status(fileSystem, qualified);
      if (there != null && there.isDirectory()) {
        throw UserException.of(
            "output-is-folder",
            PathNames.written(out),
            "the output is a folder",
            "Name a file inside it, such as " + PathNames.written(new Path(out, "dream.tif")));
      }
      Path folder = qualified.getParent();
      FileStatus status = status(fileSystem, folder);
      List<Path> absent = new ArrayList<>();
      while (status == null && folder.getParent() != null) {
        absent.add(folder);
        folder = folder.getParent();
        status = status(fileSystem, folder);
      }
      // Object stores may know no folder at all, not even the root: then the probe alone tells.
      if (status != null && !status.isDirectory()) {
        throw notWritable(out, PathNames.written(folder) + " is a file, not a folder", null);
      }
      // Rights on object stores go by names, and a folder's are not those of the one around it.
      boolean local = "file".equals(fileSystem.getUri().getScheme());
      Path probed = local ? folder : qualified.getParent();
      try {
        probe(fileSystem, probed, PrintAssembler.partialName(qualified));
      } catch (IOException e) {
        probe(fileSystem, probed, PrintAssembler.partialName(new Path("x")));
        throw tooLong(out, e);
      } finally {
        if (!local) {
          removeEmpty(fileSystem, absent);
        }
      }
      return format;
    } catch (IOException e) {
      throw notWritable(out, "its folder takes no files: " + UnwritableException.reason(e), e);
    }
  }

  /**
   * The file that is written to a name: what a local link of that name leads to, whether that is
   * there or not, so that the link stays.
   *
   * @throws UserException {@code output-not-writable} if links lead in a circle
   */
  static Path behindLinks(FileSystem fileSystem, Path out) {
    Path qualified = fileSystem.makeQualified(out);
    if (!"file".equals(fileSystem.getUri().getScheme())) {
      return qualified;
    }
    try {
      return new Path(behindLinks(java.nio.file.Path.of(qualified.toUri().getPath())).toUri());
    } catch (FileSystemLoopException e) {
      throw UserException.of(
          "output-not-writable",
          PathNames.written(out),
          "this link leads in a circle",
          "Remove it, or let it lead to a file",
          e);
    } catch (IOException e) {
      throw notWritable(out, "this link leads nowhere: " + UnwritableException.reason(e), e);
    }
  }

  /**
   * What a local path leads to, if it is a link.
   *
   * @throws FileSystemLoopException if that has no end
   */
  public static java.nio.file.Path behindLinks(java.nio.file.Path path) throws IOException {
    java.nio.file.Path file = path;
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MOST_LINKS) {
        throw new FileSystemLoopException(path.toString());
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    return file;
  }

  private static FileStatus status(FileSystem fileSystem, Path path) throws IOException {
    try {
      return fileSystem.getFileStatus(path);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  private static void probe(FileSystem fileSystem, Path folder, String name) throws IOException {
    if ("file".equals(fileSystem.getUri().getScheme())) {
      // Without Hadoop's checksum file, which is not what the print will need.
      java.nio.file.Path local = java.nio.file.Path.of(folder.toUri().getPath());
      java.nio.file.Path probe = Files.createFile(local.resolve(name));
      Files.delete(probe);
      return;
    }
    Path probe = PathNames.inside(folder, name);
    fileSystem.create(probe, false).close();
    fileSystem.delete(probe, false);
  }

  /** Removes folders that the probe has made, the innermost first. */
  private static void removeEmpty(FileSystem fileSystem, List<Path> folders) {
    for (Path folder : folders) {
      try {
        boolean unused = fileSystem.delete(folder, false);
      } catch (IOException e) {
        return; // somebody has put a file there by now, or the probe's own error says more
      }
    }
  }

  private static UserException tooLong(Path out, IOException cause) {
    return UserException.of(
        "output-name",
        PathNames.written(out),
        "its folder takes files, but none with a name made of this one: "
            + UnwritableException.reason(cause),
        "Take a shorter name, of at most 200 bytes",
        cause);
  }

  private static UserException notWritable(Path out, String what, Throwable cause) {
    return UserException.of(
        "output-not-writable",
        PathNames.written(out),
        what,
        cause != null && UnwritableException.isFull(cause)
            ? UnwritableException.remedy(PathNames.written(out.getParent()))
            : "Choose a folder that you may write to, or change its permissions",
        cause);
  }
}
