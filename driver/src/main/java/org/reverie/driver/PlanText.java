package org.reverie.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.reverie.conf.Counted;
import org.reverie.conf.JobKey;
import org.reverie.executor.work.OctaveTasks;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.plan.OctavePlan;
import org.reverie.tiling.plan.RenderPlan;

/** The plan as a person reads it before anything starts. */
final class PlanText {
  private PlanText() {}

  /**
   * The text.
   *
   * @param secondsPerMegapixel of one gradient, measured on a small window; 0 if unknown
   * @param engineReason why this engine was taken
   * @param sessionBytes memory of the largest window
   */
  static String of(
      RenderPlan plan, double secondsPerMegapixel, String engineReason, long sessionBytes) {
    List<String> lines = new ArrayList<>();
    Rectangle crop = plan.crop();
    String size = crop.width() + " x " + crop.height() + " px";
    if (!crop.equals(plan.canvas().bounds())) {
      size += " of " + plan.canvas() + " px";
    }
    lines.add(
        line(
            "print",
            "%s at %s dpi: %s%s, %s per sample, %s",
            size,
            Counted.exactly(plan.pixelsPerInch()),
            onPaper(plan, crop),
            bleed(plan),
            plan.bitsPerSample() == 32 ? "float" : plan.bitsPerSample() + " bits",
            dither(plan)));
    lines.add(
        line(
            "brain",
            "%s, %s: stride %d px, receptive field %s",
            plan.brain().name(),
            layers(plan),
            plan.stride(),
            plan.receptiveField() == Integer.MAX_VALUE
                ? "everything"
                : plan.receptiveField() + " px"));
    lines.add(
        line(
            "tiles",
            "core %d px, halo %d px, overlap %d px; %s",
            plan.tilePixels(),
            plan.haloPixels(),
            plan.overlapPixels(),
            plan.meeting()));
    long stored = 0;
    double canvasMegapixels = 0;
    double inputMegapixels = 0;
    for (OctavePlan octave : plan.octaves()) {
      OctaveTasks tasks = new OctaveTasks(plan, octave);
      double input = tasks.gradientPixels() / 1e6;
      double canvas = 0;
      for (var round : octave.rounds()) {
        canvas += tasks.values(round.index()) / 3e6 * round.iterations();
      }
      lines.add(
          line(
              octave.index() == 0 ? "octaves" : "",
              "%s px, %s%s, %s, %.1f Mpx of gradients",
              octave.size(),
              octave.isWhole() ? "" : part(octave) + " in ",
              tiles(octave, tasks),
              Counted.of(octave.iterations(), "iteration"),
              input));
      stored = Math.max(stored, stored(octave, tasks));
      canvasMegapixels += canvas;
      inputMegapixels += input;
    }
    lines.add(
        line(
            "halo",
            "%.0f %% of the %.1f Mpx of gradients are thrown away: halo, mirrored border, and what"
                + " windows of one size have over",
            100 * (1 - canvasMegapixels / inputMegapixels),
            inputMegapixels));
    lines.add(
        line(
            "engine",
            "%s, %s, %s, %s: %s",
            plan.engine().name(),
            plan.engine().precision().toLowerCase(Locale.ROOT),
            plan.engine().instructionSet(),
            Counted.of(plan.engine().threads(), "thread"),
            engineReason));
    long stateBytes = Math.multiplyExact(stored, 12L);
    lines.add(
        line(
            "memory",
            "%s for the largest window; work directory up to %s",
            bytes(sessionBytes),
            bytes(5 * stateBytes)));
    if (secondsPerMegapixel > 0) {
      lines.add(
          line(
              "time",
              "about %s, at %.2f Mpx/s measured on a small window",
              duration(inputMegapixels * secondsPerMegapixel),
              1 / secondsPerMegapixel));
    }
    return String.join("\n", lines);
  }

  private static String line(String title, String format, Object... values) {
    return String.format(Locale.ROOT, "%-8s " + format, prepend(title, values));
  }

  private static Object[] prepend(String title, Object[] values) {
    Object[] all = new Object[values.length + 1];
    all[0] = title;
    System.arraycopy(values, 0, all, 1, values.length);
    return all;
  }

  private static String layers(RenderPlan plan) {
    List<String> names = new ArrayList<>();
    for (RenderPlan.Target target : plan.brain().targets()) {
      String channels =
          target.channels().isEmpty()
              ? ""
              : target.channels().stream()
                  .map(c -> c.index() + (c.weight() == 1 ? "" : "*" + number(c.weight())))
                  .collect(Collectors.joining("+", ":", ""));
      names.add(
          target.name() + channels + (target.weight() == 1 ? "" : "=" + number(target.weight())));
    }
    return String.join(" + ", names);
  }

  /** In the unit that the print was asked for in; in inches if that was pixels. */
  private static String onPaper(RenderPlan plan, Rectangle area) {
    double width = area.width() / plan.pixelsPerInch();
    double height = area.height() / plan.pixelsPerInch();
    Map<String, Object> print = plan.recipe().getOrDefault("print", Map.of());
    String asked = print.getOrDefault("width", "") + " " + print.getOrDefault("height", "");
    if (asked.contains("mm")) {
      return String.format(Locale.ROOT, "%.1f x %.1f mm", width * 25.4, height * 25.4);
    }
    return asked.contains("cm")
        ? String.format(Locale.ROOT, "%.2f x %.2f cm", width * 2.54, height * 2.54)
        : String.format(Locale.ROOT, "%.2f x %.2f in", width, height);
  }

  /** What of the print is for the cutter. */
  private static String bleed(RenderPlan plan) {
    Object bleed = plan.recipe().getOrDefault("print", Map.of()).get("bleed");
    return bleed == null || bleed.toString().matches("[0.]+[a-z]*")
        ? ""
        : " with " + bleed + " of bleed on every side";
  }

  /** Pixels of an octave's chunks. */
  private static long stored(OctavePlan octave, OctaveTasks tasks) {
    return octave.isWhole()
        ? octave.size().pixels()
        : Arrays.stream(tasks.chunks()).mapToLong(c -> tasks.grid().rectangle(c).pixels()).sum();
  }

  private static String part(OctavePlan octave) {
    return octave.active().width() + " x " + octave.active().height() + " px of it";
  }

  /** Deeper samples are left alone, whatever was asked for. */
  private static String dither(RenderPlan plan) {
    if (plan.bitsPerSample() > 8) {
      return "too fine to need dither";
    }
    Object dither = plan.recipe().getOrDefault("print", Map.of()).get(JobKey.DITHER.name());
    return "none".equals(dither) ? "not dithered" : "dithered";
  }

  private static String tiles(OctavePlan octave, OctaveTasks tasks) {
    int count = tasks.tiles(0).length;
    if (count == 1 && !octave.isWhole()) {
      return "1 tile";
    }
    return switch (octave.mode()) {
      case WHOLE -> "one window";
      case EXACT -> Counted.of(count, "tile") + " that meet after every iteration";
      case ROUNDS ->
          octave.rounds().size() == 1
              ? Counted.of(count, "tile") + " that meet at the end"
              : Counted.of(count, "tile") + " that meet " + octave.rounds().size() + " times";
    };
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  /** An amount of memory for people. */
  static String bytes(long bytes) {
    return bytes >= 1L << 30
        ? String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30))
        : String.format(Locale.ROOT, "%d MiB", Math.max(1, bytes >> 20));
  }

  private static String duration(double seconds) {
    if (seconds < 90) {
      return Math.max(1, Math.round(seconds)) + " s";
    }
    return seconds < 5400
        ? Math.round(seconds / 60) + " min"
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }
}
