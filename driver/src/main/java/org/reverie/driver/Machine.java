package org.reverie.driver;

import java.lang.management.ManagementFactory;

/** What this process may take of the machine it runs on. */
final class Machine {
  /**
   * A quarter of the memory: the heap takes another, pages of the store and other programs the
   * rest.
   */
  private static final long MEMORY_SHARE = 4;

  private Machine() {}

  /** Memory that the sessions of an engine may take if nobody says more, bytes. */
  static long engineBytes() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getTotalMemorySize() / MEMORY_SHARE;
  }

  /** Processors that this process may use. */
  static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Memory that planes of pixels may take on the heap, bytes. */
  static long planeBytes() {
    return Runtime.getRuntime().maxMemory() / 2;
  }
}
