package org.reverie.driver.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Folders that are about to be made, and are taken back while nothing lies in them.
 *
 * @param folders the innermost first
 */
record MadeFolders(FileSystem fileSystem, List<Path> folders) {
  /** This folder and those around it that are not there. */
  static MadeFolders before(FileSystem fileSystem, Path folder) throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path at = folder; at != null && !fileSystem.exists(at); at = at.getParent()) {
      missing.add(at);
    }
    return new MadeFolders(fileSystem, missing);
  }

  /** Removes those that are empty. */
  void takeBack() throws IOException {
    for (Path folder : folders) {
      if (fileSystem.exists(folder) && fileSystem.listStatus(folder).length == 0) {
        fileSystem.delete(folder, false);
      }
    }
  }
}
