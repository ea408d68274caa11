package org.reverie.executor.agreement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.BuiltInBrain;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.Objective;

/**
 * The shipped brain in another program: OpenCV's dnn module reads its files and sees the same, to
 * 1e-4 of a blob's largest value, at three layers and at the classes.
 */
final class OpenCvTest {
  private static final List<String> LAYERS =
      List.of(
          "inception_3a/output",
          "inception_4c/output",
          "inception_5b/output",
          "classifier/classes");
  private static final int WIDTH = 96;
  private static final int HEIGHT = 80;
  private static final double TOLERANCE = 1e-4;

  /** Reads a picture as floats, writes what it becomes in some layers. */
  private static final String PROGRAM =
      """
      import sys
      import cv2, numpy
      folder, width, height, *layers = sys.argv[1:]
      net = cv2.dnn.readNetFromCaffe(folder + '/deploy.prototxt', folder + '/brain.caffemodel')
      picture = numpy.fromfile(folder + '/picture', '<f4').reshape(1, 3, int(height), int(width))
      for i, layer in enumerate(layers):
          net.setInput(picture)
          net.forward(layer).astype('<f4').tofile('%s/layer%d' % (folder, i))
      print(cv2.__version__)
      """;

  @TempDir private Path folder;

  @Test
  void itSeesTheSame() throws Exception {
    String python = pythonWithOpenCv();
    for (String file : List.of("deploy.prototxt", "brain.caffemodel")) {
      try (InputStream in = BuiltInBrain.open(file)) {
        Files.copy(in, folder.resolve(file));
      }
    }
    float[] picture = BrainSketch.random("for OpenCV", 3 * WIDTH * HEIGHT, 110);
    ByteBuffer bytes =
        ByteBuffer.allocate(picture.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(picture);
    Files.write(folder.resolve("picture"), bytes.array());
    List<String> arguments = new ArrayList<>(List.of(folder.toString(), "" + WIDTH, "" + HEIGHT));
    arguments.addAll(LAYERS);
    run(python, arguments);
    LoadedBrain brain = BuiltInBrain.read();
    EngineProvider provider = Engines.choose("auto").provider();
    for (int i = 0; i < LAYERS.size(); i++) {
      float[] theirs = floats(folder.resolve("layer" + i));
      Objective objective = Objective.l2(brain.layer(LAYERS.get(i)));
      try (Engine engine =
          provider.open(brain.brain(), objective, new Options(1, 0, Precision.FLOAT32))) {
        hold(LAYERS.get(i), theirs, engine.activations(picture, WIDTH, HEIGHT).get(0));
      }
    }
  }

  private static void hold(String layer, float[] theirs, float[] ours) {
    assertEquals(theirs.length, ours.length, layer);
    double largest = 0;
    double furthest = 0;
    for (int i = 0; i < ours.length; i++) {
      largest = Math.max(largest, Math.abs(theirs[i]));
      furthest = Math.max(furthest, Math.abs(theirs[i] - ours[i]));
    }
    assertTrue(largest > 0, layer + " is dark");
    assertTrue(furthest <= TOLERANCE * largest, layer + ": " + furthest + " of " + largest);
  }

  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** Debian's Python goes first: others on the path rarely have python3-opencv. */
  private static String pythonWithOpenCv() throws Exception {
    for (String python : List.of("/usr/bin/python3", "python3")) {
      try {
        Process asked = new ProcessBuilder(python, "-c", "import cv2, numpy").start();
        if (asked.waitFor(30, TimeUnit.SECONDS) && asked.exitValue() == 0) {
          return python;
        }
        asked.destroyForcibly();
      } catch (IOException e) {
        // There is no such Python; the next one is asked.
        continue;
      }
    }
    return Assumptions.abort("no Python with OpenCV (Debian: python3-opencv)");
  }

  private void run(String python, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(python, "-c", PROGRAM));
    command.addAll(arguments);
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "OpenCV does not end");
    assertEquals(0, process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
