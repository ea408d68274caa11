package org.reverie.executor.brain.caffe;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.LoadedBrain;

/**
 * The brain that dreams where none is named: trained by {@code ./reverie train} on the forty motifs
 * of {@code ./reverie motifs}. Its folder lies among the program's resources; {@code card.md} there
 * says how it was made.
 */
public final class BuiltInBrain {
  private static final String FOLDER = "built-in/";

  private BuiltInBrain() {}

  /** Reads it: always the same, hash included. */
  public static LoadedBrain read() {
    try {
      Definition definition =
          Definition.parse(BrainWriter.DEFINITION, text(BrainWriter.DEFINITION));
      BrainDescriptor descriptor =
          BrainDescriptor.parse(BrainDescriptor.FILE, text(BrainDescriptor.FILE));
      StoredWeights weights;
      try (InputStream in = open(BrainWriter.WEIGHTS)) {
        weights = StoredWeights.read(BrainWriter.WEIGHTS, in);
      }
      GraphBuilder.Graph graph =
          GraphBuilder.build(definition, TrainingParts.of(definition), weights, 1);
      List<Float> mean = descriptor.mean();
      Brain brain =
          BrainCodec.hashed(
              definition.name(),
              graph.layers(),
              new float[] {mean.get(0), mean.get(1), mean.get(2)},
              descriptor.colourOrder(),
              descriptor.layers());
      return new LoadedBrain(brain, graph.keptOut(), List.of(), List.of())
          .withClasses(descriptor.classNames());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(String file) throws IOException {
    try (InputStream in = open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * A file of its folder.
   *
   * @param file such as {@code deploy.prototxt}
   * @throws FileNotFoundException if there is none of that name
   */
  public static InputStream open(String file) throws IOException {
    InputStream in = BuiltInBrain.class.getResourceAsStream(FOLDER + file);
    if (in == null) {
      throw new FileNotFoundException("the program lacks its own " + FOLDER + file);
    }
    return in;
  }
}
