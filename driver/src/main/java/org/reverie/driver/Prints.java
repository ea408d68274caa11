package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.picture.Background;
import org.reverie.executor.picture.Picture;
import org.reverie.executor.picture.PictureReader;
import org.reverie.tiling.start.Start;

/** Finished prints, opened again. */
public final class Prints {
  private static final ObjectMapper JSON = new ObjectMapper();
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

  /**
   * Says if a job that a print or its report gave starts from something else than that print did.
   * Such a job is sound, but makes another print.
   *
   * @param file path or URI of the print or report
   * @param job made of it
   * @return for people; empty if it starts from the same, or the file is neither
   */
  public static Optional<String> otherInput(String file, RenderJob job) {
    Configuration configuration = Places.configuration();
    try {
      Path path = Places.path(file, configuration);
      JsonNode plan = plan(recipe(file), Places.fileSystem(path, configuration), path);
      if (!plan.hasNonNull("inputHash")) {
        return Optional.empty();
      }
      String before = plan.path("start").asText() + plan.path("inputHash").asText();
      String source = job.input().source();
      if (Start.parse(source, job.dream().seed()).isPresent()) {
        return before.equals(source)
            ? Optional.empty()
            : Optional.of(file + " was made of another start than " + source);
      }
      Path input = Places.path(source, configuration);
      String now = RenderInput.hash(Places.fileSystem(input, configuration), input);
      return before.equals(now)
          ? Optional.empty()
          : Optional.of(file + " was made of another picture than " + source + " (SHA-256)");
    } catch (FileNotFoundException e) {
      return Optional.empty(); // whoever renders says so
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode plan(Optional<String> recipe, FileSystem fileSystem, Path path)
      throws IOException {
    if (recipe.isPresent()) {
      return JSON.readTree(recipe.get());
    }
    try (InputStream in = fileSystem.open(path)) {
      return JSON.readTree(in).path("plan");
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance(); // a job file
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
    return PictureReader.open(Places.fileSystem(path, configuration), path, WHITE);
  }
}
