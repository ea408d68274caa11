package org.reverie.executor.engine;

/**
 * The least time that one gradient could take on a device if nothing but its dearest part were
 * there, measured beside the engine. A bound to compare with, not to plan by. Used by one thread.
 */
public interface Roof extends AutoCloseable {
  /** What is timed, for people. */
  String description();

  /** Measures everything once; of all rounds the best counts. */
  void round();

  /** The bound, seconds per gradient; at least one round before. */
  double seconds();

  /** Floating-point operations of that part in one gradient. */
  double operations();

  @Override
  void close();
}
