package org.reverie.driver.training;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.driver.ProgressView;
import org.reverie.driver.Render;

/**
 * A sheet of dreams of a brain in training, one row per layer, from noise and from a gradient, made
 * by the same pipeline as any print.
 */
final class Preview {
  private static final int EDGE = 192;
  private static final int LAYERS = 4;
  private static final int MARGIN = 20;
  private static final List<String> STARTS = List.of("noise", "gradient:chromatic");

  private Preview() {}

  /**
   * Dreams a sheet.
   *
   * @param brain folder of the brain
   * @param layers of it; the first few are dreamt
   * @return the sheet
   */
  static BufferedImage of(String brain, List<String> layers, long seed) throws IOException {
    List<String> shown = layers.subList(0, Math.min(LAYERS, layers.size()));
    BufferedImage sheet =
        new BufferedImage(
            STARTS.size() * EDGE, shown.size() * (EDGE + MARGIN), BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = sheet.createGraphics();
    Path work = Files.createTempDirectory("reverie-preview");
    try {
      for (int row = 0; row < shown.size(); row++) {
        pen.setColor(Color.WHITE);
        pen.drawString(shown.get(row), 4, row * (EDGE + MARGIN) + MARGIN - 6);
        for (int column = 0; column < STARTS.size(); column++) {
          Path print = work.resolve(row + "-" + column + ".png");
          dream(brain, shown.get(row), STARTS.get(column), seed, print);
          pen.drawImage(
              ImageIO.read(print.toFile()), column * EDGE, row * (EDGE + MARGIN) + MARGIN, null);
        }
      }
    } finally {
      pen.dispose();
      remove(work);
    }
    return sheet;
  }

  private static void dream(String brain, String layer, String start, long seed, Path print) {
    List<JobLayer> job = new ArrayList<>();
    job.add(
        JobLayer.ofYaml(
            "preview",
            """
            input: {source: '%s'}
            print: {out: '%s', width: %dpx, height: %dpx}
            brain: {path: '%s'}
            dream: {layers: ['%s'], octaves: 2, iterations: 10, step: 3, seed: %d}
            run: {master: in-process}
            """
                .formatted(
                    start,
                    quoted(print.toString()),
                    EDGE,
                    EDGE,
                    quoted(brain),
                    quoted(layer),
                    seed)));
    Render.run(JobReader.read(job), ProgressView.silent());
  }

  private static String quoted(String text) {
    return text.replace("'", "''");
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
