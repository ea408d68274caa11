package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.reverie.conf.JobLayer;
import org.reverie.conf.JobReader;
import org.reverie.conf.RenderJob;

/**
 * Renders of a few thousand pixels through the whole pipeline, with the engine that is obviously
 * right and a brain of two convolutions: stride 2, receptive field 12.
 *
 * @param folder receives brain and prints
 */
public record TinyRenders(Path folder) {
  static final String DEFINITION =
      """
      name: "tiny"
      input: "data"
      input_dim: 1 input_dim: 3 input_dim: 32 input_dim: 32
      layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
        convolution_param { num_output: 6 kernel_size: 3 pad: 1 } }
      layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
      layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
        pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
      layer { name: "conv2" type: "Convolution" bottom: "pool1" top: "conv2"
        convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
      layer { name: "relu2" type: "ReLU" bottom: "conv2" top: "conv2" }
      """;

  public TinyRenders {
    try {
      Files.writeString(folder.resolve("tiny.prototxt"), DEFINITION);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The job of a print by that name; later layers win. */
  public RenderJob job(String name, String... yaml) {
    String base =
        """
        input: {source: 'gradient:chromatic'}
        print: {out: %s, width: 97px, height: 61px}
        brain: {path: %s, random-weights: 3}
        dream: {layers: [conv2], octaves: 2, iterations: 4, jitter: 5, seed: 9}
        run: {engine: reference, master: in-process}
        """
            .formatted(print(name), folder.resolve("tiny.prototxt"));
    List<JobLayer> layers = new ArrayList<>();
    layers.add(JobLayer.ofYaml("base", base));
    for (String layer : yaml) {
      layers.add(JobLayer.ofYaml("test", layer));
    }
    return JobReader.read(layers);
  }

  public Path print(String name) {
    return folder.resolve(name + ".tif");
  }

  /** Renders, and reads the print back as rows of RGB. */
  float[] render(String name, String... yaml) throws IOException {
    return render(job(name, yaml));
  }

  float[] render(RenderJob job) throws IOException {
    assertEquals(RenderOutcome.DONE, Render.run(job, new Recorder()));
    BufferedImage print = ImageIO.read(Path.of(job.print().out()).toFile());
    return print.getRaster().getPixels(0, 0, print.getWidth(), print.getHeight(), (float[]) null);
  }

  JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(name + ".tif.json").toFile());
  }
}
