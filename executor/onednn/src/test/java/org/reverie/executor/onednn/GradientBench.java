package org.reverie.executor.onednn;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.reverie.executor.brain.LoadedBrain;
import org.reverie.executor.brain.caffe.BrainReader;
import org.reverie.executor.engine.Objective;
import org.reverie.tiling.Border;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Window;
import org.reverie.tiling.WindowAxis;

/**
 * Times a gradient step by step: brain, layer, size, threads, rounds, and bfloat16 where it is not
 * float32. Not a test.
 */
final class GradientBench {
  private GradientBench() {}

  private static ThreadMXBean clock() {
    return ManagementFactory.getThreadMXBean();
  }

  public static void main(String[] arguments) throws Exception {
    final int size = Integer.parseInt(arguments[2]);
    final int threads = Integer.parseInt(arguments[3]);
    final int rounds = Integer.parseInt(arguments[4]);
    final Element element =
        arguments.length > 5
            ? Element.valueOf(arguments[5].toUpperCase(Locale.ROOT))
            : Element.FLOAT32;
    LoadedBrain brain =
        BrainReader.read(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(Path.of(arguments[0]).toUri()),
            OptionalLong.of(1));
    OnednnEngine engine =
        new OnednnEngine(brain.brain(), Objective.l2(brain.layer(arguments[1])), threads, element);
    long begin = System.nanoTime();
    System.out.printf(
        "arena %.1f bytes per pixel, weights %.1f MiB, planned in %d ms%n",
        (double) engine.bytesFor(size, size) / size / size,
        engine.weightBytes() / 1048576.0,
        (System.nanoTime() - begin) / 1_000_000);
    begin = System.nanoTime();
    try (OnednnSession session = engine.session(size, size)) {
      System.out.printf("compiled in %d ms%n", (System.nanoTime() - begin) / 1_000_000);
      float[] canvas = new float[3 * size * size];
      for (int i = 0; i < canvas.length; i++) {
        canvas[i] = (i * 2654435761L >>> 7 & 255) - 110;
      }
      WindowAxis axis = new WindowAxis(Border.WRAP, size, 0, size, 0, size, 1);
      Window window = new Window(axis, axis);
      session.load(window, canvas);
      double best = Double.MAX_VALUE;
      double processor = Double.MAX_VALUE;
      OperatingSystemMXBean process =
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      for (int i = 0; i < rounds; i++) {
        begin = System.nanoTime();
        final long used = process.getProcessCpuTime();
        session.gradient(new Roll(3, 5), window.loadedRegion());
        best = Math.min(best, (System.nanoTime() - begin) / 1e6);
        processor = Math.min(processor, (process.getProcessCpuTime() - used) / 1e6);
      }
      System.out.printf(
          "%.1f ms, %.3f Mpx/s, %.1f ms of processors%n",
          best, size * (double) size / best / 1e3, processor);
      Map<String, Long> times = new LinkedHashMap<>();
      for (int i = 0; i < rounds; i++) {
        Map<String, Integer> seen = new LinkedHashMap<>();
        // On one thread its processor time, which other processes do not disturb.
        ThreadMXBean clock = clock();
        session.profile(
            threads == 1 ? clock::getCurrentThreadCpuTime : System::nanoTime,
            (step, nanoseconds) ->
                times.merge(
                    step + " #" + seen.merge(step, 1, Integer::sum), nanoseconds, Math::min));
      }
      long sum = times.values().stream().mapToLong(Long::longValue).sum();
      try (ConvolutionRoof roof =
          new ConvolutionRoof(
              brain.brain(),
              Objective.l2(brain.layer(arguments[1])),
              size,
              size,
              threads,
              element,
              threads == 1 ? clock()::getCurrentThreadCpuTime : System::nanoTime)) {
        for (int i = 0; i < 3; i++) {
          roof.round();
        }
        System.out.printf(
            "roof %.1f ms, %.1f GFLOP, share %.3f%n",
            roof.fastestSeconds() * 1e3,
            roof.operations() / 1e9,
            roof.fastestSeconds() * 1e9 / sum);
        roof.nanoseconds(sorted -> sorted.get(0)).entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .forEach(e -> System.out.printf("%9.3f ms  roof %s%n", e.getValue() / 1e6, e.getKey()));
      }
      System.out.printf("steps, best each: %.1f ms%n", sum / 1e6);
      List<Map.Entry<String, Long>> order = new ArrayList<>(times.entrySet());
      if (arguments.length > 5) {
        order.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
      }
      for (Map.Entry<String, Long> entry : order) {
        System.out.printf("%9.3f ms  %s%n", entry.getValue() / 1e6, entry.getKey());
      }
    }
    engine.close();
  }
}
