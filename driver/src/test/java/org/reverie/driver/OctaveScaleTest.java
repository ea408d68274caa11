package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report says of the scales that steps were taken by. */
class OctaveScaleTest {
  @TempDir Path folder;

  @Test
  void theReportHoldsWhatWasAppliedAndWhatWasMeasured() throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    renders.render(
        "rounds",
        "dream: {octaves: 3, iterations: 4}",
        "tiles: {tile: 32, halo: exact, overlap: 8, sync: octave}");
    JsonNode scales = renders.report("rounds").path("scales");
    assertEquals(3, scales.size());
    JsonNode first = scales.get(0);
    assertEquals("EXACT", first.path("mode").asText());
    assertTrue(first.path("ownCurves").isEmpty(), first::toString);
    for (int octave = 1; octave < 3; octave++) {
      JsonNode scale = scales.get(octave);
      JsonNode before = scales.get(octave - 1);
      assertEquals("ROUNDS", scale.path("mode").asText());
      assertEquals(value(scale, "measured", 0), value(scale, "applied", 0), 1e-9);
      for (int t = 0; t < 4; t++) {
        assertEquals(value(first, "measured", t), value(first, "applied", t), 1e-9);
        double grown = value(before, "measured", t) / value(before, "measured", 0);
        assertEquals(
            octave == 1 ? Math.sqrt(grown) : grown,
            value(scale, "applied", t) / value(scale, "applied", 0),
            1e-9);
      }
      // The tiles' mean curve over the common one lies between the extremes of the tiles.
      double last = value(scale, "measured", 3) / value(scale, "applied", 3);
      assertTrue(scale.path("ownCurves").get(0).asDouble() <= last, scale::toString);
      assertTrue(scale.path("ownCurves").get(1).asDouble() >= last, scale::toString);
    }
  }

  private static double value(JsonNode scale, String name, int iteration) {
    return scale.path(name).get(iteration).asDouble();
  }
}
