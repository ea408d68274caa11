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
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.UserException;
import org.reverie.driver.Overwriting;
import org.reverie.driver.Places;
import org.reverie.executor.place.PathNames;

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

  private Path json() {
    return new Path(folder, "report.json");
  }

  /**
   * Looks at the folder before anything is written.
   *
   * @param read files that the batch reads
   * @throws UserException if there is a file in the folder's place, or one in a report's that is no
   *     report, or is read
   */
  void check(List<Overwriting.Source> read) throws IOException {
    FileSystem fileSystem = Places.fileSystem(folder, configuration);
    Path there = folder;
    while (there.getParent() != null && !fileSystem.exists(there)) {
      there = there.getParent();
    }
    if (fileSystem.exists(there) && fileSystem.getFileStatus(there).isFile()) {
      throw UserException.of(
          "report-is-file",
          PathNames.written(there),
          "the report goes into a folder, and this is a file",
          "Name a folder with --report");
    }
    Overwriting.keepApart(List.of(page(), json()), read);
    if (fileSystem.exists(page()) && !text(page()).contains(BatchPage.SIGNATURE)) {
      throw Overwriting.notOurs(page(), "report");
    }
    if (fileSystem.exists(json()) && !isReport(text(json()))) {
      throw Overwriting.notOurs(json(), "report");
    }
  }

  private String text(Path file) throws IOException {
    try (InputStream in = Places.fileSystem(file, configuration).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return ""; // a folder
    }
  }

  private static boolean isReport(String text) {
    try {
      JsonNode report = JSON.readTree(text);
      return report.has("batch") && report.has("works");
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** Writes both; an earlier one stands until the new one does. */
  void write(BatchReport report) throws IOException {
    replace(json(), report.json());
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
    try (InputStream in = Places.fileSystem(json(), configuration).open(json())) {
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
