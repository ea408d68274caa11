package org.reverie.driver.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.reverie.conf.JobKey;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands with their flags, for parsing, help and completion. */
final class Grammar {
  /** What the program is called. */
  static final String NAME = "reverie";

  /** Those that there is a completion for. */
  static final List<String> SHELLS = List.of("bash", "zsh");

  private Grammar() {}

  /**
   * The grammar of all commands.
   *
   * @param terminal where help goes, whose width and colours it has
   */
  static CommandLine of(Terminal terminal) {
    CommandSpec root = CommandSpec.create().name(NAME);
    root.usageMessage()
        .description("Dreams pictures at print scale.")
        .footer("", "Start with: reverie render gradient:chromatic --width 6in --out dream.tif");
    root.addOption(helpOption());
    root.addSubcommand("render", render());
    root.addSubcommand("batch", batch());
    root.addSubcommand("brain", brain());
    root.addSubcommand("atlas", atlas());
    root.addSubcommand("bench", bench());
    root.addSubcommand("check", check());
    root.addSubcommand("scale", scale());
    root.addSubcommand("seams", seams());
    root.addSubcommand("motifs", motifs());
    root.addSubcommand("train", train());
    root.addSubcommand("completion", completion());
    root.addSubcommand("version", named("version", "Prints what this is, and exits."));
    CommandLine help = new CommandLine(new HelpCommand());
    help.getCommandSpec().usageMessage().header("Prints the help of a command.").description("");
    root.addSubcommand("help", help);
    CommandLine commandLine = new CommandLine(root);
    commandLine.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    commandLine.setUsageHelpWidth(Math.min(100, Math.max(80, terminal.columns())));
    commandLine.setUsageHelpLongOptionsMaxWidth(30);
    commandLine.setColorScheme(
        CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF));
    return commandLine;
  }

  private static CommandSpec named(String name, String description) {
    CommandSpec command = CommandSpec.create().name(name);
    command.usageMessage().description(description).sortOptions(false);
    command.addOption(helpOption());
    return command;
  }

  private static OptionSpec helpOption() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .arity("0")
        .description("Prints this help, and exits.")
        .build();
  }

  private static CommandSpec render() {
    CommandSpec command = named("render", "Makes a print of a picture, or of next to nothing.");
    command.usageMessage().customSynopsis("reverie render INPUT --out FILE [OPTIONS]");
    JobOptions.addTo(command);
    return command;
  }

  private static CommandSpec batch() {
    CommandSpec command =
        named("batch", "Renders the works of a file one after the other, and reports on them.");
    command.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("FILE")
            .arity("1")
            .required(true)
            .type(String.class)
            .description("YAML with defaults and a list of works; see the README.")
            .build());
    command.addOption(
        option(
            "--stop-at",
            "TIME",
            "Begins no tile after this time, such as 06:00; the same command goes on."));
    command.addOption(
        option(
            "--report",
            "DIR",
            "The folder for report.html and report.json; as FILE says, or beside it, if not given."));
    command.addOption(option("--master", "URL", JobKey.MASTER.description().replace("%", "%%")));
    command.addOption(flag("--fresh", "Starts every work over instead of carrying it on."));
    command.addOption(flag("--dry-run", "Prints every plan and stops."));
    return command;
  }

  private static CommandSpec brain() {
    CommandSpec command = named("brain", "Prints a brain's card: its layers and what they need.");
    command.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("DIR")
            .arity("0..1")
            .type(String.class)
            .description(
                "A folder with a Caffe network, or a definition; without it, or with none, the built-in"
                    + " brain.")
            .build());
    command.addOption(
        OptionSpec.builder("--layer")
            .paramLabel("NAME")
            .arity("1")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description("A layer to measure the halo of; may be given several times.")
            .build());
    command.addOption(
        OptionSpec.builder("--random-weights")
            .paramLabel("N")
            .arity("1")
            .type(String.class)
            .description(JobKey.RANDOM_WEIGHTS.description())
            .build());
    return command;
  }

  private static CommandSpec atlas() {
    CommandSpec command = named("atlas", "Draws what each layer or channel of a brain dreams.");
    AtlasCommand.addTo(command);
    return command;
  }

  private static CommandSpec bench() {
    CommandSpec command =
        named("bench", "Times one gradient on every engine of this machine, in turn.");
    MeasurementCommands.addBench(command);
    return command;
  }

  private static CommandSpec check() {
    CommandSpec command =
        named("check", "Runs one gradient on every device of a cluster, and says how it went.");
    MeasurementCommands.addCheck(command);
    return command;
  }

  private static CommandSpec scale() {
    CommandSpec command =
        named("scale", "Estimates what large prints take on clusters, from a measured small one.");
    MeasurementCommands.addScale(command);
    return command;
  }

  private static CommandSpec seams() {
    CommandSpec command =
        named("seams", "Measures whether the seams of a print can be told from other lines.");
    command.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("FILE")
            .arity("1")
            .required(true)
            .type(String.class)
            .description(
                "A print, or the report beside it; the heat map is written beside the print.")
            .build());
    return command;
  }

  private static CommandSpec motifs() {
    CommandSpec command = named("motifs", "Draws classes of motifs for a brain to learn.");
    TrainingCommands.addMotifs(command);
    return command;
  }

  private static CommandSpec train() {
    CommandSpec command = named("train", "Trains a brain on folders of pictures.");
    command.usageMessage().customSynopsis("reverie train --images DIR --out DIR [OPTIONS]");
    TrainingCommands.addTrain(command);
    return command;
  }

  private static CommandSpec completion() {
    CommandSpec command =
        named("completion", "Prints a script that completes commands and flags in a shell.");
    command.usageMessage().footer("", "For now: source <(reverie completion bash)");
    command.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("SHELL")
            .arity("1")
            .required(true)
            .type(String.class)
            .completionCandidates(SHELLS)
            .description("bash or zsh.")
            .build());
    return command;
  }

  /** A flag with a value. */
  static OptionSpec option(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .arity("1")
        .type(String.class)
        .description(description)
        .build();
  }

  /** A flag without one. */
  static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(Boolean.class).arity("0").description(description).build();
  }
}
