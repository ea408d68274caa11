package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Canvases at which tilings go wrong, through the whole pipeline:
 *
 * <pre>
 *   97 x 61    +---+---+---+-+   primes: no piece is as long as a core
 *   65 x 33    +---+---+---+-+   one pixel more than a multiple: does the last column get its turn
 *   120 x 5    +===+===+===+=+   thinner than the halo, whose mirror image runs to and fro
 *   120 x 1    -----------------  one row; also one column, and one pixel
 * </pre>
 */
class EdgeCanvasTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "97, 61", "65, 33", "64, 32", "33, 65", "120, 5", "5, 120", "120, 1", "1, 120", "2, 67",
    "31, 31", "1, 1"
  })
  void everyPixelGetsItsFullTreatment(int width, int height) throws IOException {
    TinyRenders renders = new TinyRenders(folder);
    String size = "print: {width: %dpx, height: %dpx, depth: float}".formatted(width, height);
    String once = "dream: {octaves: 1, iterations: 3}";
    float[] untiled = renders.render("untiled", size, once, "tiles: {tile: 500}");
    assertEquals(3 * width * height, untiled.length);
    float[] exact = renders.render("exact", size, once, "tiles: {tile: 32, halo: exact}");
    assertEquals(0, largestDifference(untiled, exact), 1e-3);
    // The curve of the octave before stands in for each iteration's own mean, so rounds are not the
    // untiled render; a pixel without its treatment would be off by more than that.
    for (String sync : new String[] {"octave", "2"}) {
      String tiles = "tiles: {tile: 32, halo: exact, overlap: 8, sync: " + sync + "}";
      // One pixel has one size.
      String two =
          "dream: {octaves: %d, iterations: 4, octave-scale: 1.02}"
              .formatted(width * height == 1 ? 1 : 2);
      float[] whole = renders.render("whole", size, two, "tiles: {tile: 500}");
      float[] rounds = renders.render("rounds" + sync, size, two, tiles);
      assertTrue(largestDifference(whole, rounds) < 12, sync + largestDifference(whole, rounds));
    }
  }

  private static double largestDifference(float[] a, float[] b) {
    assertEquals(a.length, b.length);
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      assertTrue(Float.isFinite(b[i]));
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }
}
