package org.reverie.driver.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.reverie.driver.TrainingRequest;
import org.reverie.executor.brain.Brain;

/**
 * What must be the same for a checkpoint to be carried on, as a checkpoint keeps it: a line each,
 * {@code flag: value}. The epochs may change: the learning rate then falls over the new number of
 * steps.
 *
 * @param values by flag, in the order in which they are told
 */
record TrainingSettings(Map<String, String> values) {
  private static final String PICTURES = "--images";
  private static final String CLASSES = "classes";
  private static final String WORKERS = "workers";
  private static final String FROM = "--from";
  private static final String BRAIN = "brain of --from";
  private static final String NOT_GIVEN = "not given";

  /** No folder has it in its name. */
  private static final String SEPARATOR = "/";

  private static final int NAMED = 5;

  /**
   * Those of a training.
   *
   * @param division of the pictures that can be used
   * @param classes their names
   * @param workers that are averaged: steps are those of each
   * @param trunk what is trained on
   */
  static TrainingSettings of(
      TrainingRequest request, Division division, List<String> classes, int workers, Brain trunk) {
    int pictures = division.training().size() + division.validation().size();
    return of(
        request,
        pictures + " of " + classes.size() + " classes, " + division.hash(),
        given(String.join(SEPARATOR, classes)),
        workers,
        trunk);
  }

  /**
   * Those of a training of which nobody has looked at the pictures yet: they are taken to be a
   * checkpoint's.
   *
   * @param trunk what is trained on; null if nothing is
   * @param text that the checkpoint keeps
   */
  static TrainingSettings known(TrainingRequest request, int workers, Brain trunk, String text) {
    Map<String, String> before = parse(text);
    return of(
        request,
        before.getOrDefault(PICTURES, ""),
        before.getOrDefault(CLASSES, NOT_GIVEN),
        workers,
        trunk);
  }

  private static TrainingSettings of(
      TrainingRequest request, String pictures, String classes, int workers, Brain trunk) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(PICTURES, pictures);
    values.put(CLASSES, classes);
    values.put("--architecture", word(request.architecture()));
    values.put(FROM, given(request.from()));
    values.put(BRAIN, request.from() == null ? NOT_GIVEN : brain(trunk));
    values.put("--freeze-to", given(request.freezeTo()));
    values.put("--size", String.valueOf(request.size()));
    values.put("--batch", String.valueOf(request.batch()));
    values.put("--averaging", String.valueOf(request.averaging()));
    values.put("--policy", word(request.policy()));
    values.put("--rate", String.valueOf(request.rate()));
    values.put("--optimiser", word(request.optimiser()));
    values.put("--weight-decay", String.valueOf(request.weightDecay()));
    values.put("--label-smoothing", String.valueOf(request.labelSmoothing()));
    values.put("--photometric", onOff(request.photometric()));
    values.put("--grain", String.valueOf(request.grain()));
    values.put("--adversarial", String.valueOf(request.adversarial()));
    values.put("--batch-norm", onOff(request.batchNorm()));
    values.put("--validation", String.valueOf(request.validation()));
    values.put("--seed", String.valueOf(request.seed()));
    values.put(WORKERS, String.valueOf(workers));
    return new TrainingSettings(values);
  }

  /** Mean and colour order are for people, who edit them; the hash covers both, and all layers. */
  private static String brain(Brain trunk) {
    return "mean %s, colours %s, %s"
        .formatted(Arrays.toString(trunk.mean()), trunk.colourOrder(), trunk.hash());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String onOff(boolean value) {
    return value ? "on" : "off";
  }

  private static String given(String value) {
    return value == null ? NOT_GIVEN : value.replaceAll("[\r\n]", " ");
  }

  /**
   * The workers of the training that a checkpoint is of.
   *
   * @param text that it keeps
   * @return empty if it says none
   */
  static OptionalInt workers(String text) {
    String start = WORKERS + ": ";
    return text.lines()
        .filter(line -> line.startsWith(start))
        .mapToInt(line -> Integer.parseInt(line.substring(start.length())))
        .findFirst();
  }

  /** As a checkpoint keeps them. */
  String text() {
    StringBuilder text = new StringBuilder();
    values.forEach((flag, value) -> text.append(flag).append(": ").append(value).append('\n'));
    return text.toString();
  }

  /**
   * What is other than in a checkpoint.
   *
   * @param text that it keeps
   * @return a clause each, for people; empty if nothing is
   */
  List<String> differences(String text) {
    Map<String, String> before = parse(text);
    // Earlier ones kept no names of classes.
    before.putIfAbsent(CLASSES, values.get(CLASSES));
    if (!before.keySet().equals(values.keySet())) {
      return List.of("another version of Reverie began it");
    }
    List<String> differences = new ArrayList<>();
    values.forEach(
        (flag, now) -> {
          String then = before.get(flag);
          // A brain is what its folder holds, by whichever path or link that is named; where it is
          // another one, it is told by its name.
          String other = flag.equals(FROM) ? BRAIN : flag;
          boolean told =
              flag.equals(CLASSES)
                  || flag.equals(BRAIN) && !before.get(FROM).equals(values.get(FROM));
          if (!then.equals(now) && !before.get(other).equals(values.get(other)) && !told) {
            differences.add(
                switch (flag) {
                  case PICTURES -> pictures(then, now, classes(before.get(CLASSES)));
                  case BRAIN -> brain(then, now);
                  case WORKERS ->
                      "workers were %s and are %s (--master says how many, or the cores of its cluster)"
                          .formatted(then, now);
                  default -> "%s was %s and is %s".formatted(flag, then, now);
                });
          }
        });
    return differences;
  }

  private static Map<String, String> parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    text.lines()
        .map(line -> line.split(": ", 2))
        .filter(parts -> parts.length == 2)
        .forEach(parts -> values.put(parts[0], parts[1]));
    return values;
  }

  /** A hash tells computers what people call other pictures. */
  private static String pictures(String then, String now, String classes) {
    String before = withoutHash(then);
    String after = withoutHash(now);
    if (!before.equals(after)) {
      return "the pictures were %s and are %s%s".formatted(before, after, classes);
    }
    return classes.isEmpty()
        ? "the pictures are others, though there are %s as before".formatted(after)
        : "the classes are others" + classes;
  }

  /** Which ones went and came; empty if none did. */
  private String classes(String then) {
    List<String> before = List.of(then.split(SEPARATOR));
    List<String> after = List.of(values.get(CLASSES).split(SEPARATOR));
    String changes =
        Stream.of(without("gone: ", before, after), without("new: ", after, before))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("; "));
    return changes.isEmpty() ? "" : " (" + changes + ")";
  }

  private static Optional<String> without(String start, List<String> names, List<String> others) {
    List<String> only = names.stream().filter(name -> !others.contains(name)).toList();
    if (only.isEmpty()) {
      return Optional.empty();
    }
    int more = only.size() - NAMED;
    return Optional.of(
        start
            + String.join(", ", only.subList(0, Math.min(NAMED, only.size())))
            + (more > 0 ? " and %,d more".formatted(more) : ""));
  }

  private static String brain(String then, String now) {
    String before = withoutHash(then);
    String after = withoutHash(now);
    return before.equals(after)
        ? "the brain of --from has another scale, or other layers or weights, than it had"
        : "the brain of --from had %s and has %s".formatted(before, after);
  }

  private static String withoutHash(String value) {
    int hash = value.lastIndexOf(',');
    return hash < 0 ? value : value.substring(0, hash);
  }
}
