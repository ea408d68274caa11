package org.reverie.tiling.plan;

import java.util.ArrayList;
import java.util.List;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.lattice.Lattice;

/**
 * The iterations that tiles run before neighbours meet.
 *
 * @param index in its octave, from 0
 * @param firstIteration in its octave, from 0
 * @param iterations at least 1
 * @param lattice the cuts of this round
 */
public record RoundPlan(int index, int firstIteration, int iterations, Lattice lattice) {
  public RoundPlan {
    if (iterations < 1) {
      throw new IllegalArgumentException("round " + index + " has no iteration");
    }
  }

  /** The tiles whose cores meet {@code active}, in row-major order. */
  public List<Integer> tiles(Rectangle active) {
    List<Integer> tiles = new ArrayList<>();
    for (int tile = 0; tile < lattice.tiles(); tile++) {
      if (!lattice.core(tile).intersect(active).isEmpty()) {
        tiles.add(tile);
      }
    }
    return tiles;
  }
}
