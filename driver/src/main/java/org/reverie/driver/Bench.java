package org.reverie.driver;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
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
    LoadedBrain loaded = BrainChoice.load(request.brain(), new Configuration());
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
      List<Map<String, Object>> rows = contenders.stream().map(Contender::row).toList();
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

  private static void write(
      Request request, String layer, int threads, List<Map<String, Object>> rows)
      throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("layer", layer);
    all.put("size", request.size());
    all.put("threads", threads);
    all.put("rounds", request.rounds());
    all.put("engines", rows);
    Files.write(
        request.json(), new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
  }

  private static String text(
      String brain,
      String layer,
      Request request,
      int threads,
      List<Map<String, Object>> rows,
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
    for (Map<String, Object> row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-8s %.3f Mpx/s (%.3f to %.3f), %.0f bytes per pixel, %s%n",
              row.get("engine"),
              row.get("megapixels-per-second"),
              row.get("slowest"),
              row.get("fastest"),
              row.get("bytes-per-pixel"),
              row.get("roof")));
    }
    absent.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

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

    Map<String, Object> row() {
      double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      double median = sorted[sorted.length / 2];
      double megapixels = size * (double) size / 1e6;
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("engine", provider.name());
      row.put("instruction-set", provider.instructionSet());
      row.put("megapixels-per-second", megapixels / median);
      row.put("slowest", megapixels / sorted[sorted.length - 1]);
      row.put("fastest", megapixels / sorted[0]);
      row.put("seconds", Arrays.stream(sorted).boxed().toList());
      row.put("bytes-per-pixel", engine.bytesFor(size, size) / (double) size / size);
      row.put("weight-bytes", engine.weightBytes());
      if (roof.isPresent()) {
        Roof bound = roof.get();
        row.put("roof-seconds", bound.seconds());
        row.put("gigaflop", bound.operations() / 1e9);
        row.put("share-of-roof", bound.seconds() / median);
        row.put(
            "roof",
            String.format(
                Locale.ROOT,
                "%.0f %% of the roof (%.3f s: %s)",
                100 * bound.seconds() / median,
                bound.seconds(),
                bound.description()));
      } else {
        row.put("roof", "no roof measured");
      }
      return row;
    }

    @Override
    public void close() {
      roof.ifPresent(Roof::close);
      session.close();
      engine.close();
    }
  }
}
