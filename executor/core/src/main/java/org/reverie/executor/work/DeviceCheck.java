package org.reverie.executor.work;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.BrainCodec;
import org.reverie.executor.brain.ReceptiveFields;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.EngineProvider;
import org.reverie.executor.engine.Engines;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Session;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * Runs a gradient on the device that a task was given, once per device and process, and tells how
 * it went. The brain comes with the setup; nothing else of it is used.
 *
 * @param id of this check: a process that has answered it answers the same again
 * @param engine by name
 * @param precision name of an {@link EngineProvider.Precision}; empty for the engine's own
 * @param layer index of the layer in the brain
 * @param size edge of the window, pixels
 * @param threads of the engine; 0 for all processors
 * @param holdMillis how long a task keeps its slot at least, so that one process cannot take the
 *     tasks that are meant for others
 */
public record DeviceCheck(
    String id, String engine, String precision, int layer, int size, int threads, long holdMillis)
    implements TaskBody {
  private static final int ROUNDS = 3;
  private static final Map<String, DeviceReport> ANSWERED = new ConcurrentHashMap<>();

  @Override
  public TaskReport perform(RenderSetup setup, Stage stage, int task) {
    return perform(setup, task, Long.toString(ProcessHandle.current().pid()));
  }

  /**
   * The same in a process that a scheduler has a name for.
   *
   * @param executor the name
   */
  public TaskReport perform(RenderSetup setup, int task, String executor) {
    long start = System.nanoTime();
    String device = TaskDevice.address().orElse("cpu");
    DeviceReport report =
        ANSWERED.computeIfAbsent(id + ' ' + executor + ' ' + device, key -> ask(setup, device));
    hold(start);
    return new TaskReport(
        task,
        new double[0],
        0,
        System.nanoTime() - start,
        0,
        false,
        1,
        report.by(executor).encode());
  }

  private void hold(long start) {
    try {
      Thread.sleep(Math.max(0, holdMillis - (System.nanoTime() - start) / 1_000_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private DeviceReport ask(RenderSetup setup, String device) {
    try {
      EngineProvider provider = Engines.choose(engine).provider();
      return measure(provider, BrainCodec.decode(setup.brain()), device);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      // The answer of a device that cannot work is why.
      String asked = precision.toLowerCase(Locale.ROOT);
      return report(device, engine, asked, "", 0, 0, String.valueOf(e.getMessage()));
    }
  }

  private DeviceReport measure(EngineProvider provider, Brain brain, String device) {
    EngineProvider.Options options =
        new EngineProvider.Options(
            threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
            device.equals("cpu") ? 0 : Integer.parseInt(device),
            precision.isEmpty()
                ? provider.defaultPrecision()
                : EngineProvider.Precision.valueOf(precision));
    Objective objective =
        new Objective(List.of(new Objective.Target(layer, 1, new Objective.Drive.Square())));
    int stride = ReceptiveFields.of(brain).geometry(List.of(layer)).stride();
    WindowAxis axis = new WindowAxis(Border.WRAP, size, 0, size, 0, size, stride);
    Window window = new Window(axis, axis);
    float[] canvas = new float[3 * size * size];
    for (int i = 0; i < canvas.length; i++) {
      canvas[i] = (i * 31 % 97) - 48;
    }
    try (Engine opened = provider.open(brain, objective, options);
        Session session = opened.compile(size, size)) {
      session.load(window, canvas);
      double[] seconds = new double[ROUNDS];
      for (int round = -1; round < ROUNDS; round++) {
        long start = System.nanoTime();
        session.gradient(Roll.NONE, window.loadedRegion());
        if (round >= 0) {
          seconds[round] = (System.nanoTime() - start) / 1e9;
        }
      }
      Arrays.sort(seconds);
      return report(
          device,
          provider.name(),
          options.precision().written(),
          provider.instructionSet(),
          size * (size / 1e6) / seconds[ROUNDS / 2],
          opened.bytesFor(size, size) + opened.weightBytes(),
          "");
    }
  }

  private static DeviceReport report(
      String device,
      String engine,
      String precision,
      String instructions,
      double rate,
      long bytes,
      String problem) {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new DeviceReport(
        host(),
        "",
        device,
        engine,
        precision,
        instructions,
        rate,
        bytes,
        system.getTotalMemorySize(),
        problem);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
