package org.reverie.executor.work;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Engine;

/**
 * The guide's activations, which the guide objective matches.
 *
 * @param columns per target, channels x count
 */
public record Guide(float[][] columns) {
  /** No guide. */
  public static final Guide NONE = new Guide(new float[0][]);

  /** More columns would cost every iteration a product that no eye could tell. */
  private static final int MOST_COLUMNS = 4096;

  /**
   * Runs a guide through the brain.
   *
   * @param layers that are dreamt, index in the brain
   * @param engine opened for the brain and these layers
   */
  static Guide of(
      SurveyQuestion.GuidePicture picture, Brain brain, List<Integer> layers, Engine engine) {
    List<float[]> activations =
        engine.activations(picture.canvas(), picture.width(), picture.height());
    float[][] columns = new float[activations.size()][];
    for (int i = 0; i < columns.length; i++) {
      int channels = brain.layers().get(layers.get(i)).channels();
      columns[i] = thinned(activations.get(i), channels);
    }
    return new Guide(columns);
  }

  /** At most {@link #MOST_COLUMNS} of the columns, evenly spread. */
  private static float[] thinned(float[] activations, int channels) {
    int count = activations.length / channels;
    if (count <= MOST_COLUMNS) {
      return activations;
    }
    float[] thinned = new float[channels * MOST_COLUMNS];
    for (int c = 0; c < channels; c++) {
      for (int j = 0; j < MOST_COLUMNS; j++) {
        thinned[c * MOST_COLUMNS + j] =
            activations[c * count + (int) ((long) j * count / MOST_COLUMNS)];
      }
    }
    return thinned;
  }

  /** SHA-256 over all columns, lower-case hexadecimal; empty without a guide. */
  String hash() {
    if (columns.length == 0) {
      return "";
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (float[] values : columns) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
