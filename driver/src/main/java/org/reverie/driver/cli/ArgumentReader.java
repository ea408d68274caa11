package org.reverie.driver.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.reverie.conf.FlagReader;
import org.reverie.conf.JobKey;
import org.reverie.conf.Nearest;
import org.reverie.conf.Problem;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reads a command line as far as it can be understood, so that one mistake in it hides no other:
 * what is not understood is told, left out, and all else read without it.
 */
final class ArgumentReader {
  /** Options of {@code spark-submit} that people try here; all take a value. */
  private static final Set<String> SPARKS =
      Set.of(
          "--archives",
          "--conf",
          "--deploy-mode",
          "--driver-class-path",
          "--driver-cores",
          "--driver-java-options",
          "--driver-library-path",
          "--driver-memory",
          "--executor-cores",
          "--executor-memory",
          "--files",
          "--jars",
          "--keytab",
          "--num-executors",
          "--packages",
          "--principal",
          "--properties-file",
          "--queue",
          "--repositories",
          "--total-executor-cores");

  private final CommandLine grammar;
  private final List<String> words;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> lost = new HashSet<>();

  private ArgumentReader(CommandLine grammar, String... arguments) {
    this.grammar = grammar;
    words = new ArrayList<>(List.of(arguments));
  }

  /**
   * What was read.
   *
   * @param parsed what is understood; all only without problems
   * @param problems of the command line by itself
   * @param lost flags whose values were given and not understood: without a value, with one of
   *     another type, or probably meant by a flag that nobody knows
   */
  record Reading(ParseResult parsed, List<Problem> problems, Set<String> lost) {
    Reading {
      problems = List.copyOf(problems);
      lost = Set.copyOf(lost);
    }
  }

  /** Reads a command line. */
  static Reading read(CommandLine grammar, String... arguments) {
    collectErrors(grammar.getCommandSpec());
    return new ArgumentReader(grammar, arguments).read();
  }

  private static void collectErrors(CommandSpec command) {
    command.parser().collectErrors(true);
    command.subcommands().values().forEach(each -> collectErrors(each.getCommandSpec()));
  }

  /**
   * The values of a command's own flags.
   *
   * @param lost flags that were given and not understood, which has been said
   */
  static FlagReader flags(ParseResult command, Set<String> lost) {
    return new FlagReader(
        flag -> Optional.ofNullable(command.matchedOptionValue(flag, (String) null)), lost);
  }

  /** What is wrong with a command line, one problem for each thing that is. */
  static List<Problem> problems(ParameterException thrown) {
    if (thrown instanceof UnmatchedArgumentException unmatched) {
      return List.of(problem(unmatched));
    }
    String help = "See reverie help " + thrown.getCommandLine().getCommandName();
    return List.of(new Problem("bad-arguments", "", thrown.getMessage(), help));
  }

  private Reading read() {
    ParseResult parsed = parse(words);
    while (leaveOut(parsed)) {
      parsed = parse(words);
    }
    for (ParseResult command = parsed; command != null; command = command.subcommand()) {
      errors(command).stream()
          .filter(error -> !isLackOfLost(error))
          .flatMap(error -> told(error).stream())
          // Of several flags that are missing Picocli tells all for each.
          .filter(problem -> !problems.contains(problem))
          .forEach(problems::add);
      refuseEmptyPaths(command);
    }
    return new Reading(parsed, problems, lost);
  }

  /** An empty path would be that of the folder a person is in, as where a variable has no value. */
  private void refuseEmptyPaths(ParseResult command) {
    List<ArgSpec> given = new ArrayList<>(command.matchedPositionals());
    given.addAll(command.matchedOptions());
    for (ArgSpec argument : given) {
      String label = argument.paramLabel();
      // Of what an atlas starts from the job of its cell says so.
      if (RelativePaths.isPath(label)
          && !label.equals("START")
          && argument.originalStringValues().stream().anyMatch(String::isBlank)) {
        String name = argument instanceof OptionSpec option ? option.longestName() : label;
        problems.add(new Problem("bad-path", name, "is empty", "Give a path or URI"));
        lost.add(name);
      }
    }
  }

  private ParseResult parse(List<String> some) {
    return grammar.parseArgs(some.toArray(String[]::new));
  }

  private static List<ParameterException> errors(ParseResult command) {
    return command.errors().stream().map(ParameterException.class::cast).toList();
  }

  /** Tells of one flag that makes others unreadable, and takes it out. */
  private boolean leaveOut(ParseResult parsed) {
    for (ParseResult command = parsed; command != null; command = command.subcommand()) {
      for (ParameterException error : errors(command)) {
        if (error instanceof UnmatchedArgumentException unmatched
            ? leaveOutUnknown(unmatched)
            : leaveOutUnread(error)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean leaveOutUnknown(UnmatchedArgumentException unmatched) {
    CommandSpec command = unmatched.getCommandLine().getCommandSpec();
    for (String word : unmatched.getUnmatched()) {
      int index = words.indexOf(word);
      if (word.startsWith("-") && index >= 0) {
        List<String> near = near(command, flag(word));
        problems.add(unknown(command, flag(word)));
        lost.addAll(near);
        words.remove(index);
        if (!word.contains("=") && isValue(index, command, near, isSparks(command, flag(word)))) {
          words.remove(index);
        }
        return true;
      }
      if (command.parent() == null) {
        return false; // behind a command that nobody knows no flag has a meaning
      }
    }
    return false;
  }

  /**
   * Whether a word was meant as the value of an unknown flag before it: one of Spark's has one;
   * where a known flag is near, that decides, else whether it would be missed elsewhere.
   */
  private boolean isValue(int index, CommandSpec command, List<String> near, boolean sparks) {
    if (command.parent() == null || index == words.size() || words.get(index).startsWith("-")) {
      return false;
    }
    if (sparks) {
      return true;
    }
    if (!near.isEmpty()) {
      return command.optionsMap().get(near.get(0)).arity().max() > 0;
    }
    List<String> others = new ArrayList<>(words);
    others.remove(index);
    return command.positionalParameters().isEmpty()
        || parse(others).subcommand().hasMatchedPositional(0);
  }

  /** A flag without a value takes the next flag for it, so that this is not read either. */
  private boolean leaveOutUnread(ParameterException error) {
    if (error.getArgSpec() instanceof OptionSpec option) {
      lost.add(option.longestName());
    }
    if (error instanceof MissingParameterException missing) {
      for (ArgSpec argument : missing.getMissing()) {
        if (argument instanceof OptionSpec option) {
          List<String> names = List.of(option.names());
          for (int i = 0; i < words.size(); i++) {
            boolean bare = i + 1 == words.size() || words.get(i + 1).startsWith("-");
            if (bare && names.contains(words.get(i))) {
              problems.addAll(told(error));
              lost.add(option.longestName());
              words.remove(i);
              return true;
            }
          }
        }
      }
    }
    return false;
  }

  /** What is wrong, in the form in which a job's mistakes are told. */
  private List<Problem> told(ParameterException error) {
    String help = "see reverie help " + error.getCommandLine().getCommandName();
    if (error instanceof OverwrittenOptionException twice) {
      OptionSpec option = (OptionSpec) twice.getOverwritten();
      return List.of(
          new Problem("bad-arguments", option.longestName(), "is given twice", "Give it once"));
    }
    if (error instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      return missing.getMissing().stream().map(argument -> missing(argument, help)).toList();
    }
    List<Problem> valued = valuedSwitches(error.getCommandLine().getCommandSpec());
    return valued.isEmpty() ? problems(error) : valued;
  }

  /** Switches with a value behind them; Picocli does not say which it means. */
  private List<Problem> valuedSwitches(CommandSpec command) {
    Map<String, OptionSpec> options = new HashMap<>(command.optionsMap());
    options.putAll(command.negatedOptionsMap());
    return words.stream()
        .filter(word -> word.contains("="))
        .map(ArgumentReader::flag)
        .filter(flag -> options.containsKey(flag) && options.get(flag).arity().max() == 0)
        .map(flag -> new Problem("bad-arguments", flag, "takes no value", "Write it by itself"))
        .toList();
  }

  private Problem missing(ArgSpec argument, String help) {
    if (!(argument instanceof OptionSpec option)) {
      return new Problem(
          "bad-arguments", argument.paramLabel(), "is missing", help.replaceFirst("^s", "S"));
    }
    List<String> names = List.of(option.names());
    boolean named = words.stream().anyMatch(word -> names.contains(flag(word)));
    return new Problem(
        "bad-arguments",
        option.longestName(),
        named ? "has no value" : "is missing",
        "Write " + option.longestName() + " " + option.paramLabel() + ", and " + help);
  }

  /** Whether nothing is missing but what was told already. */
  private boolean isLackOfLost(ParameterException error) {
    return error instanceof MissingParameterException missing
        && !missing.getMissing().isEmpty()
        && missing.getMissing().stream()
            .allMatch(
                argument ->
                    argument instanceof OptionSpec option && lost.contains(option.longestName()));
  }

  private static Problem problem(UnmatchedArgumentException unmatched) {
    CommandSpec command = unmatched.getCommandLine().getCommandSpec();
    String word = unmatched.getUnmatched().get(0);
    if (word.startsWith("-")) {
      return unknown(command, flag(word));
    }
    return command.parent() == null
        ? unknownCommand(command, word)
        : new Problem(
            "unexpected-argument", word, "unexpected argument", "Quote what has spaces in it");
  }

  /** A command that a program has not. */
  static Problem unknownCommand(CommandSpec program, String word) {
    return new Problem(
        "unknown-command",
        word,
        "unknown command",
        Nearest.suggestion(word, program.subcommands().keySet()));
  }

  private static Problem unknown(CommandSpec command, String flag) {
    if (command.parent() != null && isKnown(command, flag)) {
      return new Problem(
          "unexpected-argument",
          flag,
          "stands behind --, where nothing is a flag",
          "Put the -- last");
    }
    return new Problem("unknown-flag", flag, "unknown flag", remedy(command, flag));
  }

  private static boolean isKnown(CommandSpec command, String flag) {
    return command.optionsMap().containsKey(flag) || command.negatedOptionsMap().containsKey(flag);
  }

  private static String remedy(CommandSpec command, String flag) {
    if (isSparks(command, flag)) {
      return "It is an option of Spark's: give it in REVERIE_SPARK_OPTIONS, or before the -- of"
          + " deploy/submit";
    }
    String bare = flag.replaceFirst("^-+", "");
    if (command.parent() == null) {
      return command.subcommands().containsKey(bare)
          ? "Did you mean reverie " + bare + "?"
          : "See reverie help";
    }
    List<String> near = near(command, flag);
    return near.isEmpty()
        ? "See reverie help " + command.name()
        : "Did you mean " + String.join(" or ", near) + "?";
  }

  /** Whether a flag is known to Spark, and the command may run on a cluster. */
  private static boolean isSparks(CommandSpec command, String flag) {
    return SPARKS.contains(flag) && command.optionsMap().containsKey(JobKey.MASTER.flag());
  }

  private static List<String> near(CommandSpec command, String flag) {
    return isSparks(command, flag) ? List.of() : Nearest.to(flag, command.optionsMap().keySet(), 2);
  }

  private static String flag(String word) {
    return word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
  }
}
