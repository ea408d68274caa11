package org.reverie.executor.engine;

/**
 * The least time that one gradient could take on a device if nothing but its dearest part were
 * there, measured beside the engine. A bound to compare with, not to plan by. Used by one thread.
 */
public interface Roof extends AutoCloseable {
  /** What is timed, for people. */
  String description();

  /** Measures everything once. */
  void round();

  /**
   * The bound to hold a median of the same rounds against, seconds per gradient: every part counts
   * with the median of its rounds. At least one round before.
   */
  double seconds();

  /**
   * The same with every part's fastest round, seconds per gradient: what a machine that never does
   * anything else would come to. No gradient is measured that way, so a noisy machine stays below
   * it. At least one round before.
   */
  double fastestSeconds();

  /** Floating-point operations of that part in one gradient. */
  double operations();

  @Override
  void close();
}
