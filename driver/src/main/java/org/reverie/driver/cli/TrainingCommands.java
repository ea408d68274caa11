package org.reverie.driver.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.reverie.driver.MotifRequest;
import org.reverie.driver.TrainingRequest;
import org.reverie.driver.TrainingRequest.Architecture;
import org.reverie.driver.TrainingRequest.Optimiser;
import org.reverie.driver.TrainingRequest.Policy;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
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
    command.addOption(
        required("--out", "DIR", Path.class, "Receives a folder of pictures per class."));
    command.addOption(
        required("--per-class", "N", Integer.class, "How many pictures of each class."));
    command.addOption(
        option("--size", "PX", Integer.class, "Edge of a picture; 128 if not given."));
    command.addOption(
        option("--seed", "N", Long.class, "Tells one collection from another; 0 if not given."));
  }

  static MotifRequest motifs(ParseResult command) {
    int size = whole(command, "--size", 128, 8, 4096);
    return new MotifRequest(
        command.matchedOptionValue("--out", null),
        whole(command, "--per-class", 1, 1, 10_000_000),
        size,
        command.matchedOptionValue("--seed", 0L));
  }

  static void addTrain(CommandSpec command) {
    command.addOption(
        required("--images", "DIR", String.class, "A folder with a folder of pictures per class."));
    command.addOption(required("--out", "DIR", String.class, "The brain folder to write."));
    command.addOption(
        words("--architecture", "What to train; small if not given.", Architecture.values()));
    command.addOption(
        option("--from", "DIR", String.class, "A Caffe brain to start from instead."));
    command.addOption(
        option(
            "--freeze-to",
            "LAYER",
            String.class,
            "With --from: leaves all up to this layer as it is."));
    command.addOption(
        option(
            "--size",
            "PX",
            Integer.class,
            "Edge of the pictures to train on; 112, or 224 for googlenet and --from."));
    command.addOption(
        option(
            "--epochs", "N", Integer.class, "How often every picture is seen; 10 if not given."));
    command.addOption(
        option("--batch", "N", Integer.class, "Pictures of one step; 32 if not given."));
    command.addOption(
        option(
            "--averaging",
            "N",
            Integer.class,
            "Steps between two averages of all workers; 10 if not given."));
    command.addOption(
        words("--policy", "How the learning rate falls; poly if not given.", Policy.values()));
    command.addOption(
        option(
            "--rate",
            "X",
            Double.class,
            "The learning rate to begin with; 0.01 for sgd, 0.001 for adam if not given, with --from a tenth of these. What --from starts from gets a new classifier, which takes ten times the rate."));
    command.addOption(words("--optimiser", "sgd (momentum 0.9) if not given.", Optimiser.values()));
    command.addOption(option("--weight-decay", "X", Double.class, "0.0002 if not given."));
    command.addOption(
        option(
            "--label-smoothing",
            "X",
            Double.class,
            "Share of a label spread over all classes; 0.1 if not given."));
    command.addOption(
        onOff("--photometric", "Distorts colours, after Howard (2013); on if not given."));
    command.addOption(
        option(
            "--grain",
            "X",
            Double.class,
            "Lays noise over pictures, its deviation from 0 to X grey levels: a brain then goes by forms and colours rather than fine texture, and so do its dreams; 0 if not given."));
    command.addOption(
        option(
            "--adversarial",
            "X",
            Double.class,
            "Changes every picture by up to X grey levels (root mean square) so that it looks least like its class, and learns it so, four steps each: a brain then cannot go by fine noise, and dreams forms with light and shadow; 0 if not given."));
    command.addOption(
        onOff(
            "--batch-norm",
            "Normalises while training, folded into the weights afterwards; on if not given, off with --from."));
    command.addOption(
        option(
            "--validation",
            "X",
            Double.class,
            "Share of the pictures kept for validation; 0.1 if not given."));
    command.addOption(
        option("--seed", "N", Long.class, "The seed of every random number; 0 if not given."));
    command.addOption(
        option(
            "--stop-after",
            "TIME",
            String.class,
            "Such as 2h or 30min: stops then; the same command goes on."));
    command.addOption(
        option("--master", "URL", String.class, "Spark's master; local[1] if not given."));
    command.addOption(option("--threads", "N", Integer.class, "Threads of one worker."));
    command.addOption(
        OptionSpec.builder("--fresh")
            .arity("0")
            .type(Boolean.class)
            .description("Throws a training that is there away, and begins anew.")
            .build());
  }

  static TrainingRequest train(ParseResult command) {
    String from = command.matchedOptionValue("--from", null);
    String freezeTo = command.matchedOptionValue("--freeze-to", null);
    if (freezeTo != null && from == null) {
      throw wrong(command, "--freeze-to", freezeTo, "needs --from");
    }
    Architecture architecture = word(command, "--architecture", Architecture.values());
    if (from != null && command.hasMatchedOption("--architecture")) {
      throw wrong(command, "--architecture", lower(architecture), "does not go with --from");
    }
    boolean small = from == null && architecture == Architecture.SMALL;
    boolean batchNorm = onOff(command, "--batch-norm", from == null);
    if (batchNorm && from != null) {
      throw wrong(command, "--batch-norm", "on", "does not go with --from");
    }
    Optimiser optimiser = word(command, "--optimiser", Optimiser.values());
    double usualRate = (optimiser == Optimiser.ADAM ? 0.001 : 0.01) / (from == null ? 1 : 10);
    return new TrainingRequest(
        command.matchedOptionValue("--images", ""),
        command.matchedOptionValue("--out", ""),
        architecture,
        from,
        freezeTo,
        whole(
            command,
            "--size",
            small ? SMALL_PIXELS : GOOGLENET_PIXELS,
            SMALLEST_PIXELS,
            LARGEST_PIXELS),
        whole(command, "--epochs", 10, 1, 100_000),
        whole(command, "--batch", 32, 2, 4096),
        whole(command, "--averaging", 10, 1, 10_000),
        word(command, "--policy", Policy.values()),
        number(command, "--rate", usualRate, 1e-9, 100),
        optimiser,
        number(command, "--weight-decay", 0.0002, 0, 1),
        number(command, "--label-smoothing", 0.1, 0, 0.9),
        onOff(command, "--photometric", true),
        number(command, "--grain", 0, 0, 255),
        number(command, "--adversarial", 0, 0, 255),
        batchNorm,
        number(command, "--validation", 0.1, 0.001, 0.9),
        command.matchedOptionValue("--seed", 0L),
        duration(command, "--stop-after"),
        command.matchedOptionValue("--master", null),
        command.hasMatchedOption("--threads") ? whole(command, "--threads", 1, 1, 4096) : null,
        command.hasMatchedOption("--fresh"));
  }

  private static OptionSpec required(String name, String label, Class<?> type, String description) {
    return OptionSpec.builder(option(name, label, type, description)).required(true).build();
  }

  private static OptionSpec option(String name, String label, Class<?> type, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .arity("1")
        .type(type)
        .description(description)
        .build();
  }

  private static OptionSpec words(String name, String description, Enum<?>[] values) {
    List<String> words = Arrays.stream(values).map(TrainingCommands::lower).toList();
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

  private static <T extends Enum<T>> T word(ParseResult command, String option, T[] values) {
    String given = command.matchedOptionValue(option, lower(values[0]));
    for (T value : values) {
      if (lower(value).equals(given)) {
        return value;
      }
    }
    List<String> words = Arrays.stream(values).map(TrainingCommands::lower).toList();
    throw wrong(command, option, given, "is none of " + String.join(", ", words));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static boolean onOff(ParseResult command, String option, boolean otherwise) {
    String given = command.matchedOptionValue(option, otherwise ? "on" : "off");
    if (!given.equals("on") && !given.equals("off")) {
      throw wrong(command, option, given, "is neither on nor off");
    }
    return given.equals("on");
  }

  private static int whole(ParseResult command, String option, int otherwise, int least, int most) {
    int value = command.matchedOptionValue(option, otherwise);
    if (value < least || value > most) {
      throw wrong(command, option, value, "is not within " + least + " to " + most);
    }
    return value;
  }

  private static double number(
      ParseResult command, String option, double otherwise, double least, double most) {
    double value = command.matchedOptionValue(option, otherwise);
    if (!(value >= least && value <= most)) {
      throw wrong(command, option, value, "is not within " + least + " to " + most);
    }
    return value;
  }

  private static Duration duration(ParseResult command, String option) {
    String given = command.matchedOptionValue(option, null);
    if (given == null) {
      return null;
    }
    Matcher matcher = DURATION.matcher(given);
    if (!matcher.matches()) {
      throw wrong(command, option, given, "is no time; write 90s, 30min or 2h");
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

  private static ParameterException wrong(
      ParseResult command, String option, Object value, String what) {
    return new ParameterException(
        command.commandSpec().commandLine(), option + ": " + value + " " + what);
  }
}
