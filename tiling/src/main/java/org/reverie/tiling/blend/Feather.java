package org.reverie.tiling.blend;

import org.reverie.tiling.Rectangle;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Lattice;

/**
 * The share of each tile in each pixel: a cosine over the overlap band around every cut, the shares
 * of all tiles at a pixel summing to 1. A tile's share is the product of its weights along both
 * axes.
 *
 * <pre>
 *   share of the left tile, overlap 6, cut between b and c (pixel centres):
 *
 *   1   ------o.
 *              `o
 *                `o         0.5 - 0.5 cos(pi d), d = 11/12, 9/12, 7/12, 5/12, 3/12, 1/12
 *                  `o
 *                    `o.
 *   0                   o-------
 *             a  b | c  d
 * </pre>
 *
 * <p>At the canvas' own border nothing is feathered. Where a piece is thinner than the overlap, its
 * two bands cross and more than two tiles share a pixel: their raw cosines are divided by their
 * sum.
 *
 * @param lattice whose tiles
 * @param overlapPixels width of the band; 0 gives every pixel to its own core; of an odd width the
 *     outermost half pixels count for nothing
 */
public record Feather(Lattice lattice, int overlapPixels) {
  public Feather {
    if (overlapPixels < 0) {
      throw new IllegalArgumentException("overlap " + overlapPixels);
    }
  }

  /** How far a tile's result reaches beyond its core, pixels. */
  public int reach() {
    return overlapPixels / 2;
  }

  /** The part of the canvas on which a tile has a share: what its result must hold. */
  public Rectangle support(int tile) {
    return lattice.core(tile).grow(reach()).intersect(lattice.size().bounds());
  }

  /**
   * The weight of a piece at a position of the canvas.
   *
   * @param axis along which
   * @param piece index of the piece along that axis
   * @param position canvas coordinate of a pixel, inside the canvas
   * @return 0 .. 1
   */
  public double weight(Axis axis, int piece, long position) {
    double own = raw(axis, piece, position);
    if (own == 0) {
      return 0;
    }
    int centre = lattice.pieceAt(axis, position);
    double sum = 0;
    for (int p = firstNear(axis, centre, position); p < lattice.pieces(axis); p++) {
      if (lattice.cut(axis, p) - reach() > position) {
        break;
      }
      sum += raw(axis, p, position);
    }
    return own / sum;
  }

  /** The first piece with a share at a position that lies in piece {@code centre}. */
  int firstNear(Axis axis, int centre, long position) {
    int piece = centre;
    while (piece > 0 && lattice.cut(axis, piece) + reach() > position) {
      piece--;
    }
    return piece;
  }

  private double raw(Axis axis, int piece, long position) {
    double raw = 1;
    if (piece > 0) {
      raw *= rise(position - lattice.cut(axis, piece));
    }
    if (piece + 1 < lattice.pieces(axis)) {
      raw *= rise(lattice.cut(axis, piece + 1) - 1 - position);
    }
    return raw;
  }

  /** From 0 to 1 over the band, for a pixel {@code pixels} behind the first one after the cut. */
  private double rise(long pixels) {
    // Pixels lie symmetrically around the cut: the first one behind it is half a pixel away.
    if (pixels >= reach()) {
      return 1;
    }
    if (pixels < -reach()) {
      return 0;
    }
    double fraction = (pixels + 0.5) / overlapPixels + 0.5;
    return 0.5 - 0.5 * StrictMath.cos(Math.PI * fraction);
  }
}
