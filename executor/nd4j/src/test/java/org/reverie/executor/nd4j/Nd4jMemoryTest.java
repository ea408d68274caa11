package org.reverie.executor.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.reverie.executor.brain.Operation.Concat;
import org.reverie.executor.brain.Operation.Lrn;
import org.reverie.executor.brain.Operation.LrnRegion;
import org.reverie.executor.brain.Operation.Pool;
import org.reverie.executor.brain.Operation.Pooling;
import org.reverie.executor.engine.BrainSketch;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider.Options;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/** Native memory: bounded by what was promised, and not growing from call to call. */
class Nd4jMemoryTest {
  private static final int EDGE = 192;

  private static BrainSketch sketch() {
    return new BrainSketch("memory")
        .convolution("a", 32, 7, 2, 3)
        .relu("r")
        .layer("n", new Lrn(LrnRegion.ACROSS_CHANNELS, 5, 1e-4f, 0.75f, 1))
        .layer("p", new Pooling(Pool.MAX, 3, 3, 2, 2, 0, 0, true))
        .convolution("left", 32, 3, 1, 1, "p")
        .convolution("right", 32, 1, 1, 0, "p")
        .layer("join", new Concat(), "left", "right");
  }

  private static Engine open() {
    BrainSketch sketch = sketch();
    return new Nd4jEngineProvider()
        .open(sketch.brain(), sketch.objective(), new Options(2, 0, Precision.FLOAT32));
  }

  private static Window whole() {
    WindowAxis axis = new WindowAxis(Border.WRAP, EDGE, 0, EDGE, 0, EDGE, 1);
    return new Window(axis, axis);
  }

  @Test
  void arraysStayBelowThePromise() {
    try (Engine engine = open();
        Nd4jSession session = (Nd4jSession) engine.compile(EDGE, EDGE)) {
      session.load(whole(), BrainSketch.random("memory", 3 * EDGE * EDGE, 100));
      session.gradient(Roll.NONE, whole().loadedRegion());
      long first = session.pooledBytes();
      assertTrue(first > 0 && first < engine.bytesFor(EDGE, EDGE), first + " bytes");
      for (int i = 0; i < 5; i++) {
        session.gradient(Roll.NONE, whole().loadedRegion());
      }
      assertEquals(first, session.pooledBytes(), "a later run allocates nothing");
    }
  }

  @Test
  void residentMemoryDoesNotGrow() throws IOException {
    Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "no /proc");
    float[] canvas = BrainSketch.random("memory", 3 * EDGE * EDGE, 100);
    try (Engine engine = open()) {
      run(engine, canvas, 20);
      long before = residentBytes();
      run(engine, canvas, 50);
      long grown = residentBytes() - before;
      // One run's arrays are 14 MB; the Java heap grows by up to 100 MB of short-lived planes.
      assertTrue(grown < 250L << 20, "grown by " + (grown >> 20) + " MB");
    }
  }

  private static void run(Engine engine, float[] canvas, int calls) {
    for (int i = 0; i < calls; i++) {
      try (var session = engine.compile(EDGE, EDGE)) {
        session.load(whole(), canvas);
        session.gradient(Roll.NONE, whole().loadedRegion());
      }
    }
  }

  private static long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }
}
