package org.reverie.tiling.resample;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;

/** Which parts of the octaves must be dreamt for a part of the print. */
public final class Crop {
  private Crop() {}

  /**
   * The part of every octave that the next larger one needs, smallest octave first; the last one is
   * the crop itself. Each covers what the part above it reads, its context and the reach of the
   * filter that brings detail up included; an octave that has no more pixels than the crop is
   * dreamt whole, since it costs no more than the crop does.
   *
   * @param octaves sizes, smallest first
   * @param crop part of the largest octave
   * @param contextPixels what a tile reads around its core: half an overlap and a halo
   */
  public static List<Rectangle> parts(List<Size> octaves, Rectangle crop, long contextPixels) {
    Size canvas = octaves.get(octaves.size() - 1);
    if (crop.isEmpty() || !canvas.bounds().contains(crop)) {
      throw new IllegalArgumentException("crop " + crop + " of " + canvas);
    }
    List<Rectangle> parts = new ArrayList<>();
    parts.add(crop);
    Rectangle part = crop;
    for (int k = octaves.size() - 2; k >= 0; k--) {
      Size size = octaves.get(k);
      Resampler up = new Resampler(Filter.CATMULL_ROM, size, octaves.get(k + 1));
      Rectangle read = part.grow(contextPixels).intersect(octaves.get(k + 1).bounds());
      part = size.pixels() <= crop.pixels() ? size.bounds() : up.needed(read);
      parts.add(part);
    }
    Collections.reverse(parts);
    return List.copyOf(parts);
  }
}
