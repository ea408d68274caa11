package org.reverie.driver.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.BatchJob;
import org.reverie.conf.Recipe;
import org.reverie.driver.Places;
import org.reverie.driver.Prints;
import org.reverie.tiling.seam.SeamReport;

/**
 * A print as the report shows it, read from what its render wrote beside it.
 *
 * @param bytes of the file
 * @param width pixels
 * @param height pixels
 * @param pixelsPerInch of the print
 * @param layers that were dreamt
 * @param seconds that its last run took
 * @param verdict of the seam meter
 * @param seamless whether no seam was found
 * @param thumbnail a JPEG as data URI, or empty
 */
record FinishedPrint(
    long bytes,
    long width,
    long height,
    double pixelsPerInch,
    String layers,
    double seconds,
    String verdict,
    boolean seamless,
    String thumbnail) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectReader SECTIONS =
      JSON.readerFor(new TypeReference<Map<String, Map<String, Object>>>() {});

  /**
   * The print of a work.
   *
   * @return empty if it is not there, or was made by another job
   */
  static Optional<FinishedPrint> of(BatchJob.Work work, Configuration configuration)
      throws IOException {
    Path out = Places.path(work.job().print().out(), configuration);
    FileSystem fileSystem = Places.fileSystem(out, configuration);
    try (InputStream in = fileSystem.open(Prints.report(out))) {
      JsonNode report = JSON.readTree(in);
      long bytes = fileSystem.getFileStatus(out).getLen();
      if (report.path("bytes").asLong(-1) != bytes
          || !picture(JSON.valueToTree(Recipe.whole(work.job())))
              .equals(picture(report.path("job")))) {
        return Optional.empty();
      }
      JsonNode plan = report.path("plan");
      StringBuilder layers = new StringBuilder();
      for (JsonNode target : plan.path("brain").path("targets")) {
        layers.append(layers.isEmpty() ? "" : " + ").append(target.path("name").asText());
      }
      return Optional.of(
          new FinishedPrint(
              bytes,
              plan.path("crop").path("width").asLong(),
              plan.path("crop").path("height").asLong(),
              plan.path("pixelsPerInch").asDouble(),
              layers.toString(),
              report.path("run").path("seconds").asDouble(),
              report.path("verdict").asText(),
              seamless(report.path("seams").path("figures")),
              ""));
    } catch (FileNotFoundException | JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** The keys of a job but for where and how it runs, as texts. */
  private static Map<String, String> picture(JsonNode job) throws IOException {
    Map<String, String> keys = new HashMap<>();
    if (job.isObject()) {
      Recipe.complete(SECTIONS.<Map<String, Map<String, Object>>>readValue(job))
          .forEach((key, value) -> keys.put(key, value.toString()));
      keys.keySet().removeIf(key -> key.startsWith("run."));
    }
    return keys;
  }

  private static boolean seamless(JsonNode figures) {
    for (JsonNode figure : figures) {
      if (Math.abs(figure.path("z").asDouble()) >= SeamReport.BOUND) {
        return false;
      }
    }
    return true;
  }

  FinishedPrint withThumbnail(String uri) {
    return new FinishedPrint(
        bytes, width, height, pixelsPerInch, layers, seconds, verdict, seamless, uri);
  }
}
