package org.reverie.driver.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;
import org.reverie.driver.ProgressView;
import org.reverie.driver.Render;

/**
 * A whole render in local mode whose engine costs nothing and whose store keeps one colour: what is
 * left is the driver, the scheduler, and the way of every pixel through tasks. A process of its own,
 * so that its heap can be bounded; prints one line per measure.
 */
public final class SimulatedRender {
  private SimulatedRender() {}

  /** Arguments: width, height, tile, octaves, iterations, and the folder for the print. */
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
                    run: {engine: free, memory: 64m, work-dir: "flat:///work"}
                    """
                        .formatted(
                            out,
                            arguments[0],
                            arguments[1],
                            arguments[3],
                            arguments[4],
                            arguments[2]))));
    Render.run(job, ProgressView.silent());
    long heap = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      heap += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    JsonNode run = new ObjectMapper().readTree(Path.of(out + ".json").toFile()).path("run");
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
    System.out.printf(Locale.ROOT, "heap-megabytes %.0f%n", heap / 1e6);
    System.out.printf(Locale.ROOT, "tasks %.0f%n", tasks);
    System.out.printf(Locale.ROOT, "task-overhead-ms %.2f%n", 1e3 * idle / tasks);
    System.out.printf(Locale.ROOT, "tiles %.0f%n", tiles);
    System.out.printf(Locale.ROOT, "tile-overhead-ms %.2f%n", 1e3 * tileIdle / tiles);
  }
}
