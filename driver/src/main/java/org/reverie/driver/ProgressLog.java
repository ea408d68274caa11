package org.reverie.driver;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.reverie.executor.place.PathNames;
import org.reverie.executor.place.UnwritableException;

/**
 * Writes what a view is told as JSON lines beside the print, {@code <output>.progress.jsonl}: one
 * line when the work changes and at most one a second in between. An object store shows them only
 * at the end.
 */
final class ProgressLog implements ProgressView, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How every line begins: the time, then what it tells. */
  private static final Pattern START =
      Pattern.compile("\\{\"time\":\"[0-9TZ:.-]{1,40}\",\"(what|note|print)\":");

  private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final ProgressView view;
  private final Path path;
  private final Configuration configuration;
  private OutputStream out;
  private String lastWhat = "";
  private long lastNanos = System.nanoTime() - INTERVAL_NANOS;

  private ProgressLog(ProgressView view, Path path, Configuration configuration) {
    this.view = view;
    this.path = path;
    this.configuration = configuration;
  }

  /** Where the log of a print lies. */
  static Path path(Path print) {
    return PathNames.beside(print, ".progress.jsonl");
  }

  /** Whether a file is such a log, or as much of one as a killed run wrote. */
  static boolean isOurs(Path file, Configuration configuration) throws IOException {
    Matcher start = START.matcher(Overwriting.head(file, configuration));
    return start.lookingAt() || start.hitEnd();
  }

  /** The log of a print, made with its first line; that of an earlier run is replaced. */
  static ProgressLog of(ProgressView view, Path print, Configuration configuration) {
    return new ProgressLog(view, path(print), configuration);
  }

  @Override
  public void plan(String text) {
    view.plan(text);
  }

  @Override
  public void progress(double megapixelsDone, double megapixelsTotal, String what, int retries) {
    view.progress(megapixelsDone, megapixelsTotal, what, retries);
    long now = System.nanoTime();
    if (!Objects.equals(what, lastWhat) || now - lastNanos >= INTERVAL_NANOS) {
      lastWhat = what;
      lastNanos = now;
      Map<String, Object> line = line();
      line.put("what", what);
      line.put("megapixels-done", megapixelsDone);
      line.put("megapixels-total", megapixelsTotal);
      line.put("retries", retries);
      write(line);
    }
  }

  @Override
  public void note(String text) {
    view.note(text);
    Map<String, Object> line = line();
    line.put("note", text);
    write(line);
  }

  @Override
  public void done(String print, Duration took, String lastLine) {
    view.done(print, took, lastLine);
    Map<String, Object> line = line();
    line.put("print", print);
    line.put("seconds", took.toMillis() / 1e3);
    line.put("verdict", lastLine);
    write(line);
  }

  private static Map<String, Object> line() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.now().toString());
    return line;
  }

  private synchronized void write(Map<String, Object> line) {
    try {
      if (out == null) {
        out = Places.create(path, configuration);
      }
      out.write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
      // S3A shows nothing before the end in any case, and complains of being asked to.
      if (out instanceof FSDataOutputStream shared
          && shared.hasCapability(StreamCapabilities.HFLUSH)) {
        shared.hflush();
      } else {
        out.flush();
      }
    } catch (IOException | FSError e) {
      throw new UncheckedIOException(UnwritableException.of(path, e));
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
