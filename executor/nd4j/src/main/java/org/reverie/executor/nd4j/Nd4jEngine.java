package org.reverie.executor.nd4j;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.engine.Engine;
import org.reverie.executor.engine.Objective;
import org.reverie.executor.engine.Session;

/**
 * A brain and an objective as SameDiff graphs, one per window size and open session; a closed
 * session's graph waits for the next of that size, without its arrays.
 */
final class Nd4jEngine implements Engine {
  private final Brain brain;
  private final Objective objective;
  private final int threads;
  private final Parameters parameters = new Parameters();
  private final Map<WindowSize, Deque<NetworkProgram>> idle = new HashMap<>();

  private record WindowSize(int width, int height) {}

  Nd4jEngine(Brain brain, Objective objective, int threads) {
    this.brain = brain;
    this.objective = objective;
    this.threads = threads;
  }

  @Override
  public long bytesFor(int width, int height) {
    NetworkProgram program = take(width, height);
    takeBack(program, width, height);
    return program.outputBytes();
  }

  @Override
  public long weightBytes() {
    return parameters.bytes();
  }

  @Override
  public Session compile(int width, int height) {
    return new Nd4jSession(this, take(width, height), width, height);
  }

  @Override
  public List<float[]> activations(float[] input, int width, int height) {
    limitThreads();
    try (NetworkProgram program =
        NetworkGraph.activations(brain, objective, parameters, width, height)) {
      return program.run(input, width, height, (x, y) -> 0);
    }
  }

  /**
   * OpenMP keeps its number of threads per calling thread, so every call says it. ND4J's own loops
   * take the process-wide number, the last one set.
   */
  void limitThreads() {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    Nd4j.getEnvironment().setMaxThreads(threads);
  }

  private NetworkProgram take(int width, int height) {
    synchronized (idle) {
      Deque<NetworkProgram> waiting = idle.get(new WindowSize(width, height));
      if (waiting != null && !waiting.isEmpty()) {
        return waiting.pop();
      }
    }
    return NetworkGraph.gradient(brain, objective, parameters, width, height);
  }

  void takeBack(NetworkProgram program, int width, int height) {
    synchronized (idle) {
      idle.computeIfAbsent(new WindowSize(width, height), size -> new ArrayDeque<>()).push(program);
    }
  }

  @Override
  public void close() {
    synchronized (idle) {
      idle.clear();
    }
    parameters.close();
  }
}
