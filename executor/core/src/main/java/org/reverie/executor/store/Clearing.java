package org.reverie.executor.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.place.PathNames;

/**
 * Deletes files by their names, and the folders that are empty then; what has another name stays.
 * Used by one thread.
 */
final class Clearing {
  private final FileSystem fileSystem;
  private final boolean direct;
  private final List<Path> kept = new ArrayList<>();

  /**
   * @param direct whether it is the local file system, of which Java asks less than Hadoop
   */
  Clearing(FileSystem fileSystem, boolean direct) {
    this.fileSystem = fileSystem;
    this.direct = direct;
  }

  /** What was found and left. */
  List<Path> kept() {
    return kept;
  }

  /**
   * Clears a folder; none is no error.
   *
   * @param names of what is deleted, level by level: of folders, and last of the files in them
   */
  void clear(Path folder, List<Pattern> names) throws IOException {
    if (names.size() > 1) {
      clearFolders(folder, names.get(0), names.subList(1, names.size()));
    } else if (direct) {
      clearDirectly(java.nio.file.Path.of(folder.toUri().getPath()), names.get(0));
    } else {
      clearFiles(folder, names.get(0));
    }
  }

  private void clearFolders(Path folder, Pattern name, List<Pattern> below) throws IOException {
    for (FileStatus found : list(fileSystem, folder)) {
      Path path = found.getPath();
      if (found.isDirectory() && name.matcher(path.getName()).matches()) {
        clear(path, below);
      } else {
        kept.add(path);
      }
    }
    deleteIfEmpty(folder);
  }

  private void clearFiles(Path folder, Pattern name) throws IOException {
    FileStatus[] found = list(fileSystem, folder);
    List<Path> files = new ArrayList<>();
    for (FileStatus file : found) {
      if (!file.isDirectory() && name.matcher(file.getPath().getName()).matches()) {
        files.add(file.getPath());
      } else {
        kept.add(file.getPath());
      }
    }
    if (!files.isEmpty() && files.size() == found.length) {
      // Asked for one by one, 100,000 files would be as many round trips to a server.
      fileSystem.delete(folder, true);
      return;
    }
    for (Path file : files) {
      fileSystem.delete(file, false);
    }
    deleteIfEmpty(folder);
  }

  private void clearDirectly(java.nio.file.Path folder, Pattern name) throws IOException {
    try (DirectoryStream<java.nio.file.Path> files = Files.newDirectoryStream(folder)) {
      for (java.nio.file.Path file : files) {
        String fileName = file.getFileName().toString();
        if (name.matcher(fileName).matches()
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          Files.deleteIfExists(file);
        } else {
          kept.add(PathNames.inside(new Path(folder.toUri()), fileName));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      return; // of what is kept, or of what a task writes that was given up for lost
    }
  }

  private void deleteIfEmpty(Path folder) throws IOException {
    if (fileSystem.exists(folder) && list(fileSystem, folder).length == 0) {
      fileSystem.delete(folder, false);
    }
  }

  /** What lies in a folder; nothing if there is none. */
  static FileStatus[] list(FileSystem fileSystem, Path folder) throws IOException {
    try {
      return fileSystem.listStatus(folder);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }
}
