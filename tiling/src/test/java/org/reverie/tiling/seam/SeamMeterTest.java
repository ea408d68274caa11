package org.reverie.tiling.seam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.KeyedRandom;
import org.reverie.tiling.Size;
import org.reverie.tiling.blend.Feather;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Lattice;

class SeamMeterTest {
  private static final Size SIZE = new Size(512, 400);
  private static final int OVERLAP = 16;

  /** A picture with content of several sizes: value noise, one value per channel and position. */
  private static float[] texture(Size size, long seed, int[] wavelengths, double[] amplitudes) {
    int width = (int) size.width();
    int height = (int) size.height();
    float[] planes = new float[3 * width * height];
    for (int w = 0; w < wavelengths.length; w++) {
      int wavelength = wavelengths[w];
      int columns = width / wavelength + 2;
      int rows = height / wavelength + 2;
      float[] ease = new float[wavelength];
      for (int i = 0; i < wavelength; i++) {
        ease[i] = (float) ease((double) i / wavelength);
      }
      for (int channel = 0; channel < 3; channel++) {
        float[] knots = new float[columns * rows];
        KeyedRandom random = KeyedRandom.of(seed, KeyedRandom.Purpose.NOISE, w, channel);
        for (int i = 0; i < knots.length; i++) {
          knots[i] = (float) ((random.nextDouble() - 0.5) * amplitudes[w]);
        }
        for (int y = 0; y < height; y++) {
          float fy = ease[y % wavelength];
          for (int x = 0; x < width; x++) {
            float fx = ease[x % wavelength];
            int at = y / wavelength * columns + x / wavelength;
            float above = knots[at] * (1 - fx) + knots[at + 1] * fx;
            float below = knots[at + columns] * (1 - fx) + knots[at + columns + 1] * fx;
            planes[(channel * height + y) * width + x] += above * (1 - fy) + below * fy;
          }
        }
      }
    }
    return planes;
  }

  private static double ease(double t) {
    return t * t * (3 - 2 * t);
  }

  private static float[] base(long seed) {
    return texture(SIZE, seed, new int[] {160, 37}, new double[] {120, 40});
  }

  private static float[] detail(long seed) {
    return texture(SIZE, seed + 1000, new int[] {23, 7, 3}, new double[] {20, 40, 20});
  }

  private static Lattice lattice(long seed) {
    return Lattice.draw(SIZE, 128, 8, seed, 3, 0);
  }

  private static CanvasSource source(float[] planes) {
    return rectangle -> {
      assertTrue(rectangle.pixels() <= 131 * 514, "memory stays bounded: " + rectangle);
      float[] values = new float[(int) (3 * rectangle.pixels())];
      int at = 0;
      for (int channel = 0; channel < 3; channel++) {
        for (long y = rectangle.y(); y < rectangle.bottom(); y++) {
          int row = (int) ((channel * SIZE.height() + y) * SIZE.width() + rectangle.x());
          System.arraycopy(planes, row, values, at, (int) rectangle.width());
          at += (int) rectangle.width();
        }
      }
      return values;
    };
  }

  /** Changes the detail at a position, given the tile and the largest weight of any tile there. */
  private interface Fault {
    float apply(float detail, int tile, double largestWeight);
  }

  /** 0 .. 1, another one for every tile. */
  private static float perTile(int tile) {
    return (float) KeyedRandom.of(1, KeyedRandom.Purpose.CONTROL, tile).nextDouble();
  }

  private static SeamReport report(long seed, boolean withBase, Fault fault) throws IOException {
    Lattice lattice = lattice(seed);
    Feather feather = new Feather(lattice, OVERLAP);
    float[] base = base(seed);
    float[] canvas = detail(seed);
    int plane = (int) SIZE.pixels();
    for (int i = 0; i < canvas.length; i++) {
      int x = i % plane % (int) SIZE.width();
      int y = i % plane / (int) SIZE.width();
      int column = lattice.pieceAt(Axis.X, x);
      int row = lattice.pieceAt(Axis.Y, y);
      double weight = feather.weight(Axis.X, column, x) * feather.weight(Axis.Y, row, y);
      canvas[i] = base[i] + fault.apply(canvas[i], lattice.tile(column, row), weight);
    }
    return new SeamMeter(lattice, OVERLAP, 8, List.of(), seed)
        .measure(source(canvas), withBase ? Optional.of(source(base)) : Optional.empty());
  }

  private static double z(SeamReport report, String figure) {
    return report.figures().stream()
        .filter(f -> f.name().equals(figure))
        .findFirst()
        .orElseThrow()
        .z();
  }

  @Test
  void aCleanTextureHasNoSeam() throws IOException {
    assertMostlySeamless(true, 20);
  }

  private static void assertMostlySeamless(boolean withBase, int seeds) throws IOException {
    int seamless = 0;
    List<String> figures = new ArrayList<>();
    for (long seed = 0; seed < seeds; seed++) {
      SeamReport report = report(seed, withBase, (detail, tile, weight) -> detail);
      seamless += report.seamless() ? 1 : 0;
      figures.add(
          report.figures().stream()
              .map(f -> f.name() + " %.2f".formatted(f.z()))
              .collect(Collectors.joining(", ")));
    }
    assertTrue(seamless >= seeds - 1, seamless + " seamless:\n" + String.join("\n", figures));
  }

  @Test
  void aCleanPrintWithoutItsBaseHasNoSeam() throws IOException {
    assertMostlySeamless(false, 10);
  }

  @Test
  void aLevelPerTileIsFound() throws IOException {
    for (long seed = 0; seed < 3; seed++) {
      SeamReport report = report(seed, true, (detail, tile, weight) -> detail + 10 * perTile(tile));
      assertTrue(z(report, "level") > 4, report.verdict() + " " + report.figures());
      assertTrue(!report.seamless());
    }
  }

  @Test
  void aContrastPerTileIsFound() throws IOException {
    for (long seed = 0; seed < 3; seed++) {
      SeamReport report =
          report(seed, true, (detail, tile, weight) -> detail * (0.6f + perTile(tile)));
      assertTrue(z(report, "detail") > 4, report.verdict() + " " + report.figures());
    }
  }

  /**
   * Half the picture calm, half rough, along no cut; then every tile is given the same contrast, as
   * tiles have that divide by their own mean |g|.
   */
  @Test
  void tilesThatAreTooMuchAlikeAreFound() throws IOException {
    for (long seed = 0; seed < 3; seed++) {
      Lattice lattice = lattice(seed);
      float[] base = base(seed);
      float[] uneven = detail(seed);
      float[] patches = texture(SIZE, seed + 2000, new int[] {50}, new double[] {5});
      int plane = (int) SIZE.pixels();
      double[] sums = new double[lattice.tiles()];
      for (int i = 0; i < uneven.length; i++) {
        uneven[i] *= (float) Math.exp(patches[i % plane]);
        sums[tileAt(lattice, i % plane)] += Math.abs(uneven[i]);
      }
      float[] even = new float[uneven.length];
      for (int i = 0; i < even.length; i++) {
        int tile = tileAt(lattice, i % plane);
        double mean = sums[tile] / (3.0 * lattice.core(tile).pixels());
        even[i] = (float) (base[i] + 10 * uneven[i] / mean);
        uneven[i] += base[i];
      }
      SeamMeter meter = new SeamMeter(lattice, OVERLAP, 8, List.of(), seed);
      SeamReport sound = meter.measure(source(uneven), Optional.of(source(base)));
      SeamReport alike = meter.measure(source(even), Optional.of(source(base)));
      assertTrue(Math.abs(z(sound, "contrast")) < 3, sound.figures()::toString);
      assertTrue(z(alike, "contrast") < -3, alike.figures()::toString);
    }
  }

  private static int tileAt(Lattice lattice, int pixel) {
    int width = (int) SIZE.width();
    return lattice.tile(
        lattice.pieceAt(Axis.X, pixel % width), lattice.pieceAt(Axis.Y, pixel / width));
  }

  /**
   * One cut along a bright edge of the picture itself: nothing that a line could be held against.
   */
  @Test
  void fewSeamsAreSaidToBeTooFew() throws IOException {
    Lattice lattice = new Lattice(new long[] {0, 256, 512}, new long[] {0, 400});
    float[] base = base(1);
    float[] canvas = detail(1);
    for (int i = 0; i < canvas.length; i++) {
      canvas[i] += base[i] + (i % 512 >= 256 && i % 512 < 300 ? 60 : 0);
    }
    SeamReport report =
        new SeamMeter(lattice, OVERLAP, 8, List.of(), 1)
            .measure(source(canvas), Optional.of(source(base)));
    assertTrue(!report.seamless(), report::verdict);
    assertTrue(
        report.verdict().startsWith("1 seam is too few to tell from other lines: "),
        report::verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "worst           | the most visible single seam (worst)",
        "coincidences    | how often seams of octaves coincide (coincidences)",
        "step            | the step across seams (step)",
        "coinciding-step | the step across seams where seams coincide (coinciding-step)",
      })
  void theVerdictSaysWhatItsFigureMeans(String name, String words) {
    SeamReport.Figure less = new SeamReport.Figure("level", 1, 1, 1, 0.5);
    SeamReport.Figure most = new SeamReport.Figure(name, 1, 2, 1, -2.29);
    assertEquals(
        "no seam found: nothing over all seams is 3 deviations from other lines; nearest to it is "
            + words
            + ", z = -2.29",
        new SeamReport(9, 9, 8, 8, List.of(less, most), List.of(), -1, -1).verdict());
  }

  @Test
  void everyFigureHasWords() {
    for (Measure measure : Measure.values()) {
      String name = measure.name().toLowerCase(Locale.ROOT);
      String words = new SeamReport.Figure(name, 1, 1, 1, 0).inWords();
      assertEquals(measure.words() + " (" + name + ")", words);
    }
  }

  @Test
  void paleBlendBandsAreFound() throws IOException {
    for (long seed = 0; seed < 3; seed++) {
      for (boolean withBase : new boolean[] {true, false}) {
        SeamReport report =
            report(
                seed,
                withBase,
                (detail, tile, weight) -> detail * (float) Math.hypot(weight, 1 - weight));
        assertTrue(z(report, "texture") < -4, report.verdict() + " " + report.figures());
      }
    }
  }

  @Test
  void hardCutsAreFound() throws IOException {
    for (long seed = 0; seed < 3; seed++) {
      for (boolean withBase : new boolean[] {true, false}) {
        SeamReport report =
            report(seed, withBase, (detail, tile, weight) -> tile % 2 == 0 ? detail : -detail);
        assertTrue(z(report, "step") > 4, report.verdict() + " " + report.figures());
      }
    }
  }

  @Test
  void oneBadTileIsFoundAndNamed() throws IOException {
    for (long seed = 0; seed < 3; seed++) {
      int bad = 6;
      SeamReport report =
          report(seed, true, (detail, tile, weight) -> tile == bad ? detail + 12 : detail);
      assertTrue(z(report, "worst") > 4, report.verdict() + " " + report.figures());
      assertEquals(bad, report.worstTile());
      SeamReport.SeamScore worst = report.seams().get(report.worstSeam());
      assertTrue(worst.before() == bad || worst.after() == bad);
      assertTrue(report.verdict().contains("tile 6"), report::verdict);
    }
  }

  @Test
  void aFlatCanvasHasNoSeam() throws IOException {
    SeamReport report =
        new SeamMeter(lattice(1), OVERLAP, 8, List.of(lattice(2)), 1)
            .measure(source(new float[(int) (3 * SIZE.pixels())]), Optional.empty());
    assertTrue(report.exceeding(3).stream().allMatch(f -> f.name().equals("coincidences")));
    assertEquals(1, report.figures().get(0).seam(), 1e-9);
  }

  @Test
  void oneTileHasNoSeam() throws IOException {
    Lattice single = Lattice.single(SIZE);
    SeamReport report =
        new SeamMeter(single, OVERLAP, 8, List.of(), 1)
            .measure(
                rectangle -> {
                  throw new IOException("nothing to read");
                },
                Optional.empty());
    assertTrue(report.seamless());
    assertEquals("one tile, no seam", report.verdict());
    assertEquals(-1, report.worstTile());
  }

  @ParameterizedTest
  @CsvSource({"1, 640", "640, 1", "3, 400", "17, 17", "2, 2"})
  void thinCanvasesAreMeasured(long width, long height) throws IOException {
    Lattice lattice =
        new Lattice(
            width > 1 ? new long[] {0, width / 2, width} : new long[] {0, width},
            height > 1 ? new long[] {0, height / 2, height} : new long[] {0, height});
    SeamReport report =
        new SeamMeter(lattice, 64, 16, List.of(), 1)
            .measure(
                r -> {
                  float[] values = new float[(int) (3 * r.pixels())];
                  for (int i = 0; i < values.length; i++) {
                    values[i] = (r.x() * 31 + r.y() * 17 + i * 7) % 11;
                  }
                  return values;
                },
                Optional.empty());
    assertEquals(lattice.seams().size(), report.seams().size());
    for (SeamReport.Figure figure : report.figures()) {
      assertTrue(Double.isFinite(figure.z()) && Double.isFinite(figure.seam()), figure::toString);
    }
  }

  @Test
  void latticesInTheSamePlaceShow() throws IOException {
    Lattice last = lattice(3);
    List<Lattice> same = new ArrayList<>();
    List<Lattice> other = new ArrayList<>();
    for (int octave = 1; octave < 6; octave++) {
      // The same lattice drawn again, and one drawn afresh, at sizes whose ratio is exact.
      same.add(last);
      other.add(Lattice.draw(SIZE, 128, 8, 100 + octave, 3, 0));
    }
    CanvasSource canvas = source(detail(3));
    SeamReport aligned = new SeamMeter(last, OVERLAP, 8, same, 3).measure(canvas, Optional.empty());
    assertTrue(z(aligned, "coincidences") > 3, aligned.figures()::toString);
    assertEquals(5, aligned.seams().get(0).coincidingOctaves());
    assertTrue(Math.abs(z(aligned, "coinciding-step")) < 3);
    SeamReport jittered =
        new SeamMeter(last, OVERLAP, 8, other, 3).measure(canvas, Optional.empty());
    assertTrue(Math.abs(z(jittered, "coincidences")) < 3, jittered.figures()::toString);
  }

  @Test
  void earlierLatticesAreScaled() {
    Lattice last = new Lattice(new long[] {0, 300, 600}, new long[] {0, 400});
    Lattice earlier = new Lattice(new long[] {0, 152, 300}, new long[] {0, 100, 200});
    Coincidences coincidences = new Coincidences(last, List.of(earlier), 4, 1);
    assertEquals(1, coincidences.at(Axis.X, 300));
    assertEquals(0, coincidences.at(Axis.X, 299));
    assertEquals(1, coincidences.at(Axis.Y, 200));
  }

  @Test
  void theHeatMapDrawsTheLattice() {
    List<SeamReport.SeamScore> seams =
        List.of(
            new SeamReport.SeamScore(Axis.X, 40, 0, 30, 0, 1, 0, 1, 0, 0, 1, 1, -5, 0, 2),
            new SeamReport.SeamScore(Axis.Y, 30, 0, 40, 0, 2, 0, 1, 0, 0, 1, 1, 2, 0, 0));
    HeatMap map = new SeamReport(80, 60, 8, 16, List.of(), seams, 0, 0).heatMap(8);
    StringBuilder drawing = new StringBuilder();
    for (int i = 0; i < map.values().length; i++) {
      drawing.append((int) map.values()[i]).append(i % map.width() == 7 ? "\n" : "");
    }
    assertEquals(
        """
        00005000
        00005000
        00005000
        22220000
        00000000
        00000000
        """,
        drawing.toString());
  }

  @Test
  void reportsDependOnTheSeedAlone() throws IOException {
    Fault none = (detail, tile, weight) -> detail;
    assertEquals(report(4, true, none), report(4, true, none));
  }

  /** Tiles of many sizes, and parts that end in the middle of a row of tiles. */
  @ParameterizedTest
  @CsvSource({"300, 5", "37, 5", "1200, 2", "5000, 0"})
  void partsReadAnywhereInAnyOrderGiveTheSameReport(int core, int parts) throws IOException {
    Size size = new Size(2600, 1700);
    Lattice lattice = core > 2600 ? Lattice.single(size) : Lattice.draw(size, core, 1, core, 1, 0);
    CanvasSource canvas = formula(17);
    CanvasSource base = formula(5);
    SeamMeter meter = new SeamMeter(lattice, 16, 8, List.of(Lattice.single(size)), 16, 3);
    assertEquals(parts, meter.parts());
    SeamReport whole = meter.measure(canvas, Optional.of(base));
    byte[][] read = new byte[parts][];
    for (int part = parts - 1; part >= 0; part--) {
      read[part] = meter.read(part, canvas, Optional.of(base));
    }
    SeamGathering gathering = meter.gather();
    for (byte[] part : read) {
      assertTrue(part.length <= 5 << 20, "what a task sends: " + part.length);
      gathering.add(part);
    }
    assertEquals(whole, gathering.report());
    assertEquals(lattice.seams().size(), whole.seams().size());
  }

  /** Pixels that need no memory: no two places alike. */
  private static CanvasSource formula(int factor) {
    return rectangle -> {
      float[] values = new float[(int) (3 * rectangle.pixels())];
      int at = 0;
      for (int channel = 0; channel < 3; channel++) {
        for (long y = rectangle.y(); y < rectangle.bottom(); y++) {
          for (long x = rectangle.x(); x < rectangle.right(); x++) {
            long mixed = (x * 73856093 ^ y * 19349663 ^ channel * 83492791) * factor;
            values[at++] = (mixed >> 7 & 255) + (x / 90 + y / 70) % 3;
          }
        }
      }
      return values;
    };
  }

  @Test
  void aPartOutOfItsPlaceIsRefused() throws IOException {
    Size size = new Size(2600, 1700);
    SeamMeter meter = new SeamMeter(Lattice.draw(size, 700, 1, 3, 1, 0), 16, 8, List.of(), 16, 3);
    byte[] last = meter.read(meter.parts() - 1, formula(1), Optional.empty());
    SeamGathering gathering = meter.gather();
    assertThrows(IllegalArgumentException.class, () -> gathering.add(last));
    gathering.add(meter.read(0, formula(1), Optional.empty()));
    assertThrows(IllegalStateException.class, gathering::report);
  }

  @Test
  void sixteenControlLinesAtLeast() {
    assertThrows(
        IllegalArgumentException.class, () -> new SeamMeter(lattice(1), 16, 8, List.of(), 15, 1));
    assertTrue(SeamMeter.CONTROL_LINES >= 16);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 0", "0.158655254, 1", "0.00134989803, 3", "9.865876e-10, 6", "0.977249868, -2"})
  void theNormalDistribution(double exceeded, double z) {
    assertEquals(z, Normal.exceededWith(exceeded), 1e-6);
  }

  @Test
  void largestValuesFollowGumbel() {
    // Gumbel with mean 0 and deviation 1 exceeds 3 with 1 - exp(-exp(-(3 pi / sqrt 6 + 0.5772)))
    double exceeded = 1 - Math.exp(-Math.exp(-(3 * Math.PI / Math.sqrt(6) + 0.5772156649)));
    assertEquals(Normal.exceededWith(exceeded), Normal.scoreOfLargest(3, 0, 1), 1e-9);
    assertEquals(2.27, Normal.scoreOfLargest(3, 0, 1), 0.01);
    assertEquals(-2, Normal.scoreOfLargest(-2, 0, 1), 1e-12);
  }
}
