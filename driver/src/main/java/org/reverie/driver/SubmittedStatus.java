package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.executor.place.PathNames;

/**
 * How a command ended that ran on another machine: Spark's cluster deploy mode does not hand the
 * status of a driver back, so it leaves a file where its submitter looks.
 *
 * @param status of the process
 * @param printed what was asked for, such as a table
 * @param said what people must hear, line by line
 */
public record SubmittedStatus(int status, String printed, List<String> said) {
  /** The property that names the file to a submitted command. */
  public static final String PROPERTY = "spark.reverie.status";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A new name for such a file, beside a print. */
  public static String beside(String print) {
    return PathNames.beside(
            Places.path(print, Places.configuration()), ".status-" + UUID.randomUUID() + ".json")
        .toString();
  }

  /** Whether a submitter looks for what this process leaves. */
  public static boolean isAwaited() {
    return System.getProperty(PROPERTY) != null;
  }

  /**
   * Leaves the file, if a submitter looks for one; takes away that of one who does not any more.
   */
  public void hand() throws IOException {
    if (isAwaited()) {
      Path path = new Path(System.getProperty(PROPERTY));
      FileSystem fileSystem = Places.fileSystem(path, Places.configuration());
      // One that holds something is that of an earlier attempt of the same driver.
      if (fileSystem.exists(path) && fileSystem.getFileStatus(path).getLen() == 0) {
        fileSystem.delete(path, false);
        return;
      }
      try (OutputStream out = Places.create(path, Places.configuration())) {
        out.write(JSON.writeValueAsBytes(this));
      }
    }
  }

  /** Lets a command that still runs know that nobody will take its file, by an empty one. */
  public static void abandon(String file) throws IOException {
    Places.create(new Path(file), Places.configuration()).close();
  }

  /** Reads the file and removes it; empty if the command died before it could leave one. */
  public static Optional<SubmittedStatus> take(String file) throws IOException {
    Path path = new Path(file);
    Configuration configuration = Places.configuration();
    try (InputStream in = Places.fileSystem(path, configuration).open(path)) {
      SubmittedStatus status = JSON.readValue(in, SubmittedStatus.class);
      Places.fileSystem(path, configuration).delete(path, false);
      return Optional.of(status);
    } catch (FileNotFoundException | JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
