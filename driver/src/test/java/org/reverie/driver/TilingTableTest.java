package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;
import org.reverie.executor.brain.caffe.BuiltInBrain;
import org.reverie.executor.work.Machine;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Lattice;

/**
 * What halo, core and sync cost and buy: the table of docs/measurements.md, in {@code
 * driver/target/tilings.md}. {@code -Dreverie.tilings=SECONDS} begins no further cell after so many
 * seconds; run again, it goes on with those that {@code driver/target/tilings} lacks.
 */
@EnabledIfSystemProperty(named = "reverie.tilings", matches = "\\d+")
class TilingTableTest {
  /** Of the built-in brain. */
  private static final String LAYER = "inception_3a/output";

  /** So wide that cores of 2048 px have a seam, and no higher than 36 renders allow. */
  private static final Size CANVAS = new Size(3200, 448);

  private static final int ITERATIONS = 6;

  /** Half of it is context that no halo need give; with 64 px that would be half of all. */
  private static final int OVERLAP = 16;

  private static final Path CELLS = Path.of("target", "tilings");

  @TempDir Path folder;

  /** A combination; {@code halo} as {@code --halo} takes it, {@code sync} as {@code --sync}. */
  private record Cell(int core, String halo, String sync) {
    Path file() {
      return CELLS.resolve(core + "-" + halo + "-" + sync + ".md");
    }

    int roundIterations() {
      return sync.equals("octave") ? ITERATIONS : Integer.parseInt(sync);
    }

    int haloPixels(int exact) {
      return halo.equals("exact") ? exact : Integer.parseInt(halo);
    }
  }

  private static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (int core : new int[] {256, 1024, 2048}) {
      for (String halo : List.of("0", "exact", "64", "128")) {
        for (String sync : List.of("octave", "5", "1")) {
          cells.add(new Cell(core, halo, sync));
        }
      }
    }
    return cells;
  }

  @Test
  void everyCombination() throws IOException {
    long end = System.nanoTime() + 1_000_000_000L * Long.getLong("reverie.tilings");
    Files.createDirectories(CELLS);
    List<Cell> missing = cells().stream().filter(cell -> !Files.exists(cell.file())).toList();
    if (!missing.isEmpty()) {
      try (SteppedDream dream =
          new SteppedDream(BuiltInBrain.read(), LAYER, Machine.processors())) {
        Untiled untiled = Untiled.of(dream);
        for (Cell cell : missing) {
          if (System.nanoTime() < end) {
            Files.writeString(cell.file(), row(cell, dream, untiled));
          }
        }
      }
    }
    StringBuilder table = new StringBuilder(HEAD);
    for (Cell cell : cells()) {
      if (!Files.exists(cell.file())) {
        return;
      }
      table.append(Files.readString(cell.file()));
    }
    Files.writeString(Path.of("target", "tilings.md"), table);
  }

  private static final String HEAD =
      "| core | halo | sync | seconds | of them engine | extra pixels | seams | largest figure, z |"
          + " gradient, relative to untiled |\n|---|---|---|---|---|---|---|---|---|\n";

  private String row(Cell cell, SteppedDream dream, Untiled untiled) throws IOException {
    JsonNode report = render(cell);
    double seconds = 0;
    double engine = 0;
    double megapixels = 0;
    for (String stage : List.of("gradient", "step-gradient", "dream", "step", "stitch")) {
      JsonNode timing = report.at("/run/stages/" + stage);
      seconds += timing.path("wall-seconds").asDouble();
      engine += timing.path("engine-seconds").asDouble();
      megapixels += timing.path("gradient-megapixels").asDouble();
    }
    double canvas = 0;
    for (JsonNode octave : report.at("/plan/octaves")) {
      JsonNode size = octave.get("size");
      canvas += size.get("width").asDouble() * size.get("height").asDouble();
    }
    String worst = "";
    double largest = 0;
    for (JsonNode figure : report.at("/seams/figures")) {
      double z = figure.get("z").asDouble();
      if (Math.abs(z) >= Math.abs(largest)) {
        largest = z;
        worst = figure.get("name").asText();
      }
    }
    double error = untiled.difference(cell, dream);
    int exact = dream.geometry().exactHalo();
    if (cell.halo().equals("exact") && cell.sync().equals("1")) {
      assertTrue(error < 1e-4, cell + ": " + error);
    }
    return String.format(
        Locale.ROOT,
        "| %d | %s | %s | %.1f | %.1f | x%.2f | %d | %s, %.1f | %.1e |%n",
        cell.core(),
        cell.halo().equals("exact") ? exact + ", exact" : cell.halo(),
        cell.sync(),
        seconds,
        engine,
        1e6 * megapixels / ITERATIONS / canvas,
        report.at("/seams/seams").size(),
        worst,
        largest,
        error);
  }

  /** Two octaves: the first, a sixteenth, gives the second its curve. */
  private JsonNode render(Cell cell) throws IOException {
    Path print = folder.resolve("print.tif");
    RenderJob job =
        JobReader.read(
            List.of(
                JobLayer.ofYaml(
                    "cell",
                    """
                    input: {source: %s}
                    print: {out: %s, width: %dpx, height: %dpx}
                    dream: {layers: [%s], octaves: 2, octave-scale: 4, iterations: %d, seed: 1}
                    tiles: {tile: %d, halo: %s, sync: %s, overlap: %d}
                    run: {engine: %s, master: in-process, fresh: true}
                    """
                        .formatted(
                            SharedFolder.of("images/coffee.png"),
                            print,
                            CANVAS.width(),
                            CANVAS.height(),
                            LAYER,
                            ITERATIONS,
                            cell.core(),
                            cell.halo(),
                            cell.sync(),
                            cell.sync().equals("1") ? 0 : OVERLAP,
                            System.getProperty("reverie.engine", "auto")))));
    assertEquals(RenderOutcome.DONE, Render.run(job, new Recorder()));
    return new ObjectMapper().readTree(Path.of(print + ".json").toFile());
  }

  /**
   * The dream in one window, from the bare photograph.
   *
   * @param start x_0
   * @param means of |g|, per iteration
   * @param gradients whole ones, of the iterations that end a round; null for others
   */
  private record Untiled(float[] start, double[] means, float[][] gradients) {
    static Untiled of(SteppedDream dream) throws IOException {
      float[] start = dream.base("coffee.png", CANVAS);
      Untiled untiled = new Untiled(start, new double[ITERATIONS], new float[ITERATIONS][]);
      float[] canvas = start;
      for (int t = 0; t < ITERATIONS; t++) {
        SteppedDream.Gradient gradient = dream.untiled(canvas, CANVAS, SteppedDream.roll(1, t));
        untiled.means[t] = gradient.sum() / start.length;
        if (t == 0 || t == 4 || t == ITERATIONS - 1) {
          untiled.gradients[t] = gradient.values();
        }
        canvas = dream.step(canvas, gradient);
      }
      dream.forgetSessions();
      return untiled;
    }

    /**
     * How far the gradients of the last iteration of a round are from the untiled ones, by tiles
     * that began the round from the same canvas: over the l2 norm of these, in up to four cores in
     * the middle of the canvas.
     */
    double difference(Cell cell, SteppedDream dream) {
      int iterations = cell.roundIterations();
      List<Roll> rolls =
          IntStream.range(0, iterations).mapToObj(t -> SteppedDream.roll(1, t)).toList();
      Lattice lattice = dream.lattice(CANVAS, cell.core(), 1, 0);
      double difference = 0;
      double norm = 0;
      for (int tile : middle(lattice)) {
        Rectangle core = lattice.core(tile);
        float[] expected = SteppedDream.part(gradients[iterations - 1], CANVAS, core);
        float[] found =
            dream.lastGradient(
                start,
                lattice,
                tile,
                cell.haloPixels(dream.geometry().exactHalo()),
                iterations == 1 ? 0 : OVERLAP,
                rolls,
                means);
        for (int i = 0; i < found.length; i++) {
          double d = (double) expected[i] - found[i];
          difference += d * d;
          norm += (double) expected[i] * expected[i];
        }
      }
      dream.forgetSessions();
      return Math.sqrt(difference / norm);
    }

    private static List<Integer> middle(Lattice lattice) {
      return IntStream.range(0, lattice.tiles())
          .boxed()
          .sorted(Comparator.comparingDouble(tile -> fromMiddle(lattice.core(tile))))
          .limit(lattice.tiles() > 12 ? 4 : 1)
          .toList();
    }

    private static double fromMiddle(Rectangle core) {
      return Math.hypot(
          core.x() + core.width() / 2.0 - CANVAS.width() / 2.0,
          core.y() + core.height() / 2.0 - CANVAS.height() / 2.0);
    }
  }
}
