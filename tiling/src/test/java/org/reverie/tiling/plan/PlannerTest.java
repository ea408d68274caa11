package org.reverie.tiling.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.UserException;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.lattice.Frame;
import org.reverie.tiling.plan.OctavePlan.Mode;

class PlannerTest {
  private static final LayerGeometry GEOMETRY = new LayerGeometry(4, 35);
  private static final int AUTO_HALO = 20;

  private static RenderPlan plan(Size input, long memoryBytes, String... yaml) {
    return Planner.plan(request(input, memoryBytes, false, yaml));
  }

  private static PlanRequest request(
      Size input, long memoryBytes, boolean accelerated, String... yaml) {
    String base =
        """
        input: {source: a.png}
        print: {out: a.tif, width: %dpx, height: %dpx}
        """
            .formatted(input.width(), input.height());
    List<JobLayer> layers = new ArrayList<>();
    layers.add(JobLayer.ofYaml("base", base));
    for (String layer : yaml) {
      layers.add(JobLayer.ofYaml("test", layer));
    }
    return new PlanRequest(
        JobReader.read(layers),
        input,
        8,
        "",
        "0",
        GEOMETRY,
        AUTO_HALO,
        new RenderPlan.BrainFacts("brain", "0", List.of(0f, 0f, 0f), true, List.of(), "", ""),
        new RenderPlan.EngineFacts("engine", "FLOAT32", "any", 1),
        (width, height) -> 100L * width * height,
        memoryBytes,
        accelerated);
  }

  /** A session of 100 bytes per pixel: with 100 MB windows are 1000 px wide, with 4 MB 200 px. */
  @Test
  void exactIsTheDefaultWhereItCostsLittle() {
    RenderPlan large = plan(new Size(3000, 2000), 100_000_000);
    assertTrue(large.meeting().startsWith("exact, at "), large.meeting());
    assertEquals(36, large.haloPixels());
    assertEquals(0, large.overlapPixels());
    assertEquals(Mode.EXACT, large.last().mode());
    assertEquals(large.last().iterations(), large.last().rounds().size());
  }

  /** A GPU would wait for the store after every iteration. */
  @Test
  void tilesRunByThemselvesOnAccelerators() {
    Size size = new Size(3000, 2000);
    RenderPlan plan = Planner.plan(request(size, 100_000_000, true));
    assertEquals(
        "sync octave: an accelerator would wait for exact tiles to be carried about",
        plan.meeting());
    assertEquals(AUTO_HALO, plan.haloPixels());
    assertEquals(64, plan.overlapPixels());
    assertEquals(Mode.ROUNDS, plan.last().mode());
    RenderPlan asked = Planner.plan(request(size, 100_000_000, true, "tiles.halo: exact"));
    assertEquals(Mode.EXACT, asked.last().mode());
    RenderPlan whole = Planner.plan(request(new Size(300, 200), 1 << 30, true));
    assertEquals(Mode.WHOLE, whole.last().mode());
  }

  @Test
  void tilesRunByThemselvesWhereExactIsDear() {
    // A given tile keeps its size whatever the halo: 40 px of core want 36 px of it on all sides.
    RenderPlan small = plan(new Size(3000, 2000), 100_000_000, "tiles: {tile: 40, overlap: 0}");
    assertTrue(small.meeting().startsWith("sync octave, since exact would take "), small.meeting());
    double cost =
        Double.parseDouble(small.meeting().replaceAll("[^0-9.]", " ").trim().split(" ")[0]);
    assertTrue(cost >= 1.15, small.meeting());
    assertEquals(AUTO_HALO, small.haloPixels());
    assertEquals(Mode.ROUNDS, small.last().mode());
    assertEquals(1, small.last().rounds().size());
  }

  /** Small cores keep their window sizes over all iterations of exact mode, which costs pixels. */
  @Test
  void theCostIsThatOfAllIterations() {
    Size size = new Size(900, 600);
    RenderPlan asked = plan(size, 100_000_000, "tiles.tile: 128");
    double exact = pixels(plan(size, 100_000_000, "tiles: {tile: 128, sync: 1, halo: exact}"));
    double once = pixels(plan(size, 100_000_000, "tiles: {tile: 128, sync: octave}"));
    String told = String.format(Locale.ROOT, "%.2f times the pixels of sync octave", exact / once);
    assertTrue(exact / once > 1.15, told);
    assertEquals("sync octave, since exact would take " + told, asked.meeting());
  }

  private static double pixels(RenderPlan plan) {
    double pixels = 0;
    for (OctavePlan octave : plan.octaves()) {
      Frame frame = plan.frame(octave);
      for (RoundPlan round : octave.rounds()) {
        double input =
            octave.mode() == Mode.WHOLE
                ? frame.pixels()
                : octave
                    .windows(frame, plan.tilePixels())
                    .get(round.index())
                    .inputPixels(round.lattice());
        pixels += input * round.iterations();
      }
    }
    return pixels;
  }

  @Test
  void whatIsAskedForIsNotOverruled() {
    Size size = new Size(3000, 2000);
    assertEquals(
        "once per octave as asked for", plan(size, 1 << 23, "tiles.sync: octave").meeting());
    assertEquals(
        "a halo of 36 px (--halo exact) would be exact; sync 1 as asked for",
        plan(size, 1 << 23, "tiles.sync: 1").meeting());
    assertEquals(
        "exact: sync 1 as asked for",
        plan(size, 1 << 23, "tiles: {sync: 1, halo: exact}").meeting());
    assertEquals(
        "one window an octave: nothing has to meet",
        plan(new Size(300, 200), 1 << 30, "").meeting());
    assertEquals(
        "exact: the halo is, so sync is 1", plan(size, 1 << 23, "tiles.halo: exact").meeting());
  }

  /** Primes, one pixel more than a multiple, one row: every pixel has all its iterations, once. */
  @Property(tries = 300)
  void everyPixelIsDreamtInEveryIteration(
      @ForAll @IntRange(min = 1, max = 1400) int width,
      @ForAll @IntRange(min = 1, max = 1400) int height,
      @ForAll @IntRange(min = 4, max = 300) int tile,
      @ForAll @IntRange(min = 0, max = 7) int sync) {
    String tiles =
        "tiles: {tile: %d, overlap: %d, sync: %s}"
            .formatted(tile, tile / 4, sync == 0 ? "octave" : Integer.toString(sync));
    RenderPlan plan = plan(new Size(width, height), 1L << 40, tiles, "dream: {iterations: 7}");
    assertEquals(new Size(width, height), plan.last().size());
    for (OctavePlan octave : plan.octaves()) {
      assertEquals(octave.size().bounds(), octave.active());
      int next = 0;
      for (RoundPlan round : octave.rounds()) {
        assertEquals(next, round.firstIteration());
        next += round.iterations();
        assertEquals(octave.size(), round.lattice().size());
        List<Integer> active = round.tiles(octave.active());
        assertEquals(round.lattice().tiles(), active.size());
        long pixels =
            active.stream().mapToLong(number -> round.lattice().core(number).pixels()).sum();
        assertEquals(octave.size().pixels(), pixels);
      }
      assertEquals(7, next);
    }
  }

  @Test
  void aCropLeavesOutWhatLiesBeyondItInEveryLargeOctave() {
    Size size = new Size(3000, 2000);
    RenderPlan print = plan(size, 1L << 40);
    RenderPlan crop = plan(size, 1L << 40, "print.crop: '1000,900,300,200'");
    assertEquals("octaves larger than 781 x 521 px only around the crop", crop.meeting());
    assertEquals(print.octaves().size(), crop.octaves().size());
    for (int k = 0; k < crop.octaves().size(); k++) {
      OctavePlan octave = crop.octaves().get(k);
      if (octave.size().width() <= 781) {
        assertEquals(print.octaves().get(k), octave);
      } else {
        assertEquals(Mode.ROUNDS, octave.mode());
        assertEquals(print.octaves().get(k).rolls(), octave.rolls());
        assertEquals(1, octave.rounds().size());
        assertEquals(1, octave.rounds().get(0).tiles(octave.active()).size());
      }
    }
    // Tiles that run by themselves need the halo for that, and a band to be blended in.
    assertEquals(AUTO_HALO, crop.haloPixels());
    assertEquals(64, crop.overlapPixels());
    assertTrue(pixelsOfTiles(crop) < pixels(print) / 5, pixelsOfTiles(crop) + " px");
  }

  /** Small octaves whose tiles meet after every iteration do so for a crop as well. */
  @Test
  void aCropKeepsTheSmallOctavesOfThePrint() {
    Size size = new Size(3000, 2000);
    String tiles = "tiles: {tile: 160, halo: exact}";
    RenderPlan print = plan(size, 1L << 40, tiles);
    RenderPlan crop = plan(size, 1L << 40, tiles, "print.crop: '1000,900,300,200'");
    assertEquals(Mode.EXACT, crop.octaves().get(1).mode());
    assertEquals(print.octaves().subList(0, 2), crop.octaves().subList(0, 2));
    assertEquals(36, crop.haloPixels());
    assertEquals(40, crop.overlapPixels());
    List<Integer> tilesOfCrop = crop.last().rounds().get(0).tiles(crop.last().active());
    assertEquals(6, tilesOfCrop.size());
    RenderPlan once = plan(size, 1L << 40, "dream.iterations: 1", "print.crop: '1000,900,300,200'");
    assertEquals(Mode.EXACT, once.last().mode());
  }

  @Test
  void cropsThatSaveNothingArePartsOfThePrint() {
    Size size = new Size(3000, 2000);
    for (String job :
        List.of(
            "print.crop: '100,100,2500,1600'",
            "{print.crop: '1000,900,300,200', dream.border: wrap}",
            "{print.crop: '1000,900,300,200', dream.octaves: 1}",
            "{print.crop: '1000,900,300,200', dream.resampling: notebook}")) {
      RenderPlan crop = plan(size, 1L << 40, job);
      assertTrue(crop.octaves().stream().allMatch(OctavePlan::isWhole), job);
    }
  }

  /** 1003 px are 125 px at an eighth, and the last three belong to the last one. */
  @Test
  void aSmallCropAtTheBorderHasAPreview() {
    String preview = "{print.preview: true, print.crop: '1001,%d,2,2'}";
    RenderPlan plan = plan(new Size(1003, 1003), 1L << 40, preview.formatted(1000));
    assertEquals(new Rectangle(124, 124, 1, 1), plan.crop());
    plan = plan(new Size(1003, 1003), 1L << 40, preview.formatted(8));
    assertEquals(new Rectangle(124, 1, 1, 1), plan.crop());
  }

  private static double pixelsOfTiles(RenderPlan plan) {
    double pixels = 0;
    for (OctavePlan octave : plan.octaves()) {
      pixels += (double) octave.active().grow(60).pixels() * octave.iterations();
    }
    return pixels;
  }

  /** Those below one pixel would be dreamt again and again, each as it is. */
  @Test
  void octavesThatDoNotShrinkAreRefused() {
    Size size = new Size(451, 300);
    // 451 divided by 1.4^16 is 2.07, by 1.4^17 it is 1.48.
    assertEquals(18, plan(size, 1L << 30, "dream.octaves: 18").octaves().size());
    UserException refused =
        assertThrows(UserException.class, () -> plan(size, 1L << 30, "dream.octaves: 25"));
    assertTrue(
        refused
            .getMessage()
            .contains("25 octaves of 451 x 300 px, each 1.4 times the next smaller one"),
        refused.getMessage());
    assertTrue(
        refused.getMessage().contains("have 18 different sizes. Choose at most 18"),
        refused.getMessage());
  }
}
