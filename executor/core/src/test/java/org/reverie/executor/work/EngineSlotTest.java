package org.reverie.executor.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/**
 * Which compiled windows a slot keeps, and that what it keeps fits into the memory it was given.
 */
class EngineSlotTest {
  private static final SplitSession.Cut WHOLE = new SplitSession.Cut(1, 1, 0);

  /** 1000 bytes per pixel; counts what its sessions hold. */
  private static final class CountingEngine implements Engine {
    final boolean takesTurns;
    final List<Long> open = new ArrayList<>();
    int compiled;
    long mostBytes;

    CountingEngine(boolean takesTurns) {
      this.takesTurns = takesTurns;
    }

    @Override
    public long bytesFor(int width, int height) {
      return 1000L * width * height;
    }

    @Override
    public boolean sessionsTakeTurns() {
      return takesTurns;
    }

    @Override
    public long weightBytes() {
      return 0;
    }

    @Override
    public Session compile(int width, int height) {
      long bytes = bytesFor(width, height);
      compiled++;
      open.add(bytes);
      mostBytes =
          Math.max(mostBytes, open.stream().mapToLong(Long::longValue).reduce(0, this::together));
      return new CountedSession(() -> open.remove(bytes));
    }

    private long together(long some, long more) {
      return takesTurns ? Math.max(some, more) : some + more;
    }

    @Override
    public List<float[]> activations(float[] input, int width, int height) {
      throw new AssertionError("not asked for");
    }

    @Override
    public void close() {
      assertTrue(open.isEmpty(), "sessions outlive their engine");
    }
  }

  /** Computes nothing. */
  private record CountedSession(Runnable onClose) implements Session {
    @Override
    public void load(Window window, float[] canvas) {}

    @Override
    public void regions(byte[] regions) {}

    @Override
    public double gradient(Roll roll, Region core) {
      return 0;
    }

    @Override
    public void step(float factor, Clip clip) {}

    @Override
    public void readCanvas(Region region, float[] out) {}

    @Override
    public void readGradient(Region region, float[] out) {}

    @Override
    public void close() {
      onClose.run();
    }
  }

  /** Two rounds over three sizes of 100, 200 and 300 thousand bytes. */
  private static CountingEngine use(boolean takesTurns, long memoryBytes) {
    CountingEngine engine = new CountingEngine(takesTurns);
    try (EngineSlot slot = new EngineSlot(engine, memoryBytes)) {
      for (int round = 0; round < 2; round++) {
        for (int height = 10; height <= 30; height += 10) {
          slot.compute(
              10, height, WHOLE, session -> session.gradient(Roll.NONE, new Region(0, 0, 1, 1)));
        }
      }
    }
    return engine;
  }

  @Test
  void keepsWhatFits() {
    CountingEngine engine = use(false, 600_000);
    assertEquals(3, engine.compiled);
    assertEquals(600_000, engine.mostBytes);
  }

  @Test
  void givesUpOldWindowsForMemory() {
    CountingEngine engine = use(false, 599_999);
    assertTrue(engine.compiled > 3, "compiled " + engine.compiled);
    assertTrue(engine.mostBytes < 600_000, "took " + engine.mostBytes);
  }

  @Test
  void sessionsThatTakeTurnsCostNothingWhileIdle() {
    CountingEngine engine = use(true, 300_000);
    assertEquals(3, engine.compiled);
    assertEquals(300_000, engine.mostBytes);
  }

  @Test
  void whatRunsOutOfMemoryLeavesAllOfIt() {
    CountingEngine engine = new CountingEngine(true);
    try (EngineSlot slot = new EngineSlot(engine, Long.MAX_VALUE)) {
      slot.compute(10, 10, WHOLE, session -> 0);
      assertThrows(
          OutOfDeviceMemoryException.class,
          () ->
              slot.compute(
                  10,
                  20,
                  WHOLE,
                  session -> {
                    throw new OutOfDeviceMemoryException("a gradient");
                  }));
      assertEquals(List.of(), engine.open);
    }
  }

  @Test
  void keepsAsManyWindowsAsARoundHas() {
    CountingEngine engine = new CountingEngine(true);
    try (EngineSlot slot = new EngineSlot(engine, Long.MAX_VALUE)) {
      for (int width = 1; width <= 40; width++) {
        slot.compute(width, 1, WHOLE, session -> 0);
      }
      assertEquals(9, engine.open.size());
    }
  }
}
