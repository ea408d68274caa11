package org.reverie.tiling;

/**
 * What tiling must know of the layers that are dreamt.
 *
 * @param stride the least common multiple of the cumulative strides of all layers at and below
 *     them, both axes, pixels; at least 1
 * @param receptiveField edge of the input square that one output position can see, the larger axis,
 *     pixels; {@link #UNBOUNDED} above a global pool
 */
public record LayerGeometry(int stride, int receptiveField) {
  /** The receptive field of a layer that sees everything. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  public LayerGeometry {
    if (stride < 1 || receptiveField < 1) {
      throw new IllegalArgumentException(
          "stride " + stride + ", receptive field " + receptiveField);
    }
  }

  /** Whether the layer sees a part of the picture; above a global pool it sees all of it. */
  public boolean bounded() {
    return receptiveField != UNBOUNDED;
  }

  /**
   * The halo with which a tile's gradient equals the untiled one: ceil((RF - 1) / stride) * stride.
   * A gradient at a pixel needs all outputs that see it, and those need all that they see.
   */
  public int exactHalo() {
    if (!bounded()) {
      throw new IllegalStateException("the receptive field has no bound");
    }
    return Math.multiplyExact((receptiveField - 1 + stride - 1) / stride, stride);
  }
}
