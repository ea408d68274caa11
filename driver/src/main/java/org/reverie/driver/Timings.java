package org.reverie.driver;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskReport;

/** Where the time went, by kind of stage. */
final class Timings {
  /**
   * One kind of stage.
   *
   * @param tasks finished
   * @param reused of them found in the store
   * @param wallSeconds that the driver waited
   * @param engineSeconds inside the engine, added over tasks
   * @param otherSeconds outside of it, added over tasks
   * @param gradientMegapixels of the network's input, over all iterations
   */
  record Entry(
      long tasks,
      long reused,
      double wallSeconds,
      double engineSeconds,
      double otherSeconds,
      double gradientMegapixels) {
    static final Entry NONE = new Entry(0, 0, 0, 0, 0, 0);

    Entry wall(double seconds) {
      return new Entry(
          tasks, reused, wallSeconds + seconds, engineSeconds, otherSeconds, gradientMegapixels);
    }

    Entry task(TaskReport report) {
      return new Entry(
          tasks + 1,
          reused + (report.reused() ? 1 : 0),
          wallSeconds,
          engineSeconds + report.engineNanos() / 1e9,
          otherSeconds + report.otherNanos() / 1e9,
          gradientMegapixels + report.gradientPixels() / 1e6);
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  void task(Stage.Kind kind, TaskReport report) {
    entries.merge(name(kind), Entry.NONE.task(report), (old, first) -> old.task(report));
  }

  void wall(String name, long nanos) {
    double seconds = nanos / 1e9;
    entries.merge(name, Entry.NONE.wall(seconds), (old, first) -> old.wall(seconds));
  }

  void wall(Stage.Kind kind, long nanos) {
    wall(name(kind), nanos);
  }

  Map<String, Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  double engineSeconds() {
    return entries.values().stream().mapToDouble(Entry::engineSeconds).sum();
  }

  private static String name(Stage.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
