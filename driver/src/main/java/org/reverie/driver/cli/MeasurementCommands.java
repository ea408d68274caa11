package org.reverie.driver.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.reverie.conf.FlagReader;
import org.reverie.conf.JobKey;
import org.reverie.conf.Master;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.driver.Bench;
import org.reverie.driver.Devices;
import org.reverie.driver.Scale;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The flags of {@code bench}, {@code check} and {@code scale}. */
final class MeasurementCommands {
  private static final String RANDOM_WEIGHTS = JobKey.RANDOM_WEIGHTS.description();

  /** Its 3 x 16384 x 16384 values fit into one array. */
  private static final int LARGEST_WINDOW_PIXELS = 16_384;

  private MeasurementCommands() {}

  static void addBench(CommandSpec command) {
    command.addOption(
        Grammar.option(
            "--brain",
            "DIR",
            "A brain folder or a definition; without it, or with none, the built-in brain."));
    command.addOption(Grammar.option("--random-weights", "N", RANDOM_WEIGHTS));
    command.addOption(
        Grammar.option(
            "--layer", "NAME", "The layer to dream; the brain's preferred one if not given."));
    command.addOption(Grammar.option("--size", "PX", "Edge of the window; 1024 if not given."));
    command.addOption(Grammar.option("--threads", "N", "Threads; all processors if not given."));
    command.addOption(Grammar.option("--rounds", "N", "How often each is timed; 7 if not given."));
    command.addOption(Grammar.option("--engine", "NAME", "Only this engine; all if not given."));
    command.addOption(precision());
    command.addOption(
        Grammar.flag(
            "--profile", "Also says what a gradient's time is spent on; the engine cudnn can."));
    command.addOption(Grammar.option("--json", "FILE", "Writes the numbers to a file."));
  }

  /**
   * The bench that was asked for.
   *
   * @param lost flags that were given and not understood, which has been said
   */
  static FlagReader.Reading<Bench.Request> bench(ParseResult command, Set<String> lost) {
    FlagReader flags = ArgumentReader.flags(command, lost);
    Bench.Request request =
        new Bench.Request(
            brain(flags),
            flags.text("--layer").orElse(null),
            flags.whole("--size", 1, LARGEST_WINDOW_PIXELS).orElse(1024),
            flags.wholeAboveZero("--threads").orElse(null),
            flags.wholeAboveZero("--rounds").orElse(7),
            flags.text("--engine").orElse(Engines.AUTO),
            precision(flags),
            command.hasMatchedOption("--profile"),
            flags.path("--json").orElse(null));
    flags.addAll(RelativePaths.of((String) null, command));
    return flags.reading(request);
  }

  static void addCheck(CommandSpec command) {
    command.addOption(
        Grammar.option("--master", "URL", JobKey.MASTER.description().replace("%", "%%")));
    command.addOption(
        Grammar.option("--devices", "N", "How many there should be; fewer are an error."));
    command.addOption(
        Grammar.option(
            "--brain",
            "DIR",
            "A brain folder or a definition; without it, or with none, the built-in brain."));
    command.addOption(Grammar.option("--random-weights", "N", RANDOM_WEIGHTS));
    command.addOption(
        Grammar.option(
            "--layer", "NAME", "The layer to dream; the brain's preferred one if not given."));
    command.addOption(Grammar.option("--size", "PX", "Edge of the window; 512 if not given."));
    command.addOption(Grammar.option("--engine", "NAME", "The engine; auto if not given."));
    command.addOption(precision());
  }

  /**
   * The check that was asked for.
   *
   * @param lost flags that were given and not understood, which has been said
   */
  static FlagReader.Reading<Devices.Request> check(ParseResult command, Set<String> lost) {
    FlagReader flags = ArgumentReader.flags(command, lost);
    String master = flags.text(JobKey.MASTER.flag()).orElse(null);
    Devices.Request request =
        new Devices.Request(
            master,
            brain(flags),
            flags.text("--layer").orElse(null),
            flags.whole("--size", 1, LARGEST_WINDOW_PIXELS).orElse(512),
            flags.text("--engine").orElse(Engines.AUTO),
            precision(flags),
            flags.wholeAboveZero("--devices").orElse(0));
    Optional<Problem> unknown =
        Optional.ofNullable(master).flatMap(url -> Master.problem(JobKey.MASTER.flag(), url));
    flags.addAll(unknown.map(List::of).orElseGet(() -> RelativePaths.of(master, command)));
    return flags.reading(request);
  }

  static void addScale(CommandSpec command) {
    command.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("REPORT")
            .arity("1..*")
            .required(true)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(
                "The .json beside a print made on such a machine: rates are taken from it."
                    + " Further ones are held against the model.")
            .build());
    command.addOption(
        Grammar.option(
            "--brain",
            "DIR",
            "A brain folder or a definition, or none for the built-in brain; the report's if not given."));
    command.addOption(Grammar.option("--random-weights", "N", RANDOM_WEIGHTS));
    command.addOption(
        Grammar.option(
            "--layer",
            "NAME",
            "The layer to dream; the report's if neither this nor another brain is given."));
    command.addOption(
        Grammar.option(
            "--rate",
            "MPX/S",
            "Gradients of one device, as bench or check measure them; the report's if not given."));
    command.addOption(
        Grammar.option("--memory", "GIB", "Memory of one device for tiles; 16 if not given."));
    command.addOption(
        Grammar.option("--link", "GBIT/S", "Link of one machine to the store; 10 if not given."));
    command.addOption(
        Grammar.option(
            "--store",
            "GBIT/S",
            "What the store gives to all machines together; no bound if not given."));
    command.addOption(
        Grammar.option(
            "--price", "MONEY", "Price of a device and hour, with its machine; 1 if not given."));
  }

  /**
   * The estimate that was asked for.
   *
   * @param lost flags that were given and not understood, which has been said
   */
  static FlagReader.Reading<Scale.Request> scale(ParseResult command, Set<String> lost) {
    FlagReader flags = ArgumentReader.flags(command, lost);
    RenderJob.Brain brain = brain(flags);
    Scale.Request request =
        new Scale.Request(
            flags.text("--brain").isPresent() ? brain : null,
            flags.text("--layer").map(List::of).orElse(List.of()),
            flags.numberAboveZero("--rate").orElse(0.0),
            (long) (flags.numberAboveZero("--memory").orElse(16.0) * (1L << 30)),
            flags.numberAboveZero("--link").orElse(10.0),
            flags.numberAboveZero("--store").orElse(0.0),
            flags.numberAboveZero("--price").orElse(1.0),
            command.matchedPositionalValue(0, List.of()));
    flags.addAll(RelativePaths.of((String) null, command));
    return flags.reading(request);
  }

  private static OptionSpec precision() {
    Set<String> words = precisions().keySet();
    return OptionSpec.builder("--precision")
        .paramLabel(String.join("|", words))
        .arity("1")
        .type(String.class)
        .completionCandidates(words)
        .description("What values are rounded to; auto, each engine's own, if not given.")
        .build();
  }

  /** What each word means; nothing is each engine's own. */
  private static Map<String, Optional<EngineProvider.Precision>> precisions() {
    Map<String, Optional<EngineProvider.Precision>> words = new LinkedHashMap<>();
    words.put(Engines.AUTO, Optional.empty());
    for (EngineProvider.Precision precision : EngineProvider.Precision.values()) {
      words.put(precision.written(), Optional.of(precision));
    }
    return words;
  }

  /** Whose path is null for the built-in one, which is that of {@code none} as for a render. */
  private static RenderJob.Brain brain(FlagReader flags) {
    Optional<String> path = flags.text("--brain").filter(word -> !word.equals(JobKey.NONE));
    Optional<Long> seed = flags.seed("--random-weights");
    if (seed.isPresent() && path.isEmpty()) {
      flags.add(
          "no-brain",
          "--random-weights",
          "is of no use without --brain",
          "Name a brain without weights by --brain, or leave it out",
          "--brain");
    }
    return new RenderJob.Brain(path.orElse(null), seed.orElse(null), null);
  }

  /** Null for each engine's own. */
  private static EngineProvider.Precision precision(FlagReader flags) {
    return flags.word("--precision", precisions()).flatMap(word -> word).orElse(null);
  }
}
