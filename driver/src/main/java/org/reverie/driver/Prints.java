package org.reverie.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.executor.picture.ProfileConversion;

/** Finished prints, opened again. */
public final class Prints {
  /** What {@link PictureReader} says of files that are no pictures, and of those it cannot see. */
  private static final Set<String> NO_PICTURE =
      Set.of("picture-format", "input-missing", "input-is-folder", "input-unreadable");

  private static final Background WHITE = Background.parse("#ffffff");

  private Prints() {}

  /**
   * What is written in a print of how it was made.
   *
   * @param file path or URI
   * @return the plan as JSON; empty if the file is no picture, or cannot be read
   * @throws UserException if it is a picture that is damaged, or none of ours
   */
  public static Optional<String> recipe(String file) {
    Configuration configuration = Places.configuration();
    try (Picture picture = open(Places.path(file, configuration), configuration)) {
      Optional<String> recipe = picture.recipe();
      if (recipe.isEmpty()) {
        throw UserException.of(
            "no-recipe",
            file,
            "is a picture that holds no recipe",
            "Name a print as it was written, or the report beside it if its metadata were removed");
      }
      return recipe;
    } catch (UserException e) {
      if (NO_PICTURE.contains(e.problems().get(0).code())) {
        return Optional.empty(); // whoever reads it as something else says what is wrong with that
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the report of a print lies, whether there is one or not. */
  public static Path report(Path print) {
    return RenderReport.path(print);
  }

  /**
   * Turns a print's pixels into sRGB, to show them beside those of other prints.
   *
   * @param print whose pixels they are
   * @param planes RGB, CHW, 3 x rows x width, 0..255, in the print's colours
   * @param width pixels of a row
   */
  public static void toSrgb(Picture print, float[] planes, int width) {
    ProfileConversion.toSrgb(print.profile())
        .ifPresent(conversion -> conversion.convert(planes, width));
  }

  /**
   * Opens a print.
   *
   * @throws UserException if there is none
   */
  public static Picture open(Path path, Configuration configuration) throws IOException {
    return PictureReader.open(Places.fileSystem(path, configuration), path, WHITE);
  }
}
