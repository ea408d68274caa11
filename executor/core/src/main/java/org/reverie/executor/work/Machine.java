package org.reverie.executor.work;

import java.lang.management.ManagementFactory;

/** What this process may take of the machine it runs on. */
public final class Machine {
  /**
   * A third of the memory: the heap takes a quarter, pages of the store and other programs the
   * rest. With a quarter, 5400 x 3600 px of GoogLeNet on 24 GB were tiles in the last octave, whose
   * state went through the store after every step; a third holds them in one window.
   */
  private static final long MEMORY_SHARE = 3;

  private Machine() {}

  /** Memory that the sessions of an engine may take if nobody says more, bytes. */
  public static long engineBytes() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getTotalMemorySize() / MEMORY_SHARE;
  }

  /** Processors that this process may use. */
  public static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Memory that planes of pixels may take on the heap, bytes. */
  public static long planeBytes() {
    return Runtime.getRuntime().maxMemory() / 2;
  }
}
