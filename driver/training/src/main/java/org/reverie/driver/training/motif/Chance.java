package org.reverie.driver.training.motif;

import org.reverie.tiling.KeyedRandom;

/** Chance in the words that drawing needs. */
final class Chance {
  private final KeyedRandom random;

  Chance(KeyedRandom random) {
    this.random = random;
  }

  /** Uniform from {@code low} to {@code high}. */
  double in(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  /** Uniform whole number from {@code low} to {@code high}, both included. */
  int whole(int low, int high) {
    return low + (int) random.nextLong(high - low + 1L);
  }

  /** True with that probability. */
  boolean flip(double probability) {
    return random.nextDouble() < probability;
  }

  /** Near 0, mostly within 1 of it: the sum of three uniforms, scaled to a deviation of 1/2. */
  double near() {
    return random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5;
  }

  /** A seed for something that draws by itself. */
  long seed() {
    return random.nextLong();
  }
}
