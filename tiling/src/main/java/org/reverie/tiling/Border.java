package org.reverie.tiling;

/** What lies beyond the edge of the canvas, and so what a roll means there. */
public enum Border {
  /**
   * The canvas is continued by its mirror image (reflect-101: the edge pixel is not repeated), and
   * a roll only moves the pooling grids: the network's input starts {@code roll mod stride} pixels
   * earlier.
   */
  MIRROR,
  /** The canvas is a torus, rolled around as {@code numpy.roll} does. */
  WRAP
}
