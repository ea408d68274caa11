package org.reverie.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;

/** Finished prints, opened again. */
public final class Prints {
  private static final Background WHITE = Background.parse("#ffffff");

  private Prints() {}

  /**
   * What is written in a print of how it was made.
   *
   * @param file path or URI
   * @return the plan as JSON; empty if the file is no picture, or none of ours
   */
  public static Optional<String> recipe(String file) {
    Configuration configuration = Places.configuration();
    try (Picture picture = open(Places.path(file, configuration), configuration)) {
      return picture.recipe();
    } catch (UserException e) {
      // Whoever asked reads the file as something else, and says what is wrong with that.
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the report of a print lies, whether there is one or not. */
  public static Path report(Path print) {
    return RenderReport.path(print);
  }

  /**
   * Opens a print.
   *
   * @throws UserException if there is none
   */
  public static Picture open(Path path, Configuration configuration) throws IOException {
    return PictureReader.open(path.getFileSystem(configuration), path, WHITE);
  }
}
