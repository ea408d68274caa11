package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;

/**
 * A brain whose gradients grow with what is dreamt until float32 cannot hold them: the render
 * stops, says where and when, and leaves no print.
 */
class NotFiniteTest {
  private static final String DEFINITION =
      """
      name: "growing"
      input: "data"
      input_dim: 1 input_dim: 3 input_dim: 32 input_dim: 32
      layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
        convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
      layer { name: "power" type: "Power" bottom: "conv" top: "power" power_param { power: 8 } }
      """;
  private static final Pattern PLACE =
      Pattern.compile(
          "(octave \\d+) round \\d+ [a-z_]+, tile \\d+ at .*: the gradient of (iteration \\d+) is not"
              + " finite");
  private static final String ONE_WINDOW = "tiles: {halo: exact}";
  private static final String EXACT = "tiles: {tile: 20, halo: exact, sync: 1}";
  private static final String ALONE = "tiles: {tile: 20, halo: exact, overlap: 8, sync: octave}";

  @TempDir Path folder;
  private int renders;

  private RenderJob job(String engine, double step, String tiles) throws IOException {
    renders++;
    Files.writeString(folder.resolve("growing.prototxt"), DEFINITION);
    String base =
        """
        input: {source: 'color:#70787c'}
        print: {out: '%s', width: 53px, height: 41px}
        brain: {path: %s, random-weights: 3}
        dream: {layers: [power], octaves: 2, iterations: 4, step: %s, jitter: 3, seed: 9}
        run: {engine: %s, master: in-process}
        """
            .formatted(print(), folder.resolve("growing.prototxt"), step, engine);
    List<JobLayer> layers =
        new ArrayList<>(List.of(JobLayer.ofYaml("base", base), JobLayer.ofYaml("tiles", tiles)));
    return JobReader.read(layers);
  }

  private Path print() {
    return folder.resolve("print " + renders + ".tif");
  }

  /** Octave and iteration at which a render stops. */
  private String failure(String engine, String tiles) throws IOException {
    RenderJob job = job(engine, 0.86, tiles);
    StageFailedException failed =
        assertThrows(StageFailedException.class, () -> Render.run(job, new Recorder()));
    Matcher place = PLACE.matcher(failed.getMessage());
    assertTrue(place.find(), failed.getMessage());
    assertFalse(Files.exists(print()), "a print was written");
    return place.group(1) + ", " + place.group(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "onednn"})
  void stopsAtTheSameIterationHoweverTilesMeet(String engine) throws IOException {
    assertEquals("octave 1, iteration 1", failure(engine, ONE_WINDOW));
    assertEquals("octave 1, iteration 1", failure(engine, EXACT));
    assertEquals("octave 1, iteration 1", failure(engine, ALONE));
  }

  @Test
  void withASmallerStepThereIsAPrint() throws IOException {
    assertEquals(RenderOutcome.DONE, Render.run(job("onednn", 0.3, ONE_WINDOW), new Recorder()));
    assertTrue(Files.exists(print()));
  }
}
