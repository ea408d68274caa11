package org.reverie.tiling.lattice;

import org.reverie.tiling.Border;
import org.reverie.tiling.LayerGeometry;
import org.reverie.tiling.Size;

/**
 * What the network sees of a whole octave, and how much of it a tile needs around its core.
 *
 * @param canvas size of the octave
 * @param border what lies beyond it
 * @param stride of the dreamt layers, pixels
 * @param haloPixels context around core and overlap, on each side
 * @param borderPixels width of the mirrored border, a multiple of the stride; 0 with {@link
 *     Border#WRAP}
 * @param overlapPixels the band in which neighbours are blended; half of it belongs to each side
 * @param rolls whether the phase of the pooling grids moves; if not, it is always 0. A torus is
 *     rolled by whoever loads it, never inside a part of it
 */
public record Frame(
    Size canvas,
    Border border,
    int stride,
    int haloPixels,
    int borderPixels,
    int overlapPixels,
    boolean rolls) {
  public Frame {
    if (stride < 1 || haloPixels < 0 || overlapPixels < 0) {
      throw new IllegalArgumentException(
          "stride " + stride + ", halo " + haloPixels + ", overlap " + overlapPixels);
    }
    if (borderPixels < 0 || borderPixels % stride != 0) {
      throw new IllegalArgumentException("border " + borderPixels + ", stride " + stride);
    }
    if (border == Border.WRAP && borderPixels != 0) {
      throw new IllegalArgumentException("a torus has no border");
    }
  }

  /** A frame with a mirrored border as wide as {@code borderPixels}, rounded up to the stride. */
  public static Frame mirrored(
      Size canvas,
      LayerGeometry geometry,
      int haloPixels,
      int borderPixels,
      int overlapPixels,
      boolean rolls) {
    int stride = geometry.stride();
    int border = Math.toIntExact(AxisWindows.ceil(borderPixels, stride));
    return new Frame(canvas, Border.MIRROR, stride, haloPixels, border, overlapPixels, rolls);
  }

  /** The frame of a torus. */
  public static Frame wrapped(
      Size canvas, LayerGeometry geometry, int haloPixels, int overlapPixels, boolean rolls) {
    return new Frame(canvas, Border.WRAP, geometry.stride(), haloPixels, 0, overlapPixels, rolls);
  }

  /** How far the frame moves over the canvas between the phases, pixels. */
  int spread() {
    return border == Border.MIRROR && rolls ? stride - 1 : 0;
  }

  /** How far a tile's result reaches beyond its core, pixels. */
  int reach() {
    return overlapPixels / 2;
  }

  /** Positions of the frame along an axis: the canvas, its borders, and one stride if it moves. */
  public long length(Axis axis) {
    long canvasLength = axis == Axis.X ? canvas.width() : canvas.height();
    return canvasLength + 2L * borderPixels + (spread() > 0 ? stride : 0);
  }

  /** Positions of the whole frame: the input of an octave that fits one window. */
  public long pixels() {
    return Math.multiplyExact(length(Axis.X), length(Axis.Y));
  }
}
