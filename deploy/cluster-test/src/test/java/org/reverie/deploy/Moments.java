package org.reverie.deploy;

import java.util.function.BooleanSupplier;

/** Waiting. */
final class Moments {
  private Moments() {}

  static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until it is so; false if it was not within that time. */
  static boolean await(int seconds, BooleanSupplier so) {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (!so.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      // What is asked for lies in logs and in /proc, and is sought on the cores that a render
      // needs.
      pause(25);
    }
    return true;
  }
}
