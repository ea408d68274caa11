package org.reverie.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;
import org.reverie.driver.simulation.FlatFileSystem;
import org.reverie.executor.print.PieceEncoder;
import org.reverie.executor.print.PrintSpecification;
import org.reverie.executor.store.ChunkGrid;
import org.reverie.executor.store.Key;
import org.reverie.executor.store.Kind;
import org.reverie.executor.store.Store;
import org.reverie.executor.work.PlanCodec;
import org.reverie.executor.work.RenderSetup;
import org.reverie.executor.work.Stage;
import org.reverie.executor.work.TaskBody;
import org.reverie.executor.work.TaskReport;
import org.reverie.executor.work.Tasks;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.plan.RenderPlan;

/**
 * A whole render in local mode whose engine costs nothing and whose store keeps one colour, in a
 * process of its own, so that its heap can be bounded; prints one line per measure.
 *
 * <p>With {@code pixels}, every pixel goes its way through tasks and store. With {@code tasks}, a
 * task does nothing at all but for the seam meter's, and a print of one colour is made of one
 * piece: what is left is the driver, the scheduler, the seam meter and the print.
 */
public final class SimulatedRender {
  private SimulatedRender() {}

  /**
   * Arguments: width, height, tile, octaves, iterations, the folder for the print, and {@code
   * pixels} or {@code tasks}.
   */
  public static void main(String[] arguments) throws Exception {
    Path out = Path.of(arguments[5]).resolve("mural.tif");
    RenderJob job =
        JobReader.read(
            List.of(
                JobLayer.ofYaml(
                    "simulation",
                    """
                    input.source: "color:#285078"
                    print: {out: %s, width: %spx, height: %spx}
                    dream: {octaves: %s, iterations: %s}
                    tiles: {tile: %s, halo: exact, sync: 1}
                    run: {engine: free, memory: 64m, work-dir: "flat:///work", master: "local[3]"}
                    """
                        .formatted(
                            out,
                            arguments[0],
                            arguments[1],
                            arguments[3],
                            arguments[4],
                            arguments[2]))));
    boolean pixels = arguments[6].equals("pixels");
    long width = Long.parseLong(arguments[0]);
    long height = Long.parseLong(arguments[1]);
    if (!pixels) {
      FlatFileSystem.fill(Integer.parseInt(arguments[3]) - 1, width, height);
    }
    TaskBody body = pixels ? Tasks::perform : SimulatedRender::nothing;
    try (RenderSession session = new RenderSession(job.run().master(), body)) {
      Render.run(job, session, ProgressView.silent());
    }
    System.gc();
    long heap = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      heap += pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage().getUsed() : 0;
    }
    JsonNode run = new ObjectMapper().readTree(Path.of(out + ".json").toFile()).path("run");
    if (!run.path("master").asText().startsWith("local[3")) {
      throw new IllegalStateException("not through Spark's scheduler: " + run.path("master"));
    }
    // One more task than cores, as local mode runs them.
    int slots = Runtime.getRuntime().availableProcessors() + 1;
    double tasks = 0;
    double idle = 0;
    double tiles = 0;
    double tileIdle = 0;
    var stages = run.path("stages").fields();
    while (stages.hasNext()) {
      var stage = stages.next();
      JsonNode numbers = stage.getValue();
      double count = numbers.path("tasks").asDouble();
      double wall = numbers.path("wall-seconds").asDouble();
      double busy =
          numbers.path("engine-seconds").asDouble() + numbers.path("other-seconds").asDouble();
      System.out.printf(
          Locale.ROOT,
          "stage %s tasks %.0f wall %.2f s busy %.2f s%n",
          stage.getKey(),
          count,
          wall,
          busy);
      if (count > 0) {
        tasks += count;
        idle += Math.max(0, wall - busy / slots);
        if (stage.getKey().endsWith("gradient")) {
          tiles += count;
          tileIdle += Math.max(0, wall - busy / slots);
        }
      }
    }
    System.out.printf(Locale.ROOT, "seconds %.1f%n", run.path("seconds").asDouble());
    System.out.printf(Locale.ROOT, "kept-megabytes %.0f%n", heap / 1e6);
    System.out.printf(Locale.ROOT, "tasks %.0f%n", tasks);
    System.out.printf(Locale.ROOT, "task-overhead-ms %.2f%n", 1e3 * idle / tasks);
    System.out.printf(Locale.ROOT, "tiles %.0f%n", tiles);
    System.out.printf(Locale.ROOT, "tile-overhead-ms %.2f%n", 1e3 * tileIdle / tiles);
  }

  private static TaskReport nothing(RenderSetup setup, Stage stage, int task) {
    if (stage.kind() == Stage.Kind.SEAMS) {
      return Tasks.perform(setup, stage, task);
    }
    byte[] bytes = {};
    try {
      if (stage.kind() == Stage.Kind.ENCODE) {
        bytes = Piece.of(setup.print());
      } else if (stage.kind() == Stage.Kind.STEP && task == 0) {
        store(setup, stage);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double[] sums = stage.kind().name().endsWith("GRADIENT") ? new double[] {0} : new double[0];
    return new TaskReport(task, sums, 0, 0, 0, false, 1, bytes);
  }

  /** One chunk of every size that the canvas has; all others are like them. */
  private static void store(RenderSetup setup, Stage stage) throws IOException {
    RenderPlan plan = PlanCodec.decode(setup.plan());
    ChunkGrid grid = new ChunkGrid(plan.octaves().get(stage.octave()).size());
    Store store = Store.open(setup.store(), new Configuration());
    int last = grid.count() - 1;
    for (int chunk : new int[] {0, grid.columns() - 1, last - grid.columns() + 1, last}) {
      Rectangle part = grid.rectangle(chunk);
      float[] planes = new float[Math.toIntExact(3 * part.pixels())];
      store.write(
          new Key(
              Kind.STATE,
              stage.octave(),
              plan.octaves().get(stage.octave()).rounds().size(),
              chunk),
          part,
          planes);
    }
  }

  /** The one piece that the print is made of; beyond the print a tile repeats its border. */
  private static final class Piece {
    private static byte[] encoded;

    static synchronized byte[] of(PrintSpecification print) {
      if (encoded == null) {
        float[] planes = new float[Math.toIntExact(3 * print.piece(0).pixels())];
        int plane = planes.length / 3;
        Arrays.fill(planes, 0, plane, 0x28);
        Arrays.fill(planes, plane, 2 * plane, 0x50);
        Arrays.fill(planes, 2 * plane, 3 * plane, 0x78);
        encoded = PieceEncoder.encode(print, 0, planes);
      }
      return encoded;
    }
  }
}
