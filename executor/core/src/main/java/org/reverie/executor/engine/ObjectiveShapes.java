package org.reverie.executor.engine;

import java.util.List;
import org.reverie.conf.UserException;
import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.Shape;

/** The shapes of a brain's layers at a window size, checked for what an objective needs. */
public final class ObjectiveShapes {
  private ObjectiveShapes() {}

  /**
   * The shapes of all layers, CHW; those the objective does not need may have no positions.
   *
   * @param width columns of the network's input
   * @param height rows of the network's input
   * @throws UserException {@code window-too-small} if a layer that the objective needs would have
   *     no output at that size
   */
  public static List<Shape> of(Brain brain, Objective objective, int width, int height) {
    List<Shape> shapes = brain.shapes(width, height);
    boolean[] needed = brain.needed(objective.layers());
    for (int i = 0; i < needed.length; i++) {
      if (needed[i] && !shapes.get(i).exists()) {
        throw UserException.of(
            "window-too-small",
            brain.layers().get(i).name(),
            "a window of %d x %d px is too small for this layer".formatted(width, height),
            "Use larger tiles, fewer octaves or a lower layer");
      }
    }
    return shapes;
  }
}
