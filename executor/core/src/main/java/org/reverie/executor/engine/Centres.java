package org.reverie.executor.engine;

import org.reverie.executor.brain.Brain;
import org.reverie.executor.brain.ReceptiveFields;
import org.reverie.executor.brain.Shape;

/**
 * For every position of a layer the pixel of the network's input at the centre of what it sees:
 * {@code floor((offset + jump position) / divisor)}, kept inside the input.
 *
 * @param columns from left to right
 * @param rows from top to bottom
 */
public record Centres(Axis columns, Axis rows) {
  /**
   * One axis.
   *
   * @param offset of position 0
   * @param jump from one position to the next
   * @param divisor of both, above 0
   * @param length of the input, pixels
   */
  public record Axis(int offset, int jump, int divisor, int length) {
    /** The pixel of a position, 0 .. length - 1. */
    public int at(int position) {
      int pixel = Math.floorDiv(offset + jump * position, divisor);
      return Math.min(length - 1, Math.max(0, pixel));
    }
  }

  /** Says which region a pixel of the network's input belongs to. */
  @FunctionalInterface
  public interface Regions {
    /**
     * The region.
     *
     * @param x column of the input
     * @param y row of the input
     */
    int at(int x, int y);
  }

  /**
   * The centres of a layer. One that sees everything has its positions spread evenly.
   *
   * @param shape of the layer's output for that input
   * @param width columns of the network's input
   * @param height rows of the network's input
   */
  public static Centres of(Brain brain, int layer, Shape shape, int width, int height) {
    ReceptiveFields fields = ReceptiveFields.of(brain);
    return new Centres(
        axis(fields.centre(layer, true), shape.width(), width),
        axis(fields.centre(layer, false), shape.height(), height));
  }

  private static Axis axis(ReceptiveFields.Centre centre, int positions, int length) {
    return centre.bounded()
        ? new Axis(centre.offset(), centre.jump(), centre.divisor(), length)
        : new Axis(length, 2 * length, 2 * positions, length);
  }

  /**
   * The region of a position.
   *
   * @param x column of the layer
   * @param y row of the layer
   */
  public int region(int x, int y, Regions regions) {
    return regions.at(columns.at(x), rows.at(y));
  }
}
