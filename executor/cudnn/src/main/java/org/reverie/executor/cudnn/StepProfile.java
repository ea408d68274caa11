package org.reverie.executor.cudnn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the time of one gradient is spent on: every step timed by itself, in order, on values that
 * the steps before it made. Steps of one kind are added up; the dearest are listed one by one, with
 * the way that was chosen for them.
 */
final class StepProfile {
  private static final int LONGEST = 15;

  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Entry> kinds = new LinkedHashMap<>();

  /**
   * One step, or all of a kind.
   *
   * @param bytes moved if every value is read and written once
   * @param operations of matrix products
   */
  private record Entry(String name, int count, double seconds, double bytes, double operations) {
    Entry plus(Entry other) {
      return new Entry(
          name,
          count + other.count,
          seconds + other.seconds,
          bytes + other.bytes,
          operations + other.operations);
    }

    String line(double allSeconds) {
      return String.format(
          Locale.ROOT,
          "%8.3f ms %5.1f %%  %7.0f GB/s %s  %s%s%n",
          seconds * 1e3,
          100 * seconds / allSeconds,
          bytes / seconds / 1e9,
          operations == 0
              ? "               "
              : String.format(Locale.ROOT, "%7.1f TFLOP/s", operations / seconds / 1e12),
          name,
          count > 1 ? " (" + count + ")" : "");
    }
  }

  /**
   * Puts times to steps.
   *
   * @param seconds of each step
   */
  StepProfile(List<Step> steps, double[] seconds) {
    for (int i = 0; i < seconds.length; i++) {
      Step step = steps.get(i);
      entries.add(new Entry(step.name(), 1, seconds[i], step.bytes(), step.operations()));
      kinds.merge(
          kind(step),
          new Entry(kind(step), 1, seconds[i], step.bytes(), step.operations()),
          Entry::plus);
    }
  }

  private static String kind(Step step) {
    if (step instanceof Step.Launch launch) {
      return launch.kernel();
    }
    String direction = step.name().split(" ", 2)[0];
    if (step instanceof Step.Convolution) {
      return direction + " convolutions";
    }
    return step instanceof Step.Product ? direction + " products" : "products with a guide";
  }

  private double seconds() {
    return entries.stream().mapToDouble(Entry::seconds).sum();
  }

  /**
   * A table for people.
   *
   * @param decisions how steps are done, by their names
   */
  String text(Map<String, String> decisions) {
    StringBuilder text = new StringBuilder();
    Comparator<Entry> dearest = Comparator.comparingDouble(Entry::seconds).reversed();
    double all = seconds();
    double bytes = entries.stream().mapToDouble(Entry::bytes).sum();
    text.append(
        String.format(
            Locale.ROOT,
            "%8.3f ms in %d steps one by one, %.2f GB moved at least%n",
            all * 1e3,
            entries.size(),
            bytes / 1e9));
    kinds.values().stream().sorted(dearest).forEach(kind -> text.append(kind.line(all)));
    text.append("the dearest steps:\n");
    entries.stream()
        .sorted(dearest)
        .limit(LONGEST)
        .forEach(
            entry -> {
              String how = decisions.get(entry.name());
              text.append(
                  new Entry(
                          entry.name() + (how == null ? "" : "; " + how),
                          1,
                          entry.seconds(),
                          entry.bytes(),
                          entry.operations())
                      .line(all));
            });
    return text.toString();
  }
}
