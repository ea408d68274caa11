package org.reverie.driver;

import java.util.List;
import java.util.Optional;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.NotFiniteException;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.OutOfDeviceMemoryException;
import org.reverie.executor.engine.ReferenceEngineProvider;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;

/** The reference engine on a device that fails as a test wants it to. */
public final class FragileEngine implements EngineProvider {
  /** Pixels of the largest window that the device holds; it lies when it is asked beforehand. */
  static volatile long mostPixels = Long.MAX_VALUE;

  /** Where a window must begin to give no numbers, and how often it does so from now on. */
  static volatile Optional<long[]> poisoned = Optional.empty();

  static volatile int poisonings;

  private static volatile boolean lost;

  /** Planning measures the engine too, on a machine that is not the executor's. */
  private static boolean inTask() {
    return Thread.currentThread().getName().startsWith("tile-");
  }

  /** From now on nothing runs on the device. */
  public static void lose() {
    lost = true;
  }

  /** As after a new start of the process. */
  public static void heal() {
    lost = false;
    mostPixels = Long.MAX_VALUE;
    poisoned = Optional.empty();
    poisonings = 0;
  }

  @Override
  public String name() {
    return "fragile";
  }

  @Override
  public int preference() {
    return Integer.MIN_VALUE;
  }

  @Override
  public Availability availability() {
    return new Availability(true, "a test");
  }

  @Override
  public String instructionSet() {
    return "java";
  }

  @Override
  public Engine open(Brain brain, Objective objective, Options options) {
    Engine reference = new ReferenceEngineProvider().open(brain, objective, options);
    return new Engine() {
      @Override
      public long bytesFor(int width, int height) {
        return reference.bytesFor(width, height);
      }

      @Override
      public long weightBytes() {
        return reference.weightBytes();
      }

      @Override
      public Session compile(int width, int height) {
        if (inTask() && (long) width * height > mostPixels) {
          throw new OutOfDeviceMemoryException("no memory for " + width + " x " + height);
        }
        return new FragileSession(reference.compile(width, height));
      }

      @Override
      public List<float[]> activations(float[] input, int width, int height) {
        return reference.activations(input, width, height);
      }

      @Override
      public void close() {
        reference.close();
      }
    };
  }

  private static final class FragileSession implements Session {
    private final Session reference;
    private Window window;

    FragileSession(Session reference) {
      this.reference = reference;
    }

    @Override
    public void load(Window window, float[] canvas) {
      this.window = window;
      reference.load(window, canvas);
    }

    @Override
    public void regions(byte[] regions) {
      reference.regions(regions);
    }

    @Override
    public double gradient(Roll roll, Region core) {
      if (inTask() && lost) {
        throw new DeviceLostException("a test");
      }
      boolean here =
          poisoned
              .filter(at -> window.x().loadedStart() == at[0] && window.y().loadedStart() == at[1])
              .isPresent();
      if (inTask() && here && poisonings > 0) {
        poisonings--;
        throw new NotFiniteException(0);
      }
      return reference.gradient(roll, core);
    }

    @Override
    public double[] run(List<Roll> rolls, Scaling scaling, Region core, Clip clip) {
      return Session.super.run(rolls, scaling, core, clip);
    }

    @Override
    public void step(float factor, Clip clip) {
      reference.step(factor, clip);
    }

    @Override
    public void readCanvas(Region region, float[] out) {
      reference.readCanvas(region, out);
    }

    @Override
    public void readGradient(Region region, float[] out) {
      reference.readGradient(region, out);
    }

    @Override
    public void close() {
      reference.close();
    }
  }
}
