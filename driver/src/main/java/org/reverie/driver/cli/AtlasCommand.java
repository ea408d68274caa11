package org.reverie.driver.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.reverie.conf.FlagReader;
import org.reverie.conf.JobKey;
import org.reverie.conf.Recipe;
import org.reverie.driver.atlas.Atlas;
import org.reverie.driver.atlas.AtlasRequest;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The flags of {@code atlas}: its own, and those of a render that all cells share. */
final class AtlasCommand {
  private static final String USUAL_OUT = "atlas.png";

  /** Of a render's keys, those that may be given; the others are what tells cells apart. */
  private static final List<JobKey<?>> SHARED =
      List.of(
          JobKey.BRAIN,
          JobKey.RANDOM_WEIGHTS,
          JobKey.MEAN,
          JobKey.BACKGROUND,
          JobKey.OCTAVE_SCALE,
          JobKey.ITERATIONS,
          JobKey.STEP,
          JobKey.JITTER,
          JobKey.SEED,
          JobKey.RESAMPLING,
          JobKey.ENGINE,
          JobKey.PRECISION,
          JobKey.THREADS,
          JobKey.MEMORY,
          JobKey.FRESH);

  private AtlasCommand() {}

  static void addTo(CommandSpec command) {
    command.usageMessage().customSynopsis("reverie atlas [START...] [OPTIONS]");
    command.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("START")
            .arity("0..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "What to dream on: pictures, noise, gradients; noise and gradient:chromatic, of"
                    + " channels noise, if none is given.")
            .build());
    command.addOption(
        Grammar.option("--out", "FILE", "The sheet, a PNG; " + USUAL_OUT + " if not given."));
    command.addOption(
        OptionSpec.builder("--layer")
            .paramLabel("NAME[:CHANNELS]")
            .arity("1")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("A layer; may be given several times; every block's output if none is.")
            .build());
    command.addOption(
        Grammar.option(
            "--channels",
            "all|N-M,...",
            "One cell per channel of the layer: all of them, or numbers and ranges."));
    command.addOption(
        Grammar.option(
            "--octaves",
            "N,...",
            "Numbers of octaves, a column each; 1,3,5, or 4 for channels, if not given."));
    command.addOption(
        Grammar.option("--cell", "PX", "Edge of a cell; 192, or 128 for channels, if not given."));
    Map<String, Object> defaults = new LinkedHashMap<>(Recipe.defaults());
    defaults.put(JobKey.ITERATIONS.path(), Atlas.USUAL_ITERATIONS);
    for (JobKey<?> key : SHARED) {
      OptionSpec.Builder builder =
          OptionSpec.builder(key.flag())
              .description(JobOptions.description(key, defaults.get(key.path())))
              .arity(key.isSwitch() ? "0" : "1");
      command.addOption(
          key.isSwitch()
              ? builder.type(Boolean.class).build()
              : builder.type(String.class).paramLabel(key.valueLabel()).build());
    }
  }

  /**
   * The atlas that was asked for.
   *
   * @param lost flags that were given and not understood, which has been said
   */
  static FlagReader.Reading<AtlasRequest> request(ParseResult command, Set<String> lost) {
    FlagReader flags = ArgumentReader.flags(command, lost);
    Map<JobKey<?>, List<String>> settings = new LinkedHashMap<>();
    for (JobKey<?> key : SHARED) {
      if (command.hasMatchedOption(key.flag())) {
        settings.put(key, List.of(command.<Object>matchedOptionValue(key.flag(), "").toString()));
      }
    }
    AtlasRequest request =
        new AtlasRequest(
            command.matchedOptionValue("--layer", List.of()),
            flags.text("--channels").orElse(null),
            command.matchedPositionalValue(0, List.of()),
            flags.wholes("--octaves"),
            flags.wholeAboveZero("--cell").orElse(0),
            settings,
            flags.text("--out").filter(out -> !out.isBlank()).orElse(USUAL_OUT));
    Set<JobKey<?>> unread =
        JobKey.all().stream()
            .filter(key -> lost.contains(key.flag()))
            .collect(Collectors.toUnmodifiableSet());
    flags.addAll(Atlas.problems(request, unread));
    flags.addAll(
        flags.text("--out").isPresent() || lost.contains("--out")
            ? RelativePaths.of((String) null, command)
            : RelativePaths.of("--out", USUAL_OUT, command));
    return flags.reading(request);
  }
}
