package org.reverie.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.BuiltInBrain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.EngineProvider.Precision;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Session;

/** Which engine counts the memory of a render that another machine made. */
final class WindowMemoryTest {
  private static final long PIXELS = 1024 * 1024;
  private static final EngineProvider HALVING =
      new Counting("halving", true, 100, Precision.FLOAT32, Precision.BFLOAT16);
  private static final EngineProvider PLAIN = new Counting("plain", true, 300, Precision.FLOAT32);
  private static final EngineProvider ABSENT =
      new Counting("absent", false, 900, Precision.values());

  @Test
  void theReportsEngineCountsInTheReportsPrecision() {
    assertEquals(
        new WindowMemory(300, Precision.FLOAT32, Precision.FLOAT32),
        of("plain", Precision.FLOAT32));
    assertEquals(
        new WindowMemory(50, Precision.BFLOAT16, Precision.BFLOAT16),
        of("halving", Precision.BFLOAT16));
  }

  @Test
  void anotherCountsWhereItCannotRun() {
    assertEquals(
        new WindowMemory(50, Precision.BFLOAT16, Precision.BFLOAT16),
        of("absent", Precision.BFLOAT16));
    assertEquals(
        new WindowMemory(50, Precision.BFLOAT16, Precision.BFLOAT16),
        of("plain", Precision.BFLOAT16));
  }

  @Test
  void aPrecisionThatNoneHasIsTold() {
    WindowMemory memory = of("absent", Precision.FLOAT16);
    assertEquals(new WindowMemory(100, Precision.FLOAT32, Precision.FLOAT16), memory);
    assertEquals("float32, since no engine here computes in float16", memory.precision());
  }

  private static WindowMemory of(String engine, Precision precision) {
    LoadedBrain brain = BuiltInBrain.read();
    BrainChoice choice = BrainChoice.of(brain, BrainChoice.preferred(brain.brain()));
    return WindowMemory.of(choice, engine, precision, List.of(ABSENT, HALVING, PLAIN));
  }

  /** Counts so many bytes per pixel in float32, and half of it in what is coarser. */
  private record Counting(String name, boolean runs, int bytes, List<Precision> precisions)
      implements EngineProvider {
    Counting(String name, boolean runs, int bytes, Precision... precisions) {
      this(name, runs, bytes, List.of(precisions));
    }

    @Override
    public int preference() {
      return 0;
    }

    @Override
    public Availability availability() {
      return new Availability(runs, "a test");
    }

    @Override
    public String instructionSet() {
      return "";
    }

    @Override
    public Engine open(Brain brain, Objective objective, Options options) {
      if (!precisions.contains(options.precision())) {
        throw UserException.of("unsupported-precision", "--precision", "not here", "Leave it out");
      }
      int counted = options.precision() == Precision.FLOAT32 ? bytes : bytes / 2;
      return new Engine() {
        @Override
        public long bytesFor(int width, int height) {
          assertEquals(PIXELS, (long) width * height);
          return counted * PIXELS;
        }

        @Override
        public long weightBytes() {
          return 0;
        }

        @Override
        public Session compile(int width, int height) {
          throw new UnsupportedOperationException();
        }

        @Override
        public List<float[]> activations(float[] canvas, int width, int height) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
      };
    }
  }
}
