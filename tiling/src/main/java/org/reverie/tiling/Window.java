package org.reverie.tiling;

/**
 * What an engine sees of the canvas for one tile: core, overlap and halo.
 *
 * @param x the horizontal axis
 * @param y the vertical axis
 */
public record Window(WindowAxis x, WindowAxis y) {
  /** The canvas pixels to load. */
  public Rectangle loaded() {
    return new Rectangle(x.loadedStart(), y.loadedStart(), x.loadedLength(), y.loadedLength());
  }

  /** The whole of what is loaded, seen from inside the tile. */
  public Region loadedRegion() {
    return new Region(0, 0, x.loadedLength(), y.loadedLength());
  }
}
