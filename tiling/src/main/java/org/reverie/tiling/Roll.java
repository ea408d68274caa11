package org.reverie.tiling;

/**
 * The shift before one iteration: canvas pixel (cx, cy) is seen by the network at (cx + x, cy + y).
 *
 * @param x pixels to the right, may be negative
 * @param y pixels down, may be negative
 */
public record Roll(int x, int y) {
  public static final Roll NONE = new Roll(0, 0);
}
