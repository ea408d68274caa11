package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.Recipe;
import org.reverie.conf.RenderJob;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.work.PlanCodec;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.seam.SeamReport;

/**
 * What is written beside a print: its plan and job, what may not be in the print itself (paths,
 * host, master, timings), and the seam meter.
 *
 * @param job as it was asked for
 * @param plan that was rendered by
 * @param timings by kind of stage
 * @param scales what steps were divided by, octave by octave
 * @param seams what the seam meter found
 * @param took wall time
 * @param bytes of the print
 * @param master that ran it
 * @param splits tiles whose windows the network saw in pieces
 */
record RenderReport(
    RenderJob job,
    RenderPlan plan,
    Timings timings,
    List<OctaveScale> scales,
    SeamReport seams,
    Duration took,
    long bytes,
    String master,
    List<String> splits) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How a report begins. */
  private static final Pattern START =
      Pattern.compile("\\{\\s{0,9}\"bytes\"\\s{0,9}:\\s{0,9}\\d{1,19}\\s{0,9},\\s{0,9}\"run\"");

  /** Where the report of a print lies. */
  static Path path(Path out) {
    return PathNames.beside(out, ".json");
  }

  /** Whether a file is a report, or as much of one as a killed run wrote. */
  static boolean isOurs(Path file, Configuration configuration) throws IOException {
    Matcher start = START.matcher(Overwriting.head(file, configuration));
    return start.lookingAt() || start.hitEnd();
  }

  /** Writes the report beside the print. */
  void write(Path out, Configuration configuration) throws IOException {
    byte[] json = json(out);
    WholeFile.write(path(out), configuration, stream -> stream.write(json));
  }

  private byte[] json(Path out) throws IOException {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("out", out.toString());
    run.put("host", host());
    run.put("master", master);
    run.put("seconds", took.toMillis() / 1e3);
    run.put("engine-seconds", timings.engineSeconds());
    run.put("stages", stages());
    run.put("split-tiles", splits);
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("bytes", bytes);
    report.put("run", run);
    report.put("scales", scales);
    report.put("seams", seams);
    report.put("verdict", seams.verdict());
    if (!seams.seams().isEmpty()) {
      report.put("seam-picture", SeamPicture.path(out).getName());
    }
    report.put("job", Recipe.whole(job));
    report.put("plan", JSON.readTree(PlanCodec.encode(plan)));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report holds text, numbers and lists only", e);
    }
  }

  private Map<String, Object> stages() {
    Map<String, Object> stages = new LinkedHashMap<>();
    timings
        .entries()
        .forEach(
            (name, entry) -> {
              Map<String, Object> stage = new LinkedHashMap<>();
              stage.put("tasks", entry.tasks());
              stage.put("reused", entry.reused());
              stage.put("wall-seconds", entry.wallSeconds());
              stage.put("engine-seconds", entry.engineSeconds());
              stage.put("other-seconds", entry.otherSeconds());
              stage.put("gradient-megapixels", entry.gradientMegapixels());
              stages.put(name, stage);
            });
    return stages;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
