package org.reverie.driver.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.reverie.conf.FlagReader;
import org.reverie.conf.Master;
import org.reverie.driver.MotifRequest;
import org.reverie.driver.Render;
import org.reverie.driver.TrainingRequest;
import org.reverie.driver.TrainingRequest.Architecture;
import org.reverie.driver.TrainingRequest.Optimiser;
import org.reverie.driver.TrainingRequest.Policy;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The flags of {@code motifs} and {@code train}. */
final class TrainingCommands {
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(s|min|h)");
  private static final int GOOGLENET_PIXELS = 224;
  private static final int SMALL_PIXELS = 112;
  private static final int SMALLEST_PIXELS = 32;
  private static final int LARGEST_PIXELS = 1024;

  private TrainingCommands() {}

  static void addMotifs(CommandSpec command) {
    command.addOption(required("--out", "DIR", "Receives a folder of pictures per class."));
    command.addOption(
        required(
            "--per-class",
            "N",
            "How many pictures of each class; motifs of an earlier call beyond them are removed."));
    command.addOption(Grammar.option("--size", "PX", "Edge of a picture; 128 if not given."));
    command.addOption(
        Grammar.option("--seed", "N", "Tells one collection from another; 0 if not given."));
  }

  /**
   * The motifs that were asked for.
   *
   * @param lost flags that were given and not understood, which has been said
   */
  static FlagReader.Reading<MotifRequest> motifs(ParseResult command, Set<String> lost) {
    FlagReader flags = ArgumentReader.flags(command, lost);
    MotifRequest request =
        new MotifRequest(
            flags.path("--out").orElse(null),
            flags.whole("--per-class", 1, 10_000_000).orElse(1),
            flags.whole("--size", 8, 4096).orElse(128),
            flags.seed("--seed").orElse(0L));
    flags.addAll(RelativePaths.of((String) null, command));
    return flags.reading(request);
  }

  static void addTrain(CommandSpec command) {
    command.addOption(required("--images", "DIR", "A folder with a folder of pictures per class."));
    command.addOption(required("--out", "DIR", "The brain folder to write."));
    command.addOption(
        words("--architecture", "What to train; small if not given.", Architecture.values()));
    command.addOption(Grammar.option("--from", "DIR", "A Caffe brain to start from instead."));
    command.addOption(
        Grammar.option(
            "--freeze-to", "LAYER", "With --from: leaves all up to this layer as it is."));
    command.addOption(
        Grammar.option(
            "--size",
            "PX",
            "Edge of the pictures to train on; 112, or 224 for googlenet and --from."));
    command.addOption(
        Grammar.option("--epochs", "N", "How often every picture is seen; 10 if not given."));
    command.addOption(Grammar.option("--batch", "N", "Pictures of one step; 32 if not given."));
    command.addOption(
        Grammar.option(
            "--averaging", "N", "Steps between two averages of all workers; 10 if not given."));
    command.addOption(
        words("--policy", "How the learning rate falls; poly if not given.", Policy.values()));
    command.addOption(
        Grammar.option(
            "--rate",
            "X",
            "The learning rate to begin with; 0.01 for sgd, 0.001 for adam if not given, with --from a tenth of these. What --from starts from gets a new classifier, which takes ten times the rate."));
    command.addOption(
        words(
            "--optimiser",
            "How weights follow their gradients; sgd (momentum 0.9) if not given.",
            Optimiser.values()));
    command.addOption(
        Grammar.option(
            "--weight-decay",
            "X",
            "Factor of the penalty on squared weights; 0.0002 if not given."));
    command.addOption(
        Grammar.option(
            "--label-smoothing",
            "X",
            "Share of a label spread over all classes; 0.1 if not given."));
    command.addOption(
        onOff("--photometric", "Distorts colours, after Howard (2013); on if not given."));
    command.addOption(
        Grammar.option(
            "--grain",
            "X",
            "Lays noise over pictures, its deviation from 0 to X grey levels: a brain then goes by forms and colours rather than fine texture, and so do its dreams; 0 if not given."));
    command.addOption(
        Grammar.option(
            "--adversarial",
            "X",
            "Changes every picture by up to X grey levels (root mean square) so that it looks least like its class, and learns it so, four steps each: a brain then cannot go by fine noise, and dreams forms with light and shadow; 0 if not given."));
    command.addOption(
        onOff(
            "--batch-norm",
            "Normalises while training, folded into the weights afterwards; on if not given, off with --from."));
    command.addOption(
        Grammar.option(
            "--validation", "X", "Share of the pictures kept for validation; 0.1 if not given."));
    command.addOption(
        Grammar.option("--seed", "N", "The seed of every random number; 0 if not given."));
    command.addOption(
        Grammar.option(
            "--stop-after", "TIME", "Such as 2h or 30min: stops then; the same command goes on."));
    command.addOption(Grammar.option("--master", "URL", "Spark's master; local[1] if not given."));
    command.addOption(Grammar.option("--threads", "N", "Threads of one worker."));
    command.addOption(
        OptionSpec.builder("--fresh")
            .arity("0")
            .type(Boolean.class)
            .description("Throws a training that is there away, and begins anew.")
            .build());
  }

  /**
   * The training that was asked for.
   *
   * @param lost flags that were given and not understood, which has been said
   */
  static FlagReader.Reading<TrainingRequest> train(ParseResult command, Set<String> lost) {
    FlagReader flags = ArgumentReader.flags(command, lost);
    String from = flags.text("--from").orElse(null);
    String freezeTo = flags.text("--freeze-to").orElse(null);
    if (freezeTo != null && from == null) {
      flags.add(
          "idle-flag",
          "--freeze-to",
          "is of no use without --from",
          "Name the brain to start from by --from",
          "--from");
    }
    Optional<Architecture> architecture =
        flags.word("--architecture", words(Architecture.values()));
    if (from != null && architecture.isPresent()) {
      flags.add(
          "idle-flag",
          "--architecture",
          lower(architecture.get()) + " does not go with --from",
          "Leave one of them out");
    }
    boolean small = from == null && architecture.orElse(Architecture.SMALL) == Architecture.SMALL;
    boolean batchNorm = flags.onOff("--batch-norm").orElse(from == null);
    if (batchNorm && from != null) {
      flags.add("idle-flag", "--batch-norm", "on does not go with --from", "Leave it out");
    }
    Optimiser optimiser =
        flags.word("--optimiser", words(Optimiser.values())).orElse(Optimiser.SGD);
    double usualRate = (optimiser == Optimiser.ADAM ? 0.001 : 0.01) / (from == null ? 1 : 10);
    String master = flags.text("--master").orElse(null);
    TrainingRequest request =
        new TrainingRequest(
            flags.text("--images").orElse(null),
            flags.text("--out").orElse(null),
            architecture.orElse(Architecture.SMALL),
            from,
            freezeTo,
            flags
                .whole("--size", SMALLEST_PIXELS, LARGEST_PIXELS)
                .orElse(small ? SMALL_PIXELS : GOOGLENET_PIXELS),
            flags.whole("--epochs", 1, 100_000).orElse(10),
            flags.whole("--batch", 2, 4096).orElse(32),
            flags.whole("--averaging", 1, 10_000).orElse(10),
            flags.word("--policy", words(Policy.values())).orElse(Policy.POLY),
            flags.number("--rate", 1e-9, 100).orElse(usualRate),
            optimiser,
            flags.number("--weight-decay", 0, 1).orElse(0.0002),
            flags.number("--label-smoothing", 0, 0.9).orElse(0.1),
            flags.onOff("--photometric").orElse(true),
            flags.number("--grain", 0, 255).orElse(0.0),
            flags.number("--adversarial", 0, 255).orElse(0.0),
            batchNorm,
            flags.number("--validation", 0.001, 0.9).orElse(0.1),
            flags.seed("--seed").orElse(0L),
            duration(flags),
            master,
            flags.whole("--threads", 1, 4096).orElse(null),
            command.hasMatchedOption("--fresh"));
    if (Render.IN_PROCESS.equals(master)) {
      flags.add(
          "unknown-master",
          "--master",
          "a training needs Spark",
          "Write local[N], or leave it out");
    } else if (master != null) {
      Master.problem("--master", master)
          .ifPresent(
              problem ->
                  flags.add(
                      problem.code(),
                      problem.where(),
                      problem.what(),
                      "Write local[N], yarn or spark://host:port, or leave it out"));
    }
    flags.addAll(RelativePaths.of(master, command));
    return flags.reading(request);
  }

  private static OptionSpec required(String name, String label, String description) {
    return OptionSpec.builder(Grammar.option(name, label, description)).required(true).build();
  }

  private static <T extends Enum<T>> OptionSpec words(String name, String description, T[] values) {
    Set<String> words = words(values).keySet();
    return OptionSpec.builder(name)
        .paramLabel(String.join("|", words))
        .arity("1")
        .type(String.class)
        .completionCandidates(words)
        .description(description)
        .build();
  }

  private static OptionSpec onOff(String name, String description) {
    return OptionSpec.builder(name)
        .paramLabel("on|off")
        .arity("1")
        .type(String.class)
        .completionCandidates(List.of("on", "off"))
        .description(description)
        .build();
  }

  private static <T extends Enum<T>> Map<String, T> words(T[] values) {
    Map<String, T> words = new LinkedHashMap<>();
    for (T value : values) {
      words.put(lower(value), value);
    }
    return words;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Null for none. */
  private static Duration duration(FlagReader flags) {
    String given = flags.text("--stop-after").orElse(null);
    if (given == null) {
      return null;
    }
    Matcher matcher = DURATION.matcher(given);
    if (!matcher.matches()) {
      flags.add(
          "wrong-type", "--stop-after", '"' + given + "\" is no time", "Write 90s, 30min or 2h");
      return null;
    }
    double seconds =
        Double.parseDouble(matcher.group(1))
            * switch (matcher.group(2)) {
              case "s" -> 1;
              case "min" -> 60;
              default -> 3600;
            };
    return Duration.ofMillis((long) (seconds * 1000));
  }
}
