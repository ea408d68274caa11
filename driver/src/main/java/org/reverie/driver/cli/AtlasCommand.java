package org.reverie.driver.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.reverie.conf.JobKey;
import org.reverie.conf.UserException;
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
    command.usageMessage().customSynopsis("reverie atlas [START...] --brain DIR [OPTIONS]");
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
    command.addOption(option("--out", "FILE", "The sheet, a PNG; " + USUAL_OUT + " if not given."));
    command.addOption(
        OptionSpec.builder("--layer")
            .paramLabel("NAME[:CHANNELS]")
            .arity("1")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("A layer; may be given several times; every block's output if none is.")
            .build());
    command.addOption(
        option(
            "--channels",
            "all|N-M,...",
            "One cell per channel of the layer: all of them, or numbers and ranges."));
    command.addOption(
        option(
            "--octaves",
            "N,...",
            "Numbers of octaves, a column each; 1,3,5, or 4 for channels, if not given."));
    command.addOption(
        option("--cell", "PX", "Edge of a cell; 192, or 128 for channels, if not given."));
    for (JobKey<?> key : SHARED) {
      OptionSpec.Builder builder =
          OptionSpec.builder(key.flag())
              .description(key.description().replace("%", "%%"))
              .arity(key.isSwitch() ? "0" : "1");
      command.addOption(
          key.isSwitch()
              ? builder.type(Boolean.class).build()
              : builder.type(String.class).paramLabel(key.valueLabel()).build());
    }
  }

  static AtlasRequest request(ParseResult command) {
    Map<JobKey<?>, List<String>> settings = new LinkedHashMap<>();
    for (JobKey<?> key : SHARED) {
      if (command.hasMatchedOption(key.flag())) {
        settings.put(key, List.of(command.<Object>matchedOptionValue(key.flag(), "").toString()));
      }
    }
    List<Integer> octaves = new ArrayList<>();
    String given = command.matchedOptionValue("--octaves", "");
    for (String part : given.isEmpty() ? new String[0] : given.split(",", -1)) {
      octaves.add(whole("--octaves", part.strip()));
    }
    String cell = command.matchedOptionValue("--cell", null);
    return new AtlasRequest(
        command.matchedOptionValue("--layer", List.of()),
        command.matchedOptionValue("--channels", null),
        command.matchedPositionalValue(0, List.of()),
        octaves,
        cell == null ? 0 : whole("--cell", cell),
        settings,
        command.matchedOptionValue("--out", USUAL_OUT));
  }

  private static int whole(String flag, String text) {
    if (!text.matches("[1-9][0-9]{0,5}")) {
      throw UserException.of(
          "wrong-type", flag, '"' + text + "\" is not a whole number above 0", "Write digits only");
    }
    return Integer.parseInt(text);
  }

  private static OptionSpec option(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .arity("1")
        .type(String.class)
        .description(description)
        .build();
  }
}
