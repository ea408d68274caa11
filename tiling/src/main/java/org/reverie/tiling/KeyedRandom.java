package org.reverie.tiling;

/**
 * SplitMix64 (Steele, Lea and Flood, 2014) started from a key, so that a number depends on (seed,
 * purpose, octave, iteration or round) alone: never on a thread, a task, a tile or the clock.
 */
public final class KeyedRandom {
  /** What numbers are drawn for; the ordinal is part of the key, so new ones go last. */
  public enum Purpose {
    ROLL,
    LATTICE,
    NOISE,
    WEIGHTS,
    CONTROL,
    MOTIF,
    TRAINING,
    DITHER
  }

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  private KeyedRandom(long state) {
    this.state = state;
  }

  /**
   * The generator for a key.
   *
   * @param seed the job's seed
   * @param purpose what for
   * @param key octave, iteration, round, pixel: whatever else tells one draw from another
   */
  public static KeyedRandom of(long seed, Purpose purpose, long... key) {
    long state = mix(seed + GOLDEN_GAMMA);
    state = mix(state ^ (purpose.ordinal() + 1) * GOLDEN_GAMMA);
    for (long part : key) {
      state = mix((state + GOLDEN_GAMMA) ^ mix(part + GOLDEN_GAMMA));
    }
    return new KeyedRandom(state);
  }

  /** The next 64 bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** Passes over as many numbers, at no more cost than one. */
  public void skip(long numbers) {
    state += numbers * GOLDEN_GAMMA;
  }

  /** Uniform in 0 (inclusive) .. bound (exclusive), without modulo bias; bound at least 1. */
  public long nextLong(long bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound " + bound);
    }
    long limit = Long.MAX_VALUE - Long.MAX_VALUE % bound;
    long bits;
    do {
      bits = nextLong() >>> 1;
    } while (bits >= limit);
    return bits % bound;
  }

  /** Uniform in [0, 1), 53 bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
