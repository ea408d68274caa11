package org.reverie.executor.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Operation.Relu;
import org.reverie.executor.brain.Shape;
import org.reverie.executor.engine.Centres;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.LayerMemory;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.ObjectiveShapes;
import org.reverie.executor.engine.Session;
import org.reverie.executor.engine.lowering.Network;

/** A brain and an objective for oneDNN. */
final class OnednnEngine implements Engine {
  /** Edge of the window whose weights {@link #weightBytes} counts. */
  private static final int NOMINAL_PIXELS = 512;

  private final Brain brain;
  private final Objective objective;
  private final Network network;
  private final WeightStore weights;
  private final LibraryThreads threads;
  private final Element element;
  private final ArenaPool arenas = new ArenaPool();
  private final Map<Size, Long> arenaBytes = new ConcurrentHashMap<>();

  private record Size(int width, int height) {}

  /**
   * @param threads that run a step
   * @param element of activations, their gradients and the weights
   */
  OnednnEngine(Brain brain, Objective objective, int threads, Element element) {
    this.element = element;
    this.brain = brain;
    this.objective = objective;
    this.threads = new LibraryThreads(threads);
    this.network = Network.forGradient(brain, objective, OnednnEngine::joins);
    this.weights = WeightStore.retain(brain);
  }

  @Override
  public long bytesFor(int width, int height) {
    return arenaBytes.computeIfAbsent(
        new Size(width, height),
        size -> {
          try (Program program = write(size.width(), size.height())) {
            return OnednnSession.bytes(program);
          }
        });
  }

  @Override
  public List<LayerMemory> memoryByLayer(int width, int height) {
    try (Program program = write(width, height)) {
      return MemoryTable.of(network, program.blocks());
    }
  }

  @Override
  public long weightBytes() {
    try (Program program = write(NOMINAL_PIXELS, NOMINAL_PIXELS)) {
      return program.weightBytes();
    }
  }

  @Override
  public boolean sessionsTakeTurns() {
    return true;
  }

  /** Where its sessions compute. */
  ArenaPool arenas() {
    return arenas;
  }

  @Override
  public Session compile(int width, int height) {
    return session(width, height);
  }

  OnednnSession session(int width, int height) {
    try (Program program = write(width, height)) {
      return new OnednnSession(program, weights, arenas, width, height, threads);
    }
  }

  /** The steps of a gradient at a window size. */
  Program write(int width, int height) {
    List<Shape> shapes = ObjectiveShapes.of(brain, objective, width, height);
    return onThread(
        () -> {
          ProgramWriter writer = new ProgramWriter(threads.threads(), element);
          try {
            ForwardPass forward = new ForwardPass(network, shapes, writer, true);
            forward.write();
            List<Program.InputGradient> gradient =
                new BackwardPass(
                        network,
                        forward,
                        writer,
                        (layer, shape) -> Centres.of(brain, layer, shape, width, height))
                    .write();
            return writer.finish(forward.value(0), gradient, List.of());
          } catch (RuntimeException | Error e) {
            writer.close();
            throw e;
          }
        });
  }

  /** What primitives need depends on the number of threads of the thread that describes them. */
  private <T> T onThread(Supplier<T> body) {
    return threads.with(thread -> thread.call(body));
  }

  @Override
  public List<float[]> activations(float[] input, int width, int height) {
    List<Shape> shapes = ObjectiveShapes.of(brain, objective, width, height);
    Network forActivations = Network.forActivations(brain, objective, OnednnEngine::joins);
    Program program =
        onThread(
            () -> {
              ProgramWriter writer = new ProgramWriter(threads.threads(), element);
              try {
                ForwardPass forward = new ForwardPass(forActivations, shapes, writer, false);
                forward.write();
                List<Tensor> wanted = new ArrayList<>();
                for (int place : forActivations.places()) {
                  wanted.add(forward.value(place));
                }
                return writer.finish(forward.value(0), List.of(), wanted);
              } catch (RuntimeException | Error e) {
                writer.close();
                throw e;
              }
            });
    try (program;
        OnednnSession session =
            new OnednnSession(program, weights, arenas, width, height, threads)) {
      return session.activations(input);
    }
  }

  @Override
  public void close() {
    arenas.close();
    threads.close();
    weights.release();
  }

  /** The derivative is taken from the rectified value, whose sign a negative slope turns. */
  private static boolean joins(Relu relu) {
    return relu.slope() >= 0;
  }
}
