package org.reverie.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Counts pixels, so that rates of benchmarks of several sizes can be compared. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Megapixels {
  /** Millions of pixels done; JMH divides them by the time. */
  public double megapixels;

  void add(long pixels) {
    megapixels += pixels / 1e6;
  }
}
