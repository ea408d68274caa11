package org.reverie.executor.cudnn;

import java.util.EnumMap;
import java.util.Map;
import org.reverie.executor.cudnn.Place.Kind;

/** The memory on the device that belongs to one session: planes, tables and what a run reports. */
final class SessionBuffers implements AutoCloseable {
  /** Iterations that are queued at once. */
  static final int MOST_ITERATIONS = 64;

  /** Bytes of the kernels' {@code Control}, up to the factors, the sums and the end. */
  static final int FACTORS_OFFSET = 96;

  static final int SUMS_OFFSET = FACTORS_OFFSET + MOST_ITERATIONS * Float.BYTES;
  static final int CONTROL_BYTES = SUMS_OFFSET + MOST_ITERATIONS * Double.BYTES;

  /**
   * Pixels along an axis that a window may load beyond those it sees at once: with a mirrored
   * border it sees others at other phases, as many as the stride less one.
   */
  static final int MARGIN_PIXELS = 32;

  private static final int CHANNELS = 3;
  private static final int SUMS_PER_ROW = 32;
  private static final int PARTS = 256;

  private final Device device;
  private final int width;
  private final int height;
  private final Map<Kind, Long> addresses = new EnumMap<>(Kind.class);
  private int loadedWidth;
  private int loadedHeight;

  SessionBuffers(Device device, int width, int height) {
    this.device = device;
    this.width = width;
    this.height = height;
    allocate(width + MARGIN_PIXELS, height + MARGIN_PIXELS);
  }

  /** What the buffers of a session take, bytes. */
  static long bytes(int width, int height) {
    long sum = 0;
    for (Kind kind : Kind.values()) {
      sum +=
          Program.LAYOUT.aligned(
              bytes(kind, width, height, width + MARGIN_PIXELS, height + MARGIN_PIXELS));
    }
    return sum;
  }

  private static long bytes(Kind kind, int width, int height, int loadedWidth, int loadedHeight) {
    return switch (kind) {
      case CONTROL -> CONTROL_BYTES;
      case TABLES ->
          (long) MOST_ITERATIONS
              * Integer.BYTES
              * ((long) width + height + loadedWidth + loadedHeight);
      case CANVAS, GRADIENT -> (long) CHANNELS * Float.BYTES * loadedWidth * loadedHeight;
      case REGIONS -> (long) loadedWidth * loadedHeight;
      case ROW_SUMS -> (long) SUMS_PER_ROW * Double.BYTES * loadedHeight;
      case PART_SUMS -> (long) PARTS * Double.BYTES;
    };
  }

  private void allocate(int columns, int rows) {
    try {
      for (Kind kind : Kind.values()) {
        addresses.put(kind, device.allocate(bytes(kind, width, height, columns, rows)));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    loadedWidth = columns;
    loadedHeight = rows;
  }

  /** Whether so many loaded pixels have no room. */
  boolean isTooSmall(int columns, int rows) {
    return columns > loadedWidth || rows > loadedHeight;
  }

  /** Makes room for as many loaded pixels; the buffers move, and nothing may use them meanwhile. */
  void reserve(int columns, int rows) {
    close();
    allocate(Math.max(columns, loadedWidth), Math.max(rows, loadedHeight));
  }

  /** The most columns that may be loaded. */
  int loadedWidth() {
    return loadedWidth;
  }

  /** The most rows that may be loaded. */
  int loadedHeight() {
    return loadedHeight;
  }

  long address(Kind kind) {
    return addresses.get(kind);
  }

  @Override
  public void close() {
    addresses.values().forEach(device::free);
    addresses.clear();
  }
}
