package org.reverie.executor.work;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Runs any task of any stage: what a runner calls on an executor. */
public final class Tasks {
  private Tasks() {}

  /** A {@link TaskBody}: runs one task to its end. */
  public static TaskReport perform(RenderSetup setup, Stage stage, int task) {
    RenderContext context = RenderContext.of(setup);
    try {
      return switch (stage.kind()) {
        case BASE, START, STEP, STITCH -> new ChunkTask(context, stage, task).perform();
        case GRADIENT, STEP_GRADIENT, DREAM -> new TileTask(context, stage, task).perform();
        case SEAMS -> new SeamTask(context, task).perform();
        case ENCODE -> new EncodeTask(context, task).perform();
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Gives back engines and memory that this process holds for the renders of a session. */
  public static void release(String session) {
    RenderContext.release(session);
  }
}
