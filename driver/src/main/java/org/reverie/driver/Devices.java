package org.reverie.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.reverie.conf.Counted;
import org.reverie.conf.JobKey;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.driver.spark.OnExecutor;
import org.reverie.driver.spark.SparkApplication;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.work.DeviceCheck;
import org.reverie.executor.work.DeviceReport;
import org.reverie.executor.work.Machine;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;

/** Runs one gradient on every device of a cluster, before a night is paid for. */
public final class Devices {
  /** A device below this share of the rate that half of them reach is worth a look. */
  private static final double SLOW = 0.5;

  private static final long HOLD_MILLIS = 2000;
  private static final int MOST_ROUNDS = 6;

  private Devices() {}

  /**
   * What to check.
   *
   * @param master as for a render
   * @param brain the built-in one where its path is null
   * @param layer a layer's name, or null for the brain's preferred one
   * @param size edge of the window, pixels
   * @param engine name of an engine, or {@code auto}
   * @param precision that values are rounded to, or null for each engine's own
   * @param expected how many devices there should be; 0 if that is not known
   */
  public record Request(
      String master,
      RenderJob.Brain brain,
      String layer,
      int size,
      String engine,
      EngineProvider.Precision precision,
      int expected) {}

  /**
   * What was found.
   *
   * @param text a table for people
   * @param sound whether every device answered with a number, and none is missing
   */
  public record Result(String text, boolean sound) {}

  /**
   * Asks all devices.
   *
   * @param say told, in words for a person and by any thread, if a master lets wait
   * @throws org.reverie.conf.UserException if brain, layer or engine cannot be used, or the cluster
   *     gives no executor
   */
  public static Result check(Request request, Consumer<String> say) {
    Inspection inspection = new Inspection();
    Optional<BrainChoice> found = look(request, Set.of(), inspection);
    inspection.require();
    BrainChoice choice = found.orElseThrow();
    boolean inProcess = Render.isInProcess(request.master());
    DeviceCheck check =
        new DeviceCheck(
            UUID.randomUUID().toString(),
            request.engine(),
            request.precision() == null ? "" : request.precision().name(),
            choice.layers().get(0),
            request.size(),
            0,
            inProcess ? 0 : HOLD_MILLIS);
    RenderSetup setup = RenderSetup.ofBrain(BrainCodec.encode(choice.brain()), check.id());
    int slots = Machine.processors() + 1;
    try (SparkApplication spark =
            new SparkApplication(Optional.ofNullable(request.master()), slots, say);
        TileRunner runner =
            inProcess
                ? new InProcessRunner(slots, setup, check)
                : spark.impatientRunner(setup, new OnExecutor(check))) {
      return result(
          choice.targets().get(0).name(), request, ask(runner, request.expected()), runner.place());
    }
  }

  /**
   * Looks at what a request names that is not sound itself, so that all mistakes of a command can
   * be told at once.
   *
   * @param unread flags that were given and are of no use
   * @return what cannot be used of the others
   */
  public static List<Problem> problemsOfFiles(Request request, Set<String> unread) {
    Inspection inspection = new Inspection();
    Optional<BrainChoice> unused = look(request, unread, inspection);
    return inspection.problems();
  }

  /** The layer to dream; empty where the inspection found why not, or nobody knows which. */
  private static Optional<BrainChoice> look(
      Request request, Set<String> unread, Inspection inspection) {
    // Elsewhere there may be others.
    if (Render.isInProcess(request.master()) && !unread.contains(JobKey.ENGINE.flag())) {
      inspection.look(() -> Engines.requireKnown(request.engine()));
    }
    return BrainChoice.look(request.brain(), request.layer(), unread, inspection);
  }

  /** Executors may still be on their way, so it is asked until nobody new answers. */
  private static List<DeviceReport> ask(TileRunner runner, int expected) {
    Map<String, DeviceReport> answers = new TreeMap<>();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      int before = answers.size();
      runner
          .run(new Stage(Stage.Kind.GRADIENT, 0, round, new float[0]), runner.slots(), r -> {})
          .forEach(
              report -> {
                DeviceReport answer = DeviceReport.decode(report.bytes());
                answers.put(answer.place(), answer);
              });
      if (answers.size() == before && answers.size() >= expected
          || expected > 0 && answers.size() >= expected) {
        break;
      }
    }
    return List.copyOf(answers.values());
  }

  static Result result(String layer, Request request, List<DeviceReport> answers, String place) {
    double[] rates =
        answers.stream()
            .filter(answer -> answer.problem().isEmpty())
            .mapToDouble(DeviceReport::megapixelsPerSecond)
            .sorted()
            .toArray();
    // Of two devices that is the faster one, beside which the other may be slow.
    double halfReach = rates.length == 0 ? 0 : rates[rates.length / 2];
    List<String[]> rows = new ArrayList<>();
    rows.add(
        new String[] {
          "host",
          "executor",
          "device",
          "engine",
          "precision",
          "Mpx/s",
          "window",
          "machine",
          "instructions",
          ""
        });
    for (DeviceReport answer : answers) {
      boolean sound = answer.problem().isEmpty();
      rows.add(
          new String[] {
            answer.host(),
            answer.executor(),
            answer.device(),
            answer.engine(),
            answer.precision(),
            sound ? String.format(Locale.ROOT, "%.3f", answer.megapixelsPerSecond()) : "-",
            sound ? PlanText.bytes(answer.sessionBytes()) : "-",
            PlanText.bytes(answer.machineBytes()),
            answer.instructionSet(),
            !sound
                ? answer.problem()
                : answer.megapixelsPerSecond() < SLOW * halfReach
                    ? "slow: at least half of the devices are more than twice as fast"
                    : ""
          });
    }
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, one gradient of %d x %d px, %s%n",
            layer,
            request.size(),
            request.size(),
            place));
    append(text, rows);
    text.append(
        String.format(
            Locale.ROOT,
            "%s, %.3f Mpx/s together%n",
            Counted.of(answers.size(), "device"),
            Arrays.stream(rates).sum()));
    long sets =
        answers.stream()
            .filter(answer -> answer.problem().isEmpty())
            .map(answer -> answer.engine() + answer.precision() + answer.instructionSet())
            .distinct()
            .count();
    if (sets > 1) {
      text.append("The devices are of several kinds, which give other bits: a render refuses those")
          .append(" that are not like the one it was planned on\n");
    }
    int missing = Math.max(0, request.expected() - answers.size());
    if (missing > 0) {
      text.append(missing).append(" of ").append(request.expected()).append(" did not answer\n");
    }
    boolean sound = sets == 1 && missing == 0 && rates.length == answers.size();
    return new Result(text.toString(), sound);
  }

  private static void append(StringBuilder text, List<String[]> rows) {
    int columns = rows.get(0).length;
    int[] widths = new int[columns];
    for (int column = 0; column < columns; column++) {
      int index = column;
      widths[column] = rows.stream().mapToInt(row -> row[index].length()).max().orElse(0);
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        boolean number = column >= 5 && column <= 7;
        String padding = " ".repeat(widths[column] - row[column].length());
        line.append(number ? padding + row[column] : row[column] + padding).append("  ");
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }
}
