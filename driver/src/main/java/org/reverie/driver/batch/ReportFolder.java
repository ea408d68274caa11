package org.reverie.driver.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.Problem;
import org.reverie.conf.UserException;
import org.reverie.driver.Overwriting;
import org.reverie.driver.Places;
import org.reverie.driver.WholeFile;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.store.Lease;
import org.reverie.executor.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder with {@code report.html} and {@code report.json}; both are whole at any moment. One
 * batch at a time keeps its report there, by a lease in {@code .reverie/report}.
 */
final class ReportFolder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(ReportFolder.class);

  private final Path folder;
  private final Configuration configuration;
  private Optional<Lease> lease = Optional.empty();

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
    List<Problem> problems = new ArrayList<>();
    Overwriting.keep(page(), "report", this::isPage, problems, configuration);
    Overwriting.keep(json(), "report", this::isReport, problems, configuration);
    if (!problems.isEmpty()) {
      throw new UserException(problems);
    }
  }

  private boolean isPage(Path file, Configuration unused) throws IOException {
    return text(file).contains(BatchPage.SIGNATURE);
  }

  private boolean isReport(Path file, Configuration unused) throws IOException {
    try {
      JsonNode report = JSON.readTree(text(file));
      return report.has("batch") && report.has("works");
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private String text(Path file) throws IOException {
    try (InputStream in = Places.fileSystem(file, configuration).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Keeps other batches from the report.
   *
   * @param say told, in words for a person, what is waited for or taken over
   * @throws UserException {@code report-in-use} if a batch that lives has it
   */
  synchronized void claim(Consumer<String> say) throws IOException {
    Path place = lease();
    Store store = new Store(Places.fileSystem(place, configuration), place);
    lease = Optional.of(Lease.acquire(store, Lease.Claim.ofReport(folder), say));
  }

  /** Lets other batches have the report. */
  synchronized void release() {
    try {
      if (lease.isPresent()) {
        lease.get().close();
        lease = Optional.empty();
        FileSystem fileSystem = Places.fileSystem(folder, configuration);
        for (Path made : List.of(lease(), lease().getParent())) {
          if (fileSystem.exists(made) && fileSystem.listStatus(made).length == 0) {
            fileSystem.delete(made, false);
          }
        }
      }
    } catch (IOException e) {
      // The next batch finds that this process is dead.
      LOG.warn("cannot let go of {}", folder, e);
    }
  }

  private Path lease() {
    return new Path(folder, ".reverie/report");
  }

  /** Writes both; an earlier one stands until the new one does. */
  void write(BatchReport report) throws IOException {
    if (isLost()) {
      return; // it is that of a batch to which this one seemed dead
    }
    byte[] json = report.json();
    byte[] html = BatchPage.html(report).getBytes(StandardCharsets.UTF_8);
    WholeFile.write(json(), configuration, out -> out.write(json));
    WholeFile.write(page(), configuration, out -> out.write(html));
  }

  private synchronized boolean isLost() {
    return lease.isPresent() && lease.get().lost();
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
}
