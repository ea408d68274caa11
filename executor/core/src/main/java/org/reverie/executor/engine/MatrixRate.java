package org.reverie.executor.engine;

/**
 * How fast an engine's library multiplies large matrices: what is commonly taken for a machine's
 * peak, to tell a slow machine from slow convolutions. Used by one thread.
 */
public interface MatrixRate extends AutoCloseable {
  /** What is timed, for people. */
  String description();

  /** Multiplies once. */
  void round();

  /**
   * The median of the rounds, 1e9 multiplications and additions per second; at least one before.
   */
  double gigaflopPerSecond();

  @Override
  void close();
}
