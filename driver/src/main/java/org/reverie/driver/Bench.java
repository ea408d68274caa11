package org.reverie.driver;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.Roof;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;
import org.reverie.tiling.plan.RenderPlan;

/** Times one gradient on every engine of this machine, in turn, beside the bound of each. */
public final class Bench {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);

  private Bench() {}

  /**
   * What to time.
   *
   * @param brain the built-in one where its path is null
   * @param layer a layer's name, or null for the brain's preferred one
   * @param size edge of the square window, pixels
   * @param threads of every engine, or null for all processors
   * @param rounds how often each is timed, at least 1
   * @param engine one engine's name, or {@code auto} for all that can run
   * @param json file for the numbers, or null
   */
  public record Request(
      RenderJob.Brain brain,
      String layer,
      int size,
      Integer threads,
      int rounds,
      String engine,
      Path json) {}

  /**
   * Runs it.
   *
   * @return a table for people
   * @throws UserException if the brain or layer cannot be used, or no engine can run
   */
  public static String run(Request request) {
    try {
      return measure(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String measure(Request request) throws IOException {
    LoadedBrain loaded = BrainChoice.load(request.brain(), Places.configuration());
    String layer = request.layer() == null ? preferred(loaded) : request.layer();
    BrainChoice choice =
        new BrainChoice(loaded, List.of(new RenderPlan.Target(loaded.layer(layer), layer, 1)));
    int threads = request.threads() == null ? Machine.processors() : request.threads();
    EngineProvider.Options options =
        new EngineProvider.Options(threads, 0, EngineProvider.Precision.FLOAT32);
    List<Contender> contenders = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    try {
      for (EngineProvider provider : Engines.providers()) {
        boolean named = request.engine().equals(provider.name());
        if (!named && !request.engine().equals(Engines.AUTO)) {
          continue;
        }
        EngineProvider.Availability availability = provider.availability();
        if (availability.available()) {
          contenders.add(new Contender(provider, choice, options, request.size()));
        } else {
          absent.add(provider.name() + " cannot run: " + availability.reason());
        }
      }
      if (contenders.isEmpty()) {
        Engines.choose(request.engine());
      }
      // In turn, so that what else the machine does meets all of them.
      for (int round = 0; round <= request.rounds(); round++) {
        for (Contender contender : contenders) {
          contender.round(round > 0);
        }
      }
      List<Row> rows = contenders.stream().map(Contender::row).toList();
      if (request.json() != null) {
        write(request, layer, threads, rows);
      }
      return text(loaded.brain().name(), layer, request, threads, rows, absent);
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private static String preferred(LoadedBrain loaded) {
    if (loaded.brain().preferredLayers().isEmpty()) {
      throw UserException.of(
          "layer-missing",
          "--layer",
          "brain " + loaded.brain().name() + " does not say which of its layers to dream",
          "Choose one; ./reverie brain prints them");
    }
    return loaded.brain().preferredLayers().get(0);
  }

  private static void write(Request request, String layer, int threads, List<Row> rows)
      throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("layer", layer);
    all.put("size", request.size());
    all.put("threads", threads);
    all.put("rounds", request.rounds());
    all.put("engines", rows);
    Files.write(request.json(), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
  }

  private static String text(
      String brain,
      String layer,
      Request request,
      int threads,
      List<Row> rows,
      List<String> absent) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, %s, %d x %d px, %d threads, median of %d rounds (smallest to largest)%n",
            brain,
            layer,
            request.size(),
            request.size(),
            threads,
            request.rounds()));
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-8s %.3f Mpx/s (%.3f to %.3f), %.0f bytes per pixel, %s%n",
              row.engine(),
              row.megapixelsPerSecond(),
              row.slowest(),
              row.fastest(),
              row.bytesPerPixel(),
              row.roofSeconds() == null
                  ? "no roof measured"
                  : String.format(
                      Locale.ROOT,
                      "%.0f %% of the roof (%.3f s: %s)",
                      100 * row.shareOfRoof(),
                      row.roofSeconds(),
                      row.roof())));
    }
    absent.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /**
   * What was found of one engine.
   *
   * @param engine its name
   * @param instructionSet it uses
   * @param megapixelsPerSecond of gradients, the median
   * @param slowest round, megapixels per second
   * @param fastest round, megapixels per second
   * @param bytesPerPixel of a session, weights left out
   * @param weightBytes of the weights
   * @param roofSeconds the least time of one gradient, or null where it was not measured
   * @param roofGigaflop operations of it
   * @param shareOfRoof that time over the median
   * @param roof what was timed
   */
  private record Row(
      String engine,
      String instructionSet,
      double megapixelsPerSecond,
      double slowest,
      double fastest,
      double bytesPerPixel,
      long weightBytes,
      Double roofSeconds,
      Double roofGigaflop,
      Double shareOfRoof,
      String roof) {}

  /** One engine with its session and its bound. */
  private static final class Contender implements AutoCloseable {
    private final EngineProvider provider;
    private final Engine engine;
    private final Session session;
    private final Window window;
    private final Optional<Roof> roof;
    private final int size;
    private final List<Double> seconds = new ArrayList<>();

    Contender(
        EngineProvider provider, BrainChoice choice, EngineProvider.Options options, int size) {
      this.provider = provider;
      this.size = size;
      engine = provider.open(choice.brain(), choice.squares(), options);
      session = engine.compile(size, size);
      WindowAxis axis =
          new WindowAxis(Border.WRAP, size, 0, size, 0, size, choice.geometry().stride());
      window = new Window(axis, axis);
      session.load(window, picture(size));
      roof = provider.roof(choice.brain(), choice.squares(), options, size, size);
    }

    /** Values that no layer finds uniform: soft waves under a fixed noise. */
    private static float[] picture(int size) {
      float[] planes = new float[3 * size * size];
      for (int i = 0; i < planes.length; i++) {
        int x = i % size;
        int y = i / size;
        double wave = 60 * Math.sin(x * 0.05) * Math.cos(y * 0.03);
        planes[i] = (float) (wave + (i * 2654435761L >>> 7 & 63) - 32);
      }
      return planes;
    }

    void round(boolean counts) {
      long start = System.nanoTime();
      session.gradient(Roll.NONE, window.loadedRegion());
      if (counts) {
        seconds.add((System.nanoTime() - start) / 1e9);
      }
      roof.ifPresent(Roof::round);
    }

    Row row() {
      double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      double median = sorted[sorted.length / 2];
      double megapixels = size * (double) size / 1e6;
      return new Row(
          provider.name(),
          provider.instructionSet(),
          megapixels / median,
          megapixels / sorted[sorted.length - 1],
          megapixels / sorted[0],
          engine.bytesFor(size, size) / (double) size / size,
          engine.weightBytes(),
          roof.map(Roof::seconds).orElse(null),
          roof.map(bound -> bound.operations() / 1e9).orElse(null),
          roof.map(bound -> bound.seconds() / median).orElse(null),
          roof.map(Roof::description).orElse(null));
    }

    @Override
    public void close() {
      roof.ifPresent(Roof::close);
      session.close();
      engine.close();
    }
  }
}
