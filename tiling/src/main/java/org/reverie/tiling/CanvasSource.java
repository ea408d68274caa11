package org.reverie.tiling;

import java.io.IOException;

/** Pixels of one octave's canvas, read by rectangle: from a store, from memory, from a formula. */
@FunctionalInterface
public interface CanvasSource {
  /**
   * Reads a rectangle inside the canvas.
   *
   * @param rectangle canvas coordinates, inside the canvas
   * @return float planes, CHW (3 x height x width), in the canvas' own values
   * @throws IOException if the pixels cannot be had
   */
  float[] read(Rectangle rectangle) throws IOException;
}
