package org.reverie.executor.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * What is known of a round that ended; written last, so that all of its planes stand in the store.
 *
 * @param octave index of the octave
 * @param round index of the round in its octave
 * @param sums the sum of |g| over the core of each tile, per iteration: tiles x iterations; a
 *     tile's row is empty if it computed no gradient
 * @param meanGradients mean |g| of the whole canvas, as it was applied or predicted, per iteration
 * @param reused tiles, ascending, that an earlier run had left finished
 * @param split tiles, ascending, that were cut further since their device lacked memory
 */
public record Manifest(
    int octave, int round, double[][] sums, double[] meanGradients, int[] reused, int[] split) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How many tiles the round had; all are done. */
  public int tiles() {
    return sums.length;
  }

  String fileName() {
    return fileName(octave, round);
  }

  static String fileName(int octave, int round) {
    return String.format(Locale.ROOT, "octave-%02d-round-%04d.json", octave, round);
  }

  byte[] toJson() throws JsonProcessingException {
    return JSON.writeValueAsBytes(this);
  }

  static Manifest fromJson(byte[] json) throws IOException {
    return JSON.readValue(json, Manifest.class);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Manifest manifest
        && octave == manifest.octave
        && round == manifest.round
        && Arrays.deepEquals(sums, manifest.sums)
        && Arrays.equals(meanGradients, manifest.meanGradients)
        && Arrays.equals(reused, manifest.reused)
        && Arrays.equals(split, manifest.split);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new Object[] {octave, round, sums, meanGradients, reused, split});
  }

  @Override
  public String toString() {
    return "manifest of octave " + octave + " round " + round + ", " + tiles() + " tiles";
  }
}
