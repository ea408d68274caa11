package org.reverie.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.util.OptionalLong;
import java.util.Set;
import org.reverie.conf.Counted;
import org.reverie.conf.JobKey;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.conf.UserException;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.MatrixRate;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.Roof;
import org.reverie.executor.engine.Session;
import org.reverie.executor.work.Machine;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** Times one gradient on every engine of this machine, in turn, beside the bound of each. */
public final class Bench {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);

  private static final String JSON_FLAG = "--json";
  private static final String MATRIX_PRODUCTS = "matrix-products";

  /** Beyond it a window's values are more than an array of Java holds. */
  private static final int MOST_PIXELS = 26_754;

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
   * @param precision that values are rounded to, or null for each engine's own
   * @param profile whether to say what an engine's time is spent on, where it can tell
   * @param json file for the numbers, or null
   */
  public record Request(
      RenderJob.Brain brain,
      String layer,
      int size,
      Integer threads,
      int rounds,
      String engine,
      EngineProvider.Precision precision,
      boolean profile,
      Path json) {}

  /**
   * Runs it.
   *
   * @return a table for people
   * @throws UserException if the brain or layer cannot be used, no engine can run, one has not the
   *     memory, or the file for the numbers cannot be written or is one that this program did not
   *     write
   */
  public static String run(Request request) {
    try {
      return measure(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String measure(Request request) throws IOException {
    Inspection inspection = new Inspection();
    Optional<BrainChoice> found = look(request, Set.of(), inspection);
    inspection.require();
    BrainChoice choice = found.orElseThrow();
    String layer = choice.targets().get(0).name();
    int threads = request.threads() == null ? Machine.processors() : request.threads();
    List<Contender> contenders = new ArrayList<>();
    List<MatrixRate> matrices = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    try {
      for (EngineProvider provider : Engines.providers()) {
        boolean named = request.engine().equals(provider.name());
        if (!named && !request.engine().equals(Engines.AUTO)) {
          continue;
        }
        EngineProvider.Availability availability = provider.availability();
        if (availability.available()) {
          EngineProvider.Options options =
              new EngineProvider.Options(
                  threads,
                  0,
                  request.precision() == null ? provider.defaultPrecision() : request.precision());
          try {
            contenders.add(contender(provider, choice, options, request.size()));
            provider.matrixRate(options).ifPresent(matrices::add);
          } catch (UserException e) {
            Problem first = e.problems().get(0);
            if (named || !first.code().equals("unsupported-precision")) {
              throw e;
            }
            remarks.add(provider.name() + " cannot run: " + first.what());
          }
        } else {
          remarks.add(provider.name() + " cannot run: " + availability.reason());
        }
      }
      if (contenders.isEmpty()) {
        throw UserException.of(
            "unsupported-precision",
            "--precision",
            "no engine computes in it here: " + String.join("; ", remarks),
            "Leave it out");
      }
      if (request.precision() == null) {
        contenders.forEach(contender -> contender.faster().ifPresent(remarks::add));
      }
      // In turn, so that what else the machine does meets all of them.
      for (int round = 0; round <= request.rounds(); round++) {
        for (Contender contender : contenders) {
          contender.round(round > 0);
        }
        matrices.forEach(MatrixRate::round);
      }
      List<Row> rows = contenders.stream().map(Contender::row).toList();
      if (request.json() != null) {
        write(request, choice.brain().name(), layer, threads, rows, matrices);
      }
      String text =
          text(choice.brain().name(), layer, request, threads, rows, remarks) + text(matrices);
      return request.profile() ? text + profiles(contenders) : text;
    } finally {
      matrices.forEach(MatrixRate::close);
      contenders.forEach(Contender::close);
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
    if (request.json() != null && !unread.contains(JSON_FLAG)) {
      inspection.look(() -> requireOurs(request.json()));
    }
    if (!unread.contains(JobKey.ENGINE.flag())) {
      inspection.look(() -> Engines.choose(request.engine()));
    }
    return BrainChoice.look(request.brain(), request.layer(), unread, inspection);
  }

  /** Whether a file holds the numbers of such a run. */
  static boolean isOurs(Path json) throws IOException {
    if (!Files.isRegularFile(json)) {
      return false;
    }
    try {
      return JSON.readTree(Files.readAllBytes(json)).has(MATRIX_PRODUCTS);
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static Contender contender(
      EngineProvider provider, BrainChoice choice, EngineProvider.Options options, int size) {
    String needs = provider.name() + " has not the memory for " + size + " x " + size + " px";
    if (size > MOST_PIXELS) {
      throw tooLarge(needs, null);
    }
    try {
      return new Contender(provider, choice, options, size);
    } catch (OutOfDeviceMemoryException | OutOfMemoryError e) {
      throw tooLarge(needs, e);
    }
  }

  private static UserException tooLarge(String needs, Throwable cause) {
    return UserException.of("too-large", "--size", needs, "Give a smaller --size", cause);
  }

  private static void requireOurs(Path json) throws IOException {
    requireWritable(json);
    if (Files.exists(json) && !isOurs(json)) {
      throw Overwriting.notOurs(new org.apache.hadoop.fs.Path(json.toUri()), "bench");
    }
  }

  private static void requireWritable(Path json) {
    Path folder = json.toAbsolutePath().getParent();
    boolean writable =
        Files.exists(json)
            ? !Files.isDirectory(json) && Files.isWritable(json)
            : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
    if (!writable) {
      throw UserException.of(
          "output-not-writable",
          JSON_FLAG,
          "no file can be written at " + json,
          "Name a file in a folder that is there and that you may write to");
    }
  }

  private static String profiles(List<Contender> contenders) {
    StringBuilder text = new StringBuilder();
    for (Contender contender : contenders) {
      text.append(contender.provider.name()).append(", one gradient: ");
      text.append(contender.profile().orElse("this engine has no profile\n"));
    }
    return text.toString();
  }

  private static String text(List<MatrixRate> matrices) {
    StringBuilder text = new StringBuilder();
    for (MatrixRate rate : matrices) {
      text.append(
          String.format(
              Locale.ROOT,
              "for comparison: %s, %.0f GFLOP/s%n",
              rate.description(),
              rate.gigaflopPerSecond()));
    }
    return text.toString();
  }

  private static void write(
      Request request,
      String brain,
      String layer,
      int threads,
      List<Row> rows,
      List<MatrixRate> matrices)
      throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("brain", brain);
    all.put("layer", layer);
    all.put("size", request.size());
    all.put("threads", threads);
    all.put("rounds", request.rounds());
    all.put("engines", rows);
    all.put(
        MATRIX_PRODUCTS,
        matrices.stream()
            .map(
                rate ->
                    Map.of(
                        "what",
                        rate.description(),
                        "gigaflop-per-second",
                        rate.gigaflopPerSecond()))
            .toList());
    Files.write(request.json(), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
  }

  private static String text(
      String brain,
      String layer,
      Request request,
      int threads,
      List<Row> rows,
      List<String> remarks) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s, %s, %d x %d px, %s, median of %s (smallest to largest)%n",
            brain,
            layer,
            request.size(),
            request.size(),
            Counted.of(threads, "thread"),
            Counted.of(request.rounds(), "round")));
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-8s %s, %.3f Mpx/s (%.3f to %.3f), %s%n",
              row.engine(),
              row.precision(),
              row.megapixelsPerSecond(),
              row.slowest(),
              row.fastest(),
              row.roofSeconds() == null ? "no roof measured" : roof(row)));
      text.append(
          String.format(
              Locale.ROOT,
              "         bytes per pixel (arena) %.0f, growth of resident memory %s%n",
              row.bytesPerPixel(),
              row.residentBytesPerPixel() == null
                  ? "not measured"
                  : String.format(
                      Locale.ROOT,
                      "%.0f bytes per pixel over a run of %d x %d px",
                      row.residentBytesPerPixel(),
                      Contender.SMALL_PIXELS,
                      Contender.SMALL_PIXELS)));
    }
    remarks.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  private static String roof(Row row) {
    return String.format(
        Locale.ROOT,
        "%.0f %% of the roof, medians of both (%.3f s, %.0f GFLOP/s: %s),"
            + " %.0f %% of its fastest rounds (%.3f s)",
        100 * row.shareOfRoof(),
        row.roofSeconds(),
        row.roofGigaflop() / row.roofSeconds(),
        row.roof(),
        100 * row.shareOfFastestRoof(),
        row.fastestRoofSeconds());
  }

  /**
   * What was found of one engine.
   *
   * @param engine its name
   * @param precision that its values were rounded to
   * @param instructionSet it uses
   * @param megapixelsPerSecond of gradients, the median
   * @param slowest round, megapixels per second
   * @param fastest round, megapixels per second
   * @param bytesPerPixel of a session, as its engine plans it, weights left out
   * @param residentBytesPerPixel growth of the process' resident memory from a gradient of 64 x 64
   *     px to one of this size, the canvas on the heap included; null where there is no such figure
   * @param weightBytes of the weights
   * @param roofSeconds the bound on one gradient, medians of the same rounds; null where it was not
   *     measured
   * @param fastestRoofSeconds the bound with every part's fastest round
   * @param roofGigaflop operations of it
   * @param shareOfRoof that bound over the median gradient: like with like
   * @param shareOfFastestRoof the bound of the fastest rounds over the median gradient, which a
   *     noisy machine lowers
   * @param roof what was timed
   */
  private record Row(
      String engine,
      String precision,
      String instructionSet,
      double megapixelsPerSecond,
      double slowest,
      double fastest,
      double bytesPerPixel,
      Double residentBytesPerPixel,
      long weightBytes,
      Double roofSeconds,
      Double fastestRoofSeconds,
      Double roofGigaflop,
      Double shareOfRoof,
      Double shareOfFastestRoof,
      String roof) {}

  /** One engine with its session and its bound. */
  private static final class Contender implements AutoCloseable {
    /** Edge of a window whose gradient takes next to no memory. */
    static final int SMALL_PIXELS = 64;

    private final EngineProvider provider;
    private final BrainChoice choice;
    private final EngineProvider.Options options;
    private final Engine engine;
    private final Double residentBytesPerPixel;
    private final Session session;
    private final Window window;
    private final Optional<Roof> roof;
    private final int size;
    private final List<Double> seconds = new ArrayList<>();

    Contender(
        EngineProvider provider, BrainChoice choice, EngineProvider.Options options, int size) {
      this.provider = provider;
      this.choice = choice;
      this.options = options;
      this.size = size;
      engine = provider.open(choice.brain(), choice.objective(), options);
      int stride = choice.geometry().stride();
      // Weights have other forms for large windows: they are made now, and all memory of the
      // session
      // itself is given back.
      engine.compile(size, size).close();
      OptionalLong residentBefore =
          size > SMALL_PIXELS ? smallRun(engine, stride) : OptionalLong.empty();
      session = engine.compile(size, size);
      window = window(size, stride);
      session.load(window, picture(size));
      session.gradient(Roll.NONE, window.loadedRegion());
      OptionalLong resident = ResidentMemory.bytes();
      residentBytesPerPixel =
          residentBefore.isPresent() && resident.isPresent()
              ? (resident.getAsLong() - residentBefore.getAsLong()) / (double) size / size
              : null;
      roof = provider.roof(choice.brain(), choice.objective(), options, size, size);
    }

    /** Resident memory with everything that does not depend on the window, weights included. */
    private static OptionalLong smallRun(Engine engine, int stride) {
      try (Session session = engine.compile(SMALL_PIXELS, SMALL_PIXELS)) {
        Window window = window(SMALL_PIXELS, stride);
        session.load(window, picture(SMALL_PIXELS));
        session.gradient(Roll.NONE, window.loadedRegion());
        return ResidentMemory.bytes();
      } catch (UserException e) {
        // The layer has no output at that size; there is nothing to compare with.
        return OptionalLong.empty();
      }
    }

    private static Window window(int size, int stride) {
      WindowAxis axis = new WindowAxis(Border.WRAP, size, 0, size, 0, size, stride);
      return new Window(axis, axis);
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

    Optional<String> profile() {
      return provider.profile(
          choice.brain(), choice.objective(), options, size, size, picture(size));
    }

    /** A precision that this machine would be faster in, for people. */
    Optional<String> faster() {
      return provider
          .fasterPrecision()
          .map(
              precision ->
                  "%s with --precision %s is faster here, in less memory"
                      .formatted(provider.name(), precision.written()));
    }

    Row row() {
      double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      double median = sorted[sorted.length / 2];
      double megapixels = size * (double) size / 1e6;
      return new Row(
          provider.name(),
          options.precision().written(),
          provider.instructionSet(),
          megapixels / median,
          megapixels / sorted[sorted.length - 1],
          megapixels / sorted[0],
          engine.bytesFor(size, size) / (double) size / size,
          residentBytesPerPixel,
          engine.weightBytes(),
          roof.map(Roof::seconds).orElse(null),
          roof.map(Roof::fastestSeconds).orElse(null),
          roof.map(bound -> bound.operations() / 1e9).orElse(null),
          roof.map(bound -> bound.seconds() / median).orElse(null),
          roof.map(bound -> bound.fastestSeconds() / median).orElse(null),
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
