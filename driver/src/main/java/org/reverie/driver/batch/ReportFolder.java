package org.reverie.driver.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.reverie.driver.Places;

/** The folder with {@code report.html} and {@code report.json}; both are whole at any moment. */
final class ReportFolder {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Stores that publish an object when it is closed, whole or not at all. */
  private static final Set<String> PUBLISHING = Set.of("s3", "s3a", "s3n", "gs", "abfs", "abfss");

  private final Path folder;
  private final Configuration configuration;

  ReportFolder(Path folder, Configuration configuration) {
    this.folder = folder;
    this.configuration = configuration;
  }

  Path page() {
    return new Path(folder, "report.html");
  }

  /** Writes both; an earlier one stands until the new one does. */
  void write(BatchReport report) throws IOException {
    replace(new Path(folder, "report.json"), report.json());
    replace(page(), BatchPage.html(report).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The thumbnails that an earlier run made.
   *
   * @return by path and length of the print, as {@link #key} joins them; empty if nothing can be
   *     read
   */
  Map<String, String> thumbnails() throws IOException {
    Map<String, String> thumbnails = new HashMap<>();
    Path file = new Path(folder, "report.json");
    try (InputStream in = Places.fileSystem(file, configuration).open(file)) {
      for (JsonNode work : JSON.readTree(in).path("works")) {
        JsonNode print = work.path("print");
        String uri = print.path("thumbnail").asText("");
        // It goes into a page as it is.
        if (uri.matches("data:image/jpeg;base64,[A-Za-z0-9+/=]+")) {
          thumbnails.put(key(work.path("out").asText(), print.path("bytes").asLong()), uri);
        }
      }
    } catch (FileNotFoundException | JsonProcessingException e) {
      return Map.of();
    }
    return thumbnails;
  }

  static String key(String out, long bytes) {
    return bytes + " " + out;
  }

  private void replace(Path file, byte[] bytes) throws IOException {
    FileSystem fileSystem = Places.fileSystem(file, configuration);
    String scheme = fileSystem.getUri().getScheme();
    if (scheme.equals("file")) {
      java.nio.file.Path target = java.nio.file.Path.of(file.toUri().getPath());
      Files.createDirectories(target.getParent());
      java.nio.file.Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
      Files.write(partial, bytes);
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    boolean publishes = PUBLISHING.contains(scheme);
    Path target = publishes ? file : new Path(folder, "." + file.getName() + ".partial");
    try (OutputStream out = fileSystem.create(target, true)) {
      out.write(bytes);
    }
    if (!publishes) {
      FileContext.getFileContext(file.toUri(), configuration)
          .rename(target, file, Options.Rename.OVERWRITE);
    }
  }
}
