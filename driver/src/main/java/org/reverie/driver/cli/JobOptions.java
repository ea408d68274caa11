package org.reverie.driver.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.reverie.conf.JobKey;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.Preset;
import org.reverie.conf.Recipe;
import org.reverie.conf.UserException;
import org.reverie.driver.JobFile;
import org.reverie.driver.Origin;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The flags of {@code render}: one per job key, made from {@link JobKey}. */
final class JobOptions {
  static final String JOB = "--job";
  static final String PRESET = "--preset";
  static final String JOB_DESCRIPTION =
      "A job file in YAML with any of the keys listed here, or a print or its report to do the"
          + " same again; flags override it, it overrides the preset.";
  static final String PRESET_DESCRIPTION = "The settings to start from.";

  private JobOptions() {}

  /** Adds the flags, a group per section. */
  static void addTo(CommandSpec command) {
    Map<String, Object> defaults = Recipe.defaults();
    command.addPositional(
        PositionalParamSpec.builder()
            .paramLabel(JobKey.SOURCE.commandLineName())
            .description(escape(JobKey.SOURCE.description()))
            .arity("0..1")
            .type(String.class)
            .build());
    command.addOption(
        OptionSpec.builder(JOB)
            .paramLabel("FILE")
            .description(escape(JOB_DESCRIPTION))
            .arity("1")
            .type(String.class)
            .build());
    command.addOption(
        OptionSpec.builder(PRESET)
            .paramLabel("PRESET")
            .description(escape(PRESET_DESCRIPTION) + presets())
            .arity("1")
            .completionCandidates(Preset.words())
            .type(String.class)
            .build());
    for (String section : JobKey.sections()) {
      ArgGroupSpec.Builder group =
          ArgGroupSpec.builder()
              .exclusive(false)
              .validate(false)
              .heading("%n" + capitalised(section) + ":%n");
      for (JobKey<?> key : JobKey.all()) {
        if (key.section().equals(section) && !key.isArgument()) {
          group.addArg(option(key, defaults.get(key.path())));
        }
      }
      command.addArgGroup(group.build());
    }
  }

  /**
   * The job that was asked for, with all that is wrong with it.
   *
   * @param lost flags that were given and not understood, which has been said
   */
  static JobReader.Reading read(ParseResult parsed, Set<String> lost) {
    List<JobLayer> layers = new ArrayList<>();
    Optional<String> file = file(parsed);
    if (file.isPresent()) {
      try {
        layers.add(JobFile.read(file.get()));
      } catch (UserException e) {
        layers.add(JobLayer.unread(e.problems()));
      }
    }
    if (lost.contains(JOB)) {
      layers.add(JobLayer.unread(List.of()));
    }
    Map<JobKey<?>, List<String>> flags = new LinkedHashMap<>();
    for (JobKey<?> key : JobKey.all()) {
      List<String> values =
          key.isArgument() ? positional(parsed) : values(parsed, key.flag(), key.isSwitch());
      boolean isTold = lost.contains(key.flag()) && values.stream().anyMatch(String::isBlank);
      if (!values.isEmpty() && !isTold) {
        flags.put(key, values);
      }
    }
    layers.add(JobLayer.ofFlags(parsed.matchedOptionValue(PRESET, null), flags));
    Set<JobKey<?>> unread = new HashSet<>();
    for (JobKey<?> key : JobKey.all()) {
      if (!flags.containsKey(key) && lost.contains(key.flag())) {
        unread.add(key);
      }
    }
    return JobReader.look(layers, unread);
  }

  /** The job file that was named, or the print in the place of one. */
  static Optional<String> file(ParseResult parsed) {
    return Optional.ofNullable(parsed.matchedOptionValue(JOB, (String) null))
        .filter(path -> !path.isBlank());
  }

  /** What that print was made of; empty for a job file. */
  static Optional<Origin> origin(ParseResult parsed) {
    return file(parsed)
        .flatMap(Origin::of)
        .map(
            origin ->
                parsed.hasMatchedOption(JobKey.BRAIN.flag()) ? origin.withBrainNamed() : origin);
  }

  private static OptionSpec option(JobKey<?> key, Object value) {
    OptionSpec.Builder option = OptionSpec.builder(key.flag()).description(description(key, value));
    if (key.isSwitch()) {
      return option.type(Boolean.class).arity("0").negatable(true).build();
    }
    option.paramLabel(key.valueLabel());
    // A shell that was given a word would complete no files.
    if (!key.words().isEmpty() && !RelativePaths.isPath(key.valueLabel())) {
      option.completionCandidates(key.words());
    }
    return key.isRepeatable()
        ? option.type(List.class).auxiliaryTypes(String.class).arity("1").build()
        : option.type(String.class).arity("1").build();
  }

  /**
   * What a key's flag is for.
   *
   * @param value its default, or null
   */
  static String description(JobKey<?> key, Object value) {
    return escape(
        key.description() + (value == null || key.isSwitch() ? "" : " Default: " + value + "."));
  }

  private static List<String> values(ParseResult parsed, String flag, boolean isSwitch) {
    if (!parsed.hasMatchedOption(flag)) {
      return List.of();
    }
    OptionSpec option = parsed.matchedOption(flag);
    return isSwitch ? List.of(option.getValue().toString()) : option.originalStringValues();
  }

  private static List<String> positional(ParseResult parsed) {
    return parsed.hasMatchedPositional(0)
        ? parsed.matchedPositional(0).originalStringValues()
        : List.of();
  }

  private static String presets() {
    StringBuilder text = new StringBuilder();
    for (Preset preset : Preset.values()) {
      text.append(" %n  ").append(preset.word()).append(": ").append(escape(preset.purpose()));
    }
    return text.toString();
  }

  /** Picocli formats descriptions and reads @ and markup in them. */
  private static String escape(String text) {
    return text.replace("%", "%%");
  }

  private static String capitalised(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
