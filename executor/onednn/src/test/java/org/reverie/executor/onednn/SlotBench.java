package org.reverie.executor.onednn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
 * Holds one session with all processors against as many sessions with one each, in interleaved
 * rounds: brain, layer, size, processors, rounds. Not a test.
 */
final class SlotBench {
  private SlotBench() {}

  /** Sessions side by side. */
  private static final class Slots implements AutoCloseable {
    final OnednnEngine engine;
    final List<OnednnSession> sessions = new ArrayList<>();
    final List<Double> rates = new ArrayList<>();
    final Window window;
    final int threads;
    final long pixels;

    Slots(LoadedBrain brain, String layer, int size, int slots, int threads) {
      this.threads = threads;
      engine =
          new OnednnEngine(
              brain.brain(), Objective.l2(brain.layer(layer)), threads, Element.FLOAT32);
      WindowAxis axis = new WindowAxis(Border.WRAP, size, 0, size, 0, size, 1);
      window = new Window(axis, axis);
      pixels = (long) size * size;
      float[] canvas = new float[3 * size * size];
      for (int i = 0; i < canvas.length; i++) {
        canvas[i] = (i * 2654435761L >>> 7 & 255) - 110;
      }
      for (int i = 0; i < slots; i++) {
        OnednnSession session = engine.session(size, size);
        session.load(window, canvas);
        sessions.add(session);
      }
    }

    /** Every session computes as many gradients as the others; the last one's end counts. */
    void round(ExecutorService tasks, int gradients) throws Exception {
      long start = System.nanoTime();
      List<Future<?>> running = new ArrayList<>();
      for (OnednnSession session : sessions) {
        running.add(
            tasks.submit(
                () -> {
                  for (int i = 0; i < gradients / sessions.size(); i++) {
                    session.gradient(new Roll(3, 5), window.loadedRegion());
                  }
                }));
      }
      for (Future<?> task : running) {
        task.get();
      }
      rates.add(gradients * pixels / 1e6 / ((System.nanoTime() - start) / 1e9));
    }

    void print() {
      List<Double> sorted = rates.stream().sorted().toList();
      System.out.printf(
          "%d x %d threads: %.3f Mpx/s (%.3f to %.3f), %.0f bytes per pixel of a window%n",
          sessions.size(),
          threads,
          sorted.get(sorted.size() / 2),
          sorted.get(0),
          sorted.get(sorted.size() - 1),
          engine.arenas().mostBytes() / (double) pixels);
    }

    @Override
    public void close() {
      sessions.forEach(OnednnSession::close);
      engine.close();
    }
  }

  public static void main(String[] arguments) throws Exception {
    LoadedBrain brain =
        BrainReader.read(
            FileSystem.getLocal(new Configuration(false)),
            new org.apache.hadoop.fs.Path(Path.of(arguments[0]).toUri()),
            OptionalLong.of(1));
    String layer = arguments[1];
    int size = Integer.parseInt(arguments[2]);
    int processors = Integer.parseInt(arguments[3]);
    ExecutorService tasks = Executors.newFixedThreadPool(processors);
    try (Slots one = new Slots(brain, layer, size, 1, processors);
        Slots many = new Slots(brain, layer, size, processors, 1)) {
      for (int round = 0; round <= Integer.parseInt(arguments[4]); round++) {
        one.round(tasks, processors);
        many.round(tasks, processors);
        if (round == 0) {
          one.rates.clear();
          many.rates.clear();
        }
      }
      one.print();
      many.print();
    } finally {
      tasks.shutdown();
    }
  }
}
