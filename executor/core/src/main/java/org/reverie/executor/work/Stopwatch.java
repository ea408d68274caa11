package org.reverie.executor.work;

/** Tells time inside the engine from time outside of it, of one task. */
final class Stopwatch {
  private final long start = System.nanoTime();
  private long engineNanos;
  private long waitNanos;

  /** Time that passed inside the engine, waiting for it left out. */
  void engine(long nanos) {
    engineNanos += nanos;
  }

  /** Time spent waiting for another task's turn on the device. */
  void waited(long nanos) {
    waitNanos += nanos;
  }

  TaskReport report(int task, double[] sums, long gradientPixels, boolean reused, byte[] bytes) {
    return report(task, sums, gradientPixels, reused, 1, bytes);
  }

  TaskReport report(
      int task, double[] sums, long gradientPixels, boolean reused, int pieces, byte[] bytes) {
    long other = System.nanoTime() - start - engineNanos - waitNanos;
    return new TaskReport(task, sums, gradientPixels, engineNanos, other, reused, pieces, bytes);
  }
}
