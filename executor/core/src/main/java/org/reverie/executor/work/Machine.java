package org.reverie.executor.work;

import java.lang.management.ManagementFactory;

/** What this process may take of the machine it runs on. */
public final class Machine {
  /**
   * A quarter of the memory: the heap takes another, pages of the store and other programs the
   * rest.
   */
  private static final long MEMORY_SHARE = 4;

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
