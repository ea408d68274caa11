package org.reverie.executor.nd4j;

import java.util.List;
import org.reverie.executor.engine.HostSession;

/** One window of an {@link Nd4jEngine}. */
final class Nd4jSession extends HostSession {
  private final Nd4jEngine engine;
  private final int width;
  private final int height;
  private final float[] input;
  private NetworkProgram program;

  Nd4jSession(Nd4jEngine engine, NetworkProgram program, int width, int height) {
    super(width, height);
    this.engine = engine;
    this.program = program;
    this.width = width;
    this.height = height;
    this.input = new float[Math.multiplyExact(3, Math.multiplyExact(height, width))];
  }

  @Override
  protected void differentiate(InputRows rows, GradientRows gradient) {
    if (program == null) {
      throw new IllegalStateException("the session is closed");
    }
    for (int row = 0; row < 3 * height; row++) {
      rows.copy(row / height, row % height, input, row * width);
    }
    engine.limitThreads();
    List<float[]> results = program.run(input, width, height, this::region);
    for (int row = 0; row < 3 * height; row++) {
      gradient.accept(row / height, row % height, results.get(0), row * width);
    }
  }

  /** Bytes of native memory that runs have left in use. */
  long pooledBytes() {
    return program.pooledBytes();
  }

  @Override
  public void close() {
    if (program != null) {
      program.close();
      engine.takeBack(program, width, height);
      program = null;
    }
  }
}
