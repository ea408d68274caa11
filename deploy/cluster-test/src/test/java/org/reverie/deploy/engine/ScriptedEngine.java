package org.reverie.deploy.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Clip;
import org.reverie.executor.engine.DeviceLostException;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Scaling;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Region;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import sun.misc.Unsafe;

/**
 * The engine {@code onednn} that obeys system properties:
 *
 * <ul>
 *   <li>{@code scripted.absent}: no device is found on this machine, and why;
 *   <li>{@code scripted.memory}: bytes that are free on a device;
 *   <li>{@code scripted.folder}, as all that follow on executors only: receives {@code engines}, a
 *       line "process device opened" or "process device closed" for every engine, and {@code used},
 *       a line "process device" for every window;
 *   <li>{@code scripted.crash}: on windows of the upper left tile of a canvas of so many columns,
 *       the process dies as native code dies;
 *   <li>{@code scripted.lost}: the process that is first to make the file {@code lost}, on a canvas
 *       of so many columns, has no device any more;
 *   <li>{@code scripted.slow}: on the process that is first to make the file {@code slow}, every
 *       gradient takes so many milliseconds more.
 * </ul>
 */
public final class ScriptedEngine implements EngineProvider {
  public static final String NAME = "scripted";

  private final EngineProvider engine =
      ServiceLoader.load(EngineProvider.class).stream()
          .filter(provider -> provider.type() != ScriptedEngine.class)
          .map(ServiceLoader.Provider::get)
          .filter(provider -> provider.name().equals("onednn"))
          .findFirst()
          .orElseThrow();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int preference() {
    return Integer.MIN_VALUE;
  }

  @Override
  public Availability availability() {
    String absent = System.getProperty("scripted.absent");
    return absent == null ? engine.availability() : new Availability(false, absent);
  }

  @Override
  public OptionalLong memoryBytes(int device) {
    Long bytes = Long.getLong("scripted.memory");
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  @Override
  public String instructionSet() {
    return engine.instructionSet();
  }

  @Override
  public Engine open(Brain brain, Objective objective, Options options) {
    record("engines", options.device(), " opened");
    Engine open = engine.open(brain, objective, options);
    return new Engine() {
      @Override
      public long bytesFor(int width, int height) {
        return open.bytesFor(width, height);
      }

      @Override
      public long weightBytes() {
        return open.weightBytes();
      }

      @Override
      public Session compile(int width, int height) {
        return new ScriptedSession(open.compile(width, height), options.device());
      }

      @Override
      public List<float[]> activations(float[] input, int width, int height) {
        return open.activations(input, width, height);
      }

      @Override
      public void close() {
        record("engines", options.device(), " closed");
        open.close();
      }
    };
  }

  /** Whether this process is an executor: there the properties are set. */
  private static boolean isScripted() {
    return System.getProperty("scripted.folder") != null;
  }

  private static void record(String file, int device, String what) {
    if (isScripted()) {
      try {
        Files.writeString(
            Path.of(System.getProperty("scripted.folder"), file),
            ProcessHandle.current().pid() + " " + device + what + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class ScriptedSession implements Session {
    private static final int CRASH = Integer.getInteger("scripted.crash", 0);
    private static final int LOST = Integer.getInteger("scripted.lost", 0);
    private static final int SLOW = Integer.getInteger("scripted.slow", 0);
    private static final boolean SLOW_HERE = SLOW > 0 && first("slow");
    private static volatile boolean lost;

    private final Session session;
    private final int device;

    ScriptedSession(Session session, int device) {
      this.session = session;
      this.device = device;
    }

    private static boolean first(String file) {
      try {
        Files.writeString(
            Path.of(System.getProperty("scripted.folder"), file),
            Long.toString(ProcessHandle.current().pid()),
            StandardOpenOption.CREATE_NEW);
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void load(Window window, float[] canvas) {
      record("used", device, "");
      if (window.x().canvasLength() == CRASH
          && window.x().loadedStart() == 0
          && window.y().loadedStart() == 0) {
        crash();
      }
      lost = lost || window.x().canvasLength() == LOST && first("lost");
      if (lost) {
        throw new DeviceLostException("as the script says");
      }
      session.load(window, canvas);
    }

    private static void crash() {
      try {
        Field field = Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        ((Unsafe) field.get(null)).putAddress(0, 0);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void regions(byte[] regions) {
      session.regions(regions);
    }

    @Override
    public double gradient(Roll roll, Region core) {
      if (SLOW_HERE) {
        try {
          Thread.sleep(SLOW);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return session.gradient(roll, core);
    }

    @Override
    public double[] run(List<Roll> rolls, Scaling scaling, Region core, Clip clip) {
      return Session.super.run(rolls, scaling, core, clip);
    }

    @Override
    public void step(float factor, Clip clip) {
      session.step(factor, clip);
    }

    @Override
    public void readCanvas(Region region, float[] out) {
      session.readCanvas(region, out);
    }

    @Override
    public void readGradient(Region region, float[] out) {
      session.readGradient(region, out);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
