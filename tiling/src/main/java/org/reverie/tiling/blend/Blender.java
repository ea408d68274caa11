package org.reverie.tiling.blend;

import java.io.IOException;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.lattice.Axis;
import org.reverie.tiling.lattice.Lattice;

/** Puts a piece of canvas together from the tiles that have a share in it. */
public final class Blender {
  private static final int CHANNELS = 3;

  private Blender() {}

  /**
   * Blends. A pixel that only one tile has a share in is that tile's, bit for bit; elsewhere shares
   * are added in the order of the tiles' numbers, so that a pixel does not depend on the rectangle
   * it is blended in.
   *
   * @param chunk not empty, inside the canvas
   * @param lattice whose tiles
   * @param overlapPixels as the tiles were planned
   * @param results every tile's result
   * @return CHW, 3 planes of {@code chunk}
   * @throws IOException if a result cannot be read
   */
  public static float[] blend(
      Rectangle chunk, Lattice lattice, int overlapPixels, TileResults results) throws IOException {
    if (chunk.isEmpty() || !lattice.size().bounds().contains(chunk)) {
      throw new IllegalArgumentException(chunk + " of " + lattice.size());
    }
    Feather feather = new Feather(lattice, overlapPixels);
    int width = Math.toIntExact(chunk.width());
    int height = Math.toIntExact(chunk.height());
    float[] blended = new float[Math.multiplyExact(CHANNELS * width, height)];
    for (int tile : lattice.tilesTouching(chunk.grow(feather.reach()))) {
      Rectangle part = feather.support(tile).intersect(chunk);
      float[] pixels = results.read(tile, part);
      if (pixels.length != CHANNELS * part.pixels()) {
        throw new IllegalArgumentException(
            "tile " + tile + ": " + pixels.length + " values for " + part);
      }
      double[] columns =
          weights(feather, Axis.X, lattice.piece(Axis.X, tile), part.x(), part.right());
      double[] rows =
          weights(feather, Axis.Y, lattice.piece(Axis.Y, tile), part.y(), part.bottom());
      int offset = Math.toIntExact((part.y() - chunk.y()) * width + part.x() - chunk.x());
      add(blended, offset, width, height, pixels, columns, rows);
    }
    return blended;
  }

  private static void add(
      float[] blended,
      int offset,
      int width,
      int height,
      float[] pixels,
      double[] columns,
      double[] rows) {
    int source = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int y = 0; y < rows.length; y++) {
        int target = (channel * height + y) * width + offset;
        double row = rows[y];
        for (int x = 0; x < columns.length; x++) {
          blended[target + x] += (float) (row * columns[x] * pixels[source + x]);
        }
        source += columns.length;
      }
    }
  }

  private static double[] weights(Feather feather, Axis axis, int piece, long from, long to) {
    double[] weights = new double[Math.toIntExact(to - from)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = feather.weight(axis, piece, from + i);
    }
    return weights;
  }
}
