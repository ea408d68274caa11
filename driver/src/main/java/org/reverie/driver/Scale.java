package org.reverie.driver;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.reverie.conf.JobKey;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.Problem;
import org.reverie.conf.RenderJob;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.work.Machine;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.CostModel;
import org.reverie.tiling.plan.Hardware;
import org.reverie.tiling.plan.PlanRequest;
import org.reverie.tiling.plan.Planner;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.plan.StageLoad;
import org.reverie.tiling.plan.StageLoad.Kind;

/** What large canvases would take on clusters, by the planner and its cost model. */
public final class Scale {
  private static final List<Size> CANVASES =
      List.of(new Size(5400, 5400), new Size(18_000, 18_000), new Size(60_000, 40_000));
  private static final List<Integer> DEVICES = List.of(1, 8, 64);

  /** Cores that are tried; the largest that memory holds is tried first. */
  private static final int[] TILES = {8192, 4096, 2048, 1024, 512};

  /** A photograph of 24 megapixels, as cameras make them. */
  private static final Size INPUT = new Size(6000, 4000);

  private static final double GIGABIT_BYTES = 1.25e8;

  /** What a command line calls a report. */
  private static final String REPORT = "REPORT";

  private Scale() {}

  /**
   * What to ask.
   *
   * @param brain null for that of the measured report; the built-in one where its path is null
   * @param layers as a job names them; empty for those of the measured report, or the preferred one
   *     of another brain
   * @param rate of one device, megapixels of gradients per second; 0 takes the report's
   * @param memoryBytes of one device, for tiles
   * @param gigabits of one machine's link to the store, per second
   * @param storeGigabits that the store gives to all machines together, per second; 0 for no bound
   * @param price of one device and hour, with its machine
   * @param reports at least one: that of a render on such a machine, from which all other rates are
   *     taken, then those of other renders, to hold the model against
   */
  public record Request(
      RenderJob.Brain brain,
      List<String> layers,
      double rate,
      long memoryBytes,
      double gigabits,
      double storeGigabits,
      double price,
      List<String> reports) {}

  /**
   * Computes the table.
   *
   * @throws org.reverie.conf.UserException with all that cannot be used of brain, layer and reports
   */
  public static String table(Request request) {
    Inspection inspection = new Inspection();
    Optional<Basis> basis = look(request, Set.of(), inspection);
    inspection.require();
    StringBuilder text = new StringBuilder();
    if (request.reports().size() > 1) {
      text.append(check(basis.orElseThrow().reports())).append('\n');
    }
    return text.append(new Table(request, basis.orElseThrow()).text()).toString();
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
    Optional<Basis> unused = look(request, unread, inspection);
    return inspection.problems();
  }

  /**
   * What the files of a request hold.
   *
   * @param reports at least one
   * @param named the brain, by the request or the first report
   * @param layers as a job names them; empty for the preferred one
   * @param brain that brain with these layers
   */
  private record Basis(
      List<MeasuredRates> reports, RenderJob.Brain named, List<String> layers, BrainChoice brain) {}

  /** Empty where the inspection found why not, or nobody knows what was meant. */
  private static Optional<Basis> look(Request request, Set<String> unread, Inspection inspection) {
    List<Optional<MeasuredRates>> reports =
        (unread.contains(REPORT) ? List.<String>of() : request.reports())
            .stream().map(report -> inspection.read(() -> MeasuredRates.of(report))).toList();
    if (BrainChoice.isUnread(unread)) {
      return Optional.empty();
    }
    Optional<MeasuredRates> measured = reports.stream().findFirst().flatMap(first -> first);
    boolean isNamed = request.brain() != null;
    Optional<RenderJob.Brain> named =
        isNamed ? Optional.of(request.brain()) : measured.map(MeasuredRates::brain);
    Optional<LoadedBrain> loaded =
        named.flatMap(
            brain ->
                inspection.read(
                    () ->
                        BrainChoice.load(
                            brain,
                            isNamed
                                ? "Check --brain"
                                : "Name it by --brain: "
                                    + request.reports().get(0)
                                    + " has this path",
                            Places.configuration())));
    if (loaded.isEmpty() || unread.contains(JobKey.LAYERS.flag())) {
      return Optional.empty();
    }
    List<String> layers = request.layers();
    if (layers.isEmpty()) {
      if (measured.isEmpty()) {
        return Optional.empty();
      }
      boolean same =
          !isNamed || loaded.get().brain().hash().equals(measured.get().plan().brain().hash());
      layers = same ? measured.get().layers() : List.of();
    }
    List<String> dreamt = layers;
    return inspection
        .read(
            () ->
                BrainChoice.of(job(named.get(), dreamt, CANVASES.get(0), 0, "auto"), loaded.get()))
        .filter(brain -> reports.stream().allMatch(Optional::isPresent))
        .map(
            brain ->
                new Basis(
                    reports.stream().map(Optional::orElseThrow).toList(),
                    named.get(),
                    dreamt,
                    brain));
  }

  /**
   * The job of a canvas.
   *
   * @param tile as {@code --tile} has it; 0 for none
   */
  private static RenderJob job(
      RenderJob.Brain named, List<String> layers, Size canvas, int tile, String sync) {
    Map<JobKey<?>, List<String>> keys = new LinkedHashMap<>();
    keys.put(JobKey.SOURCE, List.of("photograph.jpg"));
    keys.put(JobKey.OUT, List.of("print.tif"));
    keys.put(JobKey.SYNC, List.of(sync));
    keys.put(JobKey.WIDTH, List.of(canvas.width() + "px"));
    keys.put(JobKey.HEIGHT, List.of(canvas.height() + "px"));
    if (named.path() != null) {
      keys.put(JobKey.BRAIN, List.of(named.path()));
    }
    if (named.randomWeights() != null) {
      keys.put(JobKey.RANDOM_WEIGHTS, List.of(named.randomWeights().toString()));
    }
    if (!layers.isEmpty()) {
      keys.put(JobKey.LAYERS, layers);
    }
    if (tile > 0) {
      keys.put(JobKey.TILE, List.of(Integer.toString(tile)));
    }
    return JobReader.read(List.of(JobLayer.ofFlags(null, keys)));
  }

  /** The model beside what was measured; the rates are those of the first report. */
  private static String check(List<MeasuredRates> reports) {
    MeasuredRates rates = reports.get(0);
    StringBuilder text = new StringBuilder();
    text.append("The model against measured renders (all rates are those of the first):\n\n");
    text.append("| canvas | how | tiles | measured | model | model / measured | engine's stages |")
        .append(" other stages |\n|---|---|---|---|---|---|---|---|\n");
    for (MeasuredRates each : reports) {
      CostModel.Estimate estimate = new CostModel(rates.hardware()).estimate(each.loads(), 1);
      double tiles = each.walls().getOrDefault(Kind.TILES, 0.0);
      double others = -tiles;
      double model = -estimate.kinds().get(Kind.TILES);
      for (double wall : each.walls().values()) {
        others += wall;
      }
      for (double kind : estimate.kinds().values()) {
        model += kind;
      }
      text.append(
          String.format(
              Locale.ROOT,
              "| %s px | %s | %d | %.1f s | %.1f s | %.2f | %.1f s, %.1f s | %.1f s, %.1f s |%n",
              each.plan().canvas(),
              each.plan().last().mode().name().toLowerCase(Locale.ROOT),
              each.plan().last().rounds().get(0).lattice().tiles(),
              each.seconds(),
              estimate.seconds(),
              estimate.seconds() / each.seconds(),
              tiles,
              estimate.kinds().get(Kind.TILES),
              others,
              model));
    }
    return text.toString();
  }

  /** One table: canvases by devices. */
  private static final class Table {
    private final Request request;
    private final Hardware hardware;
    private final Basis basis;
    private final BrainChoice brain;
    private final LayerGeometry geometry;
    private final int autoHalo;
    private final WindowMemory memory;

    Table(Request request, Basis basis) {
      this.request = request;
      this.basis = basis;
      brain = basis.brain();
      MeasuredRates measured = basis.reports().get(0);
      geometry = brain.geometry();
      // Halos are measured in float32, whatever a render computes in.
      EngineProvider provider = Engines.choose(Engines.AUTO).provider();
      EngineProvider.Options options =
          new EngineProvider.Options(Machine.processors(), 0, EngineProvider.Precision.FLOAT32);
      try (Engine engine = provider.open(brain.brain(), brain.objective(), options)) {
        autoHalo =
            AutoHalo.pixels(
                brain,
                geometry,
                engine,
                objective -> provider.open(brain.brain(), objective, options));
      }
      RenderPlan.EngineFacts engine = measured.plan().engine();
      memory =
          WindowMemory.of(
              brain,
              engine.name(),
              EngineProvider.Precision.valueOf(engine.precision()),
              Engines.providers());
      hardware = cluster(measured.hardware());
    }

    /** The measured machine, on the network that was asked for. */
    private Hardware cluster(Hardware measured) {
      return new Hardware(
          request.rate() > 0 ? request.rate() : measured.gradientRate(),
          measured.slots(),
          true,
          measured.rates(),
          measured.tileBytesPerSecond(),
          request.gigabits() * GIGABIT_BYTES,
          request.storeGigabits() > 0
              ? request.storeGigabits() * GIGABIT_BYTES
              : Double.POSITIVE_INFINITY,
          measured.taskSeconds(),
          measured.stageSeconds(),
          measured.beginSeconds());
    }

    String text() {
      StringBuilder text = new StringBuilder();
      text.append(
          String.format(
              Locale.ROOT,
              "%s, %s: %.1f Mpx/s of gradients a device, %.0f bytes per pixel of a window (%s)"
                  + " in %.0f GiB, link %.0f Gbit/s, store %s, %.2f an hour a device.%n%n",
              brain.brain().name(),
              String.join(" + ", brain.targets().stream().map(t -> t.name()).toList()),
              hardware.gradientRate(),
              memory.bytesPerPixel(),
              memory.precision(),
              request.memoryBytes() / (double) (1L << 30),
              request.gigabits(),
              request.storeGigabits() > 0
                  ? String.format(Locale.ROOT, "%.0f Gbit/s", request.storeGigabits())
                  : "without a bound",
              request.price()));
      text.append("| canvas | devices | tile | time | gradients | through the network |")
          .append(" work directory | cost | speed-up | lost most to |\n")
          .append("|---|---|---|---|---|---|---|---|---|---|\n");
      for (Size canvas : CANVASES) {
        double single = 0;
        for (int devices : DEVICES) {
          Best best = best(canvas, devices);
          single = devices == 1 ? best.seconds() : single;
          text.append(row(canvas, devices, best, single));
        }
      }
      return text.toString();
    }

    private String row(Size canvas, int devices, Best best, double single) {
      CostModel.Share loss = best.estimate.largestLoss();
      double seconds = best.seconds();
      return String.format(
          Locale.ROOT,
          "| %s px | %d | %d px, %s | %s | %.0f Mpx | %s | %s | %.2f | %.1f of %d | %s, %.0f %% |%n",
          canvas,
          devices,
          best.plan.tilePixels(),
          best.sync.equals("auto")
              ? best.plan.last().mode().name().toLowerCase(Locale.ROOT)
              : "--sync " + best.sync,
          Spans.people(seconds),
          best.loads.stream().mapToDouble(StageLoad::gradientMegapixels).sum(),
          bytes(best.loads.stream().mapToDouble(StageLoad::movedBytes).sum()),
          bytes(60.0 * canvas.pixels()),
          seconds / 3600 * devices * request.price(),
          single / seconds,
          devices,
          loss.name().toLowerCase(Locale.ROOT),
          100 * best.estimate.shares().get(loss) / seconds);
    }

    /**
     * @param sync when its tiles meet, as {@code --sync} has it
     */
    private record Best(
        RenderPlan plan, String sync, List<StageLoad> loads, CostModel.Estimate estimate) {
      double seconds() {
        return estimate.seconds();
      }
    }

    /**
     * The fastest way. A planner knows no rates, so what it takes exactly, at a few more pixels,
     * may take most of its time to carry state about: then tiles that meet once per octave are told
     * of, if by them a print takes less by the share that exactness is worth elsewhere. Which
     * devices a rate that is given belongs to is not known; on accelerators the planner takes such
     * tiles itself.
     */
    private Best best(Size canvas, int devices) {
      Best auto = best(canvas, devices, "auto");
      Best octave = best(canvas, devices, "octave");
      return auto.seconds() > Planner.EXACT_MODE_COST * octave.seconds() ? octave : auto;
    }

    /** The fastest of all tiles that memory holds: on many devices a smaller one. */
    private Best best(Size canvas, int devices, String sync) {
      CostModel model = new CostModel(hardware);
      Map<Integer, Best> tried = new LinkedHashMap<>();
      for (int tile : TILES) {
        RenderPlan plan = plan(canvas, tile, sync);
        tried.computeIfAbsent(
            plan.tilePixels(),
            edge -> {
              List<StageLoad> loads = PlanLoads.of(plan, pieces(canvas));
              return new Best(plan, sync, loads, model.estimate(loads, devices));
            });
      }
      return tried.values().stream().min(Comparator.comparingDouble(Best::seconds)).orElseThrow();
    }

    private static int pieces(Size canvas) {
      long edge = PrintSpecification.TILE_EDGE;
      return Math.toIntExact(
          ((canvas.width() - 1) / edge + 1) * ((canvas.height() - 1) / edge + 1));
    }

    private RenderPlan plan(Size canvas, int tile, String sync) {
      return Planner.plan(
          new PlanRequest(
              job(basis.named(), basis.layers(), canvas, tile, sync),
              INPUT,
              8,
              "",
              "",
              geometry,
              autoHalo,
              brain.facts("", ""),
              new RenderPlan.EngineFacts("", memory.computed().name(), "", 1),
              (width, height) -> (long) (memory.bytesPerPixel() * width * height),
              request.memoryBytes(),
              false));
    }

    private static String bytes(double bytes) {
      return bytes >= 1e12
          ? String.format(Locale.ROOT, "%.1f TB", bytes / 1e12)
          : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
  }
}
