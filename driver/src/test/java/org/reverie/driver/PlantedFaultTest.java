package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;
import org.reverie.executor.print.PrintFormat;
import org.reverie.executor.work.PlanCodec;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.seam.SeamReport;

/**
 * What published tiled dreams do wrong, done on purpose: the meter must see each fault, and nothing
 * in the same render without it.
 */
class PlantedFaultTest {
  @TempDir Path folder;

  @Test
  void aHaloOfNothingIsSeen() throws IOException {
    double sound = worst(render("sound", "{}"));
    double halo = worst(render("halo", "tiles.halo: 0"));
    String all = "sound %.1f, halo 0 %.1f".formatted(sound, halo);
    assertTrue(sound < 3, all);
    assertTrue(halo > 4, all);
  }

  /**
   * A calm sky with pieces of a photograph in it, each tile divided by its own mean |g|: the sky is
   * driven until it is as rough as the rest. What gives it away is that all tiles are alike.
   */
  @Test
  void aScalePerTileIsSeen() throws IOException {
    Path picture = islands(900, 600, 13, 30, 70);
    try (SteppedDream dream = new SteppedDream("squeezenet_v1.0", "fire2/concat", 2)) {
      SeamReport sound = measure(dream, picture, -1, TiledDream.Scale.COMMON);
      SeamReport own = measure(dream, picture, -1, TiledDream.Scale.OWN);
      assertTrue(TiledDream.worst(sound) < 3, sound.figures()::toString);
      assertTrue(TiledDream.z(own, "contrast") < -4, own.figures()::toString);
      assertTrue(own.verdict().startsWith("seams can be told"), own.verdict());
    }
  }

  private static SeamReport measure(
      SteppedDream dream, Path picture, int halo, TiledDream.Scale scale) throws IOException {
    TiledDream tiled = new TiledDream(new Size(900, 600), 1, 5, 96, halo, 12, scale);
    return tiled.measure(dream, tiled.dream(dream, picture.toString()));
  }

  /** Under a feather, where half the overlap is context: a layer that sees 155 px needs more. */
  @Test
  @EnabledIfSystemProperty(named = "reverie.full", matches = ".*")
  void aHaloOfNothingIsSeenUnderAFeather() throws IOException {
    try (SteppedDream dream = new SteppedDream("squeezenet_v1.0", "fire9/concat", 2)) {
      StringBuilder found = new StringBuilder();
      for (int halo : new int[] {-1, 0}) {
        TiledDream tiled =
            new TiledDream(new Size(720, 480), 2, 4, 96, halo, 24, TiledDream.Scale.COMMON);
        SeamReport report = tiled.measure(dream, tiled.dream(dream, "coffee.png"));
        found.append(tiled).append(": ").append(report.figures()).append('\n');
        double worst = TiledDream.worst(report);
        assertTrue(halo == 0 ? worst > 4 : worst < 3, found::toString);
      }
      Files.writeString(Path.of("target", "planted-halo.txt"), found);
    }
  }

  @Test
  void aLatticeThatIsTheSameInEveryOctaveIsSeen() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    String cutting =
        """
        print: {width: 160px, height: 120px}
        dream: {octaves: 5, octave-scale: 1.1, iterations: 2}
        tiles: {tile: 24, halo: exact, overlap: 4, sync: octave}
        """;
    renders.render("sound", cutting);
    assertTrue(z(renders.report("sound"), "coincidences") < 3);

    RenderJob job = renders.job("same", cutting, "run.work-dir: " + folder.resolve("work"));
    Configuration configuration = new Configuration();
    try (RenderInput input = RenderInput.open(job, configuration);
        RenderSession session = RenderSession.inProcess()) {
      RenderPlan plan = Preparation.of(job, input, PrintFormat.TIFF, session, configuration).plan();
      // A resumed render keeps the plan it finds, so this one renders by the lattices put there.
      try (WorkDirectory planted =
          WorkDirectory.open(
              job,
              Places.path(job.print().out(), configuration),
              sameLattices(plan),
              configuration,
              note -> {})) {
        assertFalse(planted.finished());
      }
    }
    renders.render(job);
    assertTrue(z(renders.report("same"), "coincidences") > 3);
  }

  /** The plan with the last octave's lattice in all octaves, in proportion. */
  private static RenderPlan sameLattices(RenderPlan plan) throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode tree = json.readTree(PlanCodec.encode(plan));
    JsonNode octaves = tree.get("octaves");
    JsonNode last = octaves.get(octaves.size() - 1).get("rounds").get(0).get("lattice");
    for (JsonNode octave : octaves) {
      for (JsonNode round : octave.get("rounds")) {
        for (String cuts : List.of("cutsX", "cutsY")) {
          String side = cuts.equals("cutsX") ? "width" : "height";
          long length = octave.get("size").get(side).asLong();
          ArrayNode scaled = json.createArrayNode();
          JsonNode whole = last.get(cuts);
          for (JsonNode cut : whole) {
            double place = cut.asDouble() / whole.get(whole.size() - 1).asDouble();
            scaled.add(place == 1 ? length : Math.round(place * length / 2) * 2);
          }
          ((ObjectNode) round.get("lattice")).set(cuts, scaled);
        }
      }
    }
    return PlanCodec.decode(json.writeValueAsBytes(tree));
  }

  /** Pieces of a photograph in a calm sky: some tiles are full of things and some are empty. */
  private Path islands(int width, int height, int count, int smallest, int more)
      throws IOException {
    BufferedImage photograph = ImageIO.read(SharedFolder.of("images/coffee.png").toFile());
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    KeyedRandom random = KeyedRandom.of(5, KeyedRandom.Purpose.NOISE, 0);
    int[][] discs = new int[count][];
    for (int i = 0; i < discs.length; i++) {
      discs[i] =
          new int[] {
            (int) random.nextLong(width),
            (int) random.nextLong(height),
            smallest + (int) random.nextLong(more)
          };
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int sky = 150 + x * 20 / width + y * 30 / height;
        picture.setRGB(x, y, sky << 16 | sky << 8 | sky);
        for (int[] disc : discs) {
          if (Math.hypot(x - disc[0], y - disc[1]) < disc[2]) {
            picture.setRGB(
                x, y, photograph.getRGB(x % photograph.getWidth(), y % photograph.getHeight()));
          }
        }
      }
    }
    Path file = folder.resolve("islands.png");
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  /**
   * Dreamt by a real brain, cut into many tiles that meet without a feather: with one, a tile sees
   * half the overlap beyond its core, and that is most of what this layer needs.
   */
  private JsonNode render(String name, String fault) throws IOException {
    String job =
        """
        input: {source: %s}
        print: {out: %s}
        brain: {path: %s}
        dream: {layers: [fire4/concat], octaves: 2, octave-scale: 2, iterations: 16, seed: 3}
        tiles: {tile: 64, overlap: 0, halo: exact, sync: octave}
        run: {engine: %s, master: in-process}
        """
            .formatted(
                islands(600, 400, 14, 12, 30),
                folder.resolve(name + ".tif"),
                SharedFolder.of("brains/squeezenet_v1.0"),
                System.getProperty("reverie.engine", "auto"));
    RenderJob read =
        JobReader.read(List.of(JobLayer.ofYaml("base", job), JobLayer.ofYaml("fault", fault)));
    assertEquals(RenderOutcome.DONE, Render.run(read, new Recorder()));
    return new ObjectMapper().readTree(folder.resolve(name + ".tif.json").toFile());
  }

  /** The largest |z| of what is measured at all seams. */
  private static double worst(JsonNode report) {
    double worst = 0;
    for (JsonNode figure : report.at("/seams/figures")) {
      if (!figure.get("name").asText().startsWith("coincid")) {
        worst = Math.max(worst, Math.abs(figure.get("z").asDouble()));
      }
    }
    return worst;
  }

  private static double z(JsonNode report, String name) {
    for (JsonNode figure : report.at("/seams/figures")) {
      if (figure.get("name").asText().equals(name)) {
        return figure.get("z").asDouble();
      }
    }
    throw new AssertionError(report.at("/seams/figures").toString());
  }
}
