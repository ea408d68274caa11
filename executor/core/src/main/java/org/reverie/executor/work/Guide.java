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
 * The guides' activations, which the guide objective matches.
 *
 * @param columns per target, channels x count, one guide after the other
 * @param ends for every target and guide of a mask's region one past its last column, target by
 *     target; empty without a mask
 */
public record Guide(float[][] columns, int[] ends) {
  /** No guide. */
  public static final Guide NONE = new Guide(new float[0][], new int[0]);

  /** More columns would cost every iteration a product that no eye could tell. */
  private static final int MOST_COLUMNS = 4096;

  /**
   * Runs guides through the brain.
   *
   * @param pictures one, or one per region of a mask
   * @param regional whether there is a mask
   * @param layers that are dreamt, index in the brain
   * @param engine opened for the brain and these layers
   */
  static Guide of(
      List<SurveyQuestion.GuidePicture> pictures,
      boolean regional,
      Brain brain,
      List<Integer> layers,
      Engine engine) {
    int regions = pictures.size();
    float[][][] parts = new float[layers.size()][regions][];
    int[] ends = new int[regional ? layers.size() * regions : 0];
    for (int region = 0; region < regions; region++) {
      SurveyQuestion.GuidePicture picture = pictures.get(region);
      List<float[]> activations =
          engine.activations(picture.canvas(), picture.width(), picture.height());
      for (int i = 0; i < parts.length; i++) {
        int channels = brain.layers().get(layers.get(i)).channels();
        parts[i][region] = thinned(activations.get(i), channels);
        if (regional) {
          int before = region == 0 ? 0 : ends[i * regions + region - 1];
          ends[i * regions + region] = before + parts[i][region].length / channels;
        }
      }
    }
    float[][] columns = new float[parts.length][];
    for (int i = 0; i < parts.length; i++) {
      columns[i] = beside(parts[i], brain.layers().get(layers.get(i)).channels());
    }
    return new Guide(columns, ends);
  }

  /** Several matrices of as many channels, one to the right of the other. */
  private static float[] beside(float[][] parts, int channels) {
    int count = 0;
    for (float[] part : parts) {
      count += part.length / channels;
    }
    float[] all = new float[Math.multiplyExact(channels, count)];
    int first = 0;
    for (float[] part : parts) {
      int columns = part.length / channels;
      for (int c = 0; c < channels; c++) {
        System.arraycopy(part, c * columns, all, c * count + first, columns);
      }
      first += columns;
    }
    return all;
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
      for (int end : ends) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(end).flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
