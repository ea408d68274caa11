package org.reverie.driver;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.JobLayer;
import org.reverie.conf.UserException;

/** The file that a job is written down in, wherever it lies. */
public final class JobFile {
  private JobFile() {}

  /**
   * Reads a job file, or the recipe of a print.
   *
   * @param file path or URI; without a scheme it lies on the local disk
   * @return what it gives; what is wrong with a job file is kept in it
   * @throws UserException if it is a picture that is damaged, or no print of ours, or if there can
   *     be no such path
   */
  public static JobLayer read(String file) {
    Optional<String> recipe = Prints.recipe(file);
    if (recipe.isPresent()) {
      return JobLayer.ofPrint(file.substring(file.lastIndexOf('/') + 1), recipe.get());
    }
    return Places.isUri(file) ? ofUri(file) : JobLayer.ofFile(java.nio.file.Path.of(file));
  }

  private static JobLayer ofUri(String file) {
    Configuration configuration = Places.configuration();
    Path path = Places.path(file, configuration);
    try {
      FileSystem fileSystem = Places.fileSystem(path, configuration);
      if (fileSystem.getFileStatus(path).isDirectory()) {
        return JobLayer.folder(file);
      }
      try (InputStream in = fileSystem.open(path)) {
        return JobLayer.ofBytes(file, in.readAllBytes());
      }
    } catch (FileNotFoundException e) {
      return JobLayer.missing(file);
    } catch (IOException e) {
      return JobLayer.unreadable(file, e);
    }
  }
}
