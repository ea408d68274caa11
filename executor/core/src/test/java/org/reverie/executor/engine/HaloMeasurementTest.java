package org.reverie.executor.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Operation.Power;
import org.reverie.executor.brain.ReceptiveFields;
import org.reverie.tiling.LayerGeometry;

class HaloMeasurementTest {
  private static final float[] MEAN = {104, 117, 123};

  private static HaloMeasurement measure(BrainSketch sketch, LayerGeometry geometry) {
    return HaloMeasurement.of(
        new ReferenceEngine(sketch.brain(), sketch.objective()), geometry, MEAN);
  }

  private static LayerGeometry geometry(BrainSketch sketch) {
    return ReceptiveFields.of(sketch.brain()).geometry(sketch.objective().targets().get(0).layer());
  }

  @Test
  void aPixelNeedsNoHalo() {
    BrainSketch sketch = new BrainSketch("pixel").layer("p", new Power(1, 2, 0));
    assertEquals(new HaloMeasurement(0, 0), measure(sketch, geometry(sketch)));
  }

  @Test
  void aFlatKernelNeedsItsWholeReceptiveField() {
    BrainSketch sketch = new BrainSketch("flat").convolution("c", 4, 5, 1, 2);
    LayerGeometry geometry = geometry(sketch);
    assertEquals(4, geometry.exactHalo());
    HaloMeasurement measured = measure(sketch, geometry);
    assertTrue(measured.haloPixels() >= 2, measured.toString());
    assertTrue(measured.influence() < HaloMeasurement.NEGLIGIBLE, measured.toString());
  }

  /** A claimed receptive field that is far too large must not be believed. */
  @Test
  void whatHasNoInfluenceIsLeftOut() {
    BrainSketch sketch = new BrainSketch("near").convolution("c", 4, 3, 2, 1);
    HaloMeasurement measured = measure(sketch, new LayerGeometry(2, 41));
    assertEquals(2, measured.haloPixels());
    assertTrue(measured.influence() < 1e-6, measured.toString());
  }

  @Test
  void measuringTwiceGivesTheSame() {
    BrainSketch sketch =
        new BrainSketch("twice")
            .convolution("a", 4, 3, 2, 1)
            .relu("r")
            .convolution("b", 4, 3, 1, 1);
    assertEquals(measure(sketch, geometry(sketch)), measure(sketch, geometry(sketch)));
  }

  @Test
  void aLayerThatSeesEverythingIsRefused() {
    BrainSketch sketch = new BrainSketch("all").layer("p", new Power(1, 2, 0));
    UserException thrown =
        assertThrows(
            UserException.class,
            () -> measure(sketch, new LayerGeometry(1, LayerGeometry.UNBOUNDED)));
    assertEquals("unbounded-receptive-field", thrown.problems().get(0).code());
  }
}
