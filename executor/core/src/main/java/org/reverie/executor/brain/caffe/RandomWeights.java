package org.reverie.executor.brain.caffe;

import java.nio.charset.StandardCharsets;
import org.reverie.tiling.KeyedRandom;

/**
 * Weights for a definition that has none: He-scaled kernels (normal, variance 2 over the number of
 * summands; He et al., 2015), small offsets, variances and factors near 1. Every blob is drawn for
 * itself, keyed by the layer's name, so that the order of reading does not matter.
 *
 * @param seed tells one random brain from another
 */
record RandomWeights(long seed) implements Weights {
  private static final double OFFSET_DEVIATION = 0.1;
  private static final float USUAL_SLOPE = 0.25f;

  @Override
  public float[] values(String layer, int blob, Role role, int... shape) {
    int count = 1;
    for (int length : shape) {
      count = Math.multiplyExact(count, length);
    }
    KeyedRandom random = KeyedRandom.of(seed, KeyedRandom.Purpose.WEIGHTS, hash(layer), blob);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (role) {
            case KERNEL -> (float) (normal(random) * Math.sqrt(2.0 * shape[0] / count));
            case OFFSET -> (float) (normal(random) * OFFSET_DEVIATION);
            case NEAR_ONE -> (float) (0.5 + random.nextDouble());
            case SLOPE -> USUAL_SLOPE;
            case ONE -> 1;
          };
    }
    return values;
  }

  /** Marsaglia's polar method; StrictMath, so that every machine draws the same bits. */
  private static double normal(KeyedRandom random) {
    double u;
    double square;
    do {
      u = 2 * random.nextDouble() - 1;
      double v = 2 * random.nextDouble() - 1;
      square = u * u + v * v;
    } while (square >= 1 || square == 0);
    return u * Math.sqrt(-2 * StrictMath.log(square) / square);
  }

  /** FNV-1a over UTF-8, 64 bits. */
  private static long hash(String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (letter & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }
}
