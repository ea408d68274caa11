package org.reverie.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.reverie.conf.JobKey;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
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

  private Scale() {}

  /**
   * What to ask.
   *
   * @param brain that of the measured report where its path is null
   * @param layers as a job names them; empty for those of the measured report, or the preferred one
   *     of another brain
   * @param rate of one device, megapixels of gradients per second; 0 takes the report's
   * @param memoryBytes of one device, for tiles
   * @param gigabits of one machine's link to the store, per second
   * @param storeGigabits that the store gives to all machines together, per second; 0 for no bound
   * @param price of one device and hour, with its machine
   * @param measured report of a render on such a machine, from which all other rates are taken
   * @param against reports of other renders, to hold the model against
   */
  public record Request(
      RenderJob.Brain brain,
      List<String> layers,
      double rate,
      long memoryBytes,
      double gigabits,
      double storeGigabits,
      double price,
      String measured,
      List<String> against) {}

  /**
   * Computes the table.
   *
   * @throws org.reverie.conf.UserException if a brain, a layer or a report cannot be used
   */
  public static String table(Request request) {
    try {
      MeasuredRates measured = MeasuredRates.of(request.measured());
      StringBuilder text = new StringBuilder();
      if (!request.against().isEmpty()) {
        text.append(check(measured, request.against())).append('\n');
      }
      return text.append(new Table(request, measured).text()).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model beside what was measured; the rates are those of the first report. */
  private static String check(MeasuredRates rates, List<String> reports) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("The model against measured renders (all rates are those of the first):\n\n");
    text.append("| canvas | how | tiles | measured | model | model / measured | engine's stages |")
        .append(" other stages |\n|---|---|---|---|---|---|---|---|\n");
    List<MeasuredRates> all = new ArrayList<>();
    all.add(rates);
    for (String report : reports) {
      all.add(MeasuredRates.of(report));
    }
    for (MeasuredRates each : all) {
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
    private final RenderJob.Brain named;
    private final List<String> layers;
    private final BrainChoice brain;
    private final LayerGeometry geometry;
    private final int autoHalo;
    private final WindowMemory memory;

    Table(Request request, MeasuredRates measured) throws IOException {
      this.request = request;
      named = request.brain().path() == null ? measured.brain() : request.brain();
      LoadedBrain loaded = BrainChoice.load(named, Places.configuration());
      boolean same =
          request.brain().path() == null
              || loaded.brain().hash().equals(measured.plan().brain().hash());
      layers = !request.layers().isEmpty() || !same ? request.layers() : measured.layers();
      brain = BrainChoice.of(job(CANVASES.get(0), 0, "auto"), loaded);
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
              job(canvas, tile, sync),
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

    private RenderJob job(Size canvas, int tile, String sync) {
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

    private static String bytes(double bytes) {
      return bytes >= 1e12
          ? String.format(Locale.ROOT, "%.1f TB", bytes / 1e12)
          : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
  }
}
