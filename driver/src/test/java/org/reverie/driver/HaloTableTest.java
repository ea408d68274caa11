package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Lattice;

/**
 * What a halo costs and what it buys, at the first iteration of a photograph: a table for
 * docs/measurements.md, in {@code driver/target/halos.md}.
 */
@EnabledIfSystemProperty(named = "reverie.full", matches = ".*")
class HaloTableTest {
  private static final Size CANVAS = new Size(1500, 1000);

  @Test
  void gradientsNearTheUntiledOneAsTheHaloGrows() throws IOException {
    StringBuilder text =
        new StringBuilder(
            "| core | halo | extra pixels | gradient, relative to untiled |\n|---|---|---|---|\n");
    try (SteppedDream dream = new SteppedDream("squeezenet_v1.0", "fire9/concat", 2)) {
      Roll roll = SteppedDream.roll(0, 0);
      float[] canvas = dream.base("coffee.png", CANVAS);
      float[] untiled = dream.untiled(canvas, CANVAS, roll).values();
      dream.forgetSessions();
      for (int core : new int[] {256, 1024, 2048}) {
        Lattice lattice =
            core > CANVAS.width() ? Lattice.single(CANVAS) : dream.lattice(CANVAS, core, 0, 0);
        for (int halo : new int[] {0, 64, 128, dream.geometry().exactHalo()}) {
          double error =
              SteppedDream.relativeError(
                  untiled, dream.tiled(canvas, roll, lattice, halo).values());
          text.append(
              String.format(
                  Locale.ROOT,
                  "| %d | %s | x%.2f | %.1e |%n",
                  core,
                  halo == dream.geometry().exactHalo() ? halo + ", exact" : Integer.toString(halo),
                  dream.extraPixels(lattice, halo),
                  error));
          dream.forgetSessions();
          if (halo == dream.geometry().exactHalo()) {
            assertTrue(error < 1e-4, text::toString);
          }
        }
      }
    }
    Files.writeString(Path.of("target", "halos.md"), text);
  }
}
