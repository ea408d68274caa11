package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.CharConversionException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.work.Machine;
import org.reverie.executor.work.PlanCodec;
import org.reverie.tiling.plan.Hardware;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.StageLoad;
import org.reverie.tiling.plan.StageLoad.Kind;

/**
 * What a finished render tells of the machine it ran on.
 *
 * @param brain that its job named
 * @param layers that its job named; empty for the brain's preferred one
 * @param plan of the render
 * @param loads of its stages
 * @param walls seconds that the driver waited, by kind
 * @param seconds in all
 * @param hardware whose rates explain it
 */
record MeasuredRates(
    RenderJob.Brain brain,
    List<String> layers,
    RenderPlan plan,
    List<StageLoad> loads,
    Map<Kind, Double> walls,
    double seconds,
    Hardware hardware) {
  /** Measured by {@code SparkTileRunnerTest}: tasks that do nothing, one after the other. */
  static final double TASK_SECONDS = 0.003;

  /** A stage without tasks: a broadcast and two jobs' round trips. */
  static final double STAGE_SECONDS = 0.05;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+).*");

  /**
   * Reads the report of a render that ran from its beginning to its end in one go.
   *
   * @param report path or URI of {@code <output>.json}
   * @throws UserException if it is no such report
   */
  static MeasuredRates of(String report) throws IOException {
    Configuration configuration = Places.configuration();
    Path path = Places.path(report, configuration);
    FileSystem fileSystem = Places.fileSystem(path, configuration);
    if (fileSystem.exists(path) && fileSystem.getFileStatus(path).isDirectory()) {
      throw unusable(report, "this is a folder", null);
    }
    try (InputStream in = fileSystem.open(path)) {
      JsonNode json = JSON.readTree(in);
      JsonNode run = json.path("run");
      if (run.path("stages").isMissingNode() || json.path("plan").isMissingNode()) {
        throw unusable(report, "this is no report of a render", null);
      }
      JsonNode job = json.path("job");
      return of(
          brain(job.path("brain")),
          layers(job.at("/dream/layers")),
          PlanCodec.decode(JSON.writeValueAsBytes(json.path("plan"))),
          run,
          slots(run.path("master").asText()));
    } catch (FileNotFoundException e) {
      throw unusable(report, "there is no such file", e);
    } catch (JsonProcessingException | CharConversionException e) {
      throw unusable(report, "this is no JSON, or it breaks off", e);
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw unusable(report, "this version cannot read it: " + e.getMessage(), e);
    }
  }

  private static UserException unusable(String report, String what, Throwable cause) {
    return UserException.of(
        "bad-report", report, what, "Name the .json beside a finished print", cause);
  }

  private static RenderJob.Brain brain(JsonNode named) {
    JsonNode seed = named.path("random-weights");
    return new RenderJob.Brain(
        named.path("path").asText(null), seed.isNumber() ? seed.asLong() : null, null);
  }

  private static List<String> layers(JsonNode named) {
    List<String> layers = new ArrayList<>();
    // The word "auto" has no elements.
    named.forEach(layer -> layers.add(layer.asText()));
    return List.copyOf(layers);
  }

  private static MeasuredRates of(
      RenderJob.Brain brain, List<String> layers, RenderPlan plan, JsonNode run, int slots) {
    Map<Kind, Double> walls = new EnumMap<>(Kind.class);
    Map<Kind, Double> others = new EnumMap<>(Kind.class);
    double gradients = 0;
    double engine = 0;
    int pieces = 1;
    var fields = run.path("stages").fields();
    while (fields.hasNext()) {
      var field = fields.next();
      Kind kind = kind(field.getKey());
      JsonNode stage = field.getValue();
      walls.merge(kind, stage.path("wall-seconds").asDouble(), Double::sum);
      others.merge(kind, stage.path("other-seconds").asDouble(), Double::sum);
      gradients += stage.path("gradient-megapixels").asDouble();
      engine += stage.path("engine-seconds").asDouble();
      if (kind == Kind.ENCODE) {
        pieces = Math.max(1, stage.path("tasks").asInt());
      }
    }
    List<StageLoad> loads = PlanLoads.of(plan, pieces);
    Map<Kind, Double> rates = new EnumMap<>(Kind.class);
    double moved = 0;
    for (StageLoad load : loads) {
      rates.merge(load.kind(), load.megapixels(), Double::sum);
      moved += load.kind() == Kind.TILES ? load.movedBytes() : 0;
    }
    double walled = walls.values().stream().mapToDouble(Double::doubleValue).sum();
    rates.replaceAll(
        (kind, megapixels) ->
            megapixels / (kind == Kind.INPUT ? walls : others).getOrDefault(kind, Double.NaN));
    complete(rates);
    Hardware hardware =
        new Hardware(
            gradients / engine,
            slots,
            true,
            rates,
            moved / others.getOrDefault(Kind.TILES, Double.NaN),
            Double.POSITIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            TASK_SECONDS,
            STAGE_SECONDS,
            run.path("seconds").asDouble() - walled);
    return new MeasuredRates(
        brain, layers, plan, loads, walls, run.path("seconds").asDouble(), hardware);
  }

  /** A small render may lack a kind of stage: it is taken to cost what a start does. */
  private static void complete(Map<Kind, Double> rates) {
    double start = rates.get(Kind.START);
    for (Kind kind : Kind.values()) {
      Double rate = rates.get(kind);
      if (rate == null || !Double.isFinite(rate) || rate <= 0) {
        rates.put(kind, start);
      }
    }
  }

  private static int slots(String master) {
    Matcher local = LOCAL.matcher(master);
    return local.matches() ? Integer.parseInt(local.group(1)) : Machine.processors() + 1;
  }

  private static Kind kind(String stage) {
    return switch (stage) {
      case "input" -> Kind.INPUT;
      case "base" -> Kind.BASE;
      case "start" -> Kind.START;
      case "gradient", "step-gradient", "dream" -> Kind.TILES;
      case "step" -> Kind.STEP;
      case "stitch" -> Kind.STITCH;
      case "seams" -> Kind.SEAMS;
      case "encode" -> Kind.ENCODE;
      default -> throw new IllegalArgumentException("stage " + stage);
    };
  }
}
