package org.reverie.tiling.blend;

import java.io.IOException;
import org.reverie.tiling.Rectangle;

/** What tiles have dreamt, read by rectangle. */
@FunctionalInterface
public interface TileResults {
  /**
   * Reads a part of a tile's result.
   *
   * @param tile number in the lattice
   * @param part canvas coordinates, inside the tile's {@link Feather#support}
   * @return CHW, 3 planes of {@code part}
   * @throws IOException if the pixels cannot be had
   */
  float[] read(int tile, Rectangle part) throws IOException;
}
