package org.reverie.tiling.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Size;
import org.reverie.tiling.resample.Filter;
import org.reverie.tiling.resample.Resampler;

/** Which parts of the octaves must be dreamt for a part of the print. */
final class Crop {
  /**
   * An octave of no more windows of its part than this is dreamt whole: that is nearer the print.
   */
  private static final int WHOLE = 2;

  private final int stride;
  private final int haloPixels;
  private final int overlapPixels;

  /**
   * A way to dream parts of octaves.
   *
   * @param stride of the dreamt layers, pixels
   * @param haloPixels context around a core and its overlap
   * @param overlapPixels band in which cores are blended
   */
  Crop(int stride, int haloPixels, int overlapPixels) {
    this.stride = stride;
    this.haloPixels = haloPixels;
    this.overlapPixels = overlapPixels;
  }

  /**
   * The cores of every octave that a crop needs, smallest octave first. Each covers what the part
   * above it sees, its context and the reach of the filter that brings detail up included, and the
   * band in which it would be blended with what is not dreamt. The first octave is dreamt whole,
   * and so is every one that would see more than half of its pixels.
   *
   * @param octaves sizes, smallest first
   * @param crop part of the largest octave
   * @param detail the filter that enlarges detail
   * @return inside the octaves, with edges at multiples of the stride or at the canvas' border
   */
  List<Rectangle> parts(List<Size> octaves, Rectangle crop, Filter detail) {
    int last = octaves.size() - 1;
    Size canvas = octaves.get(last);
    if (crop.isEmpty() || !canvas.bounds().contains(crop)) {
      throw new IllegalArgumentException("crop " + crop + " of " + canvas);
    }
    List<Rectangle> parts = new ArrayList<>();
    boolean whole = false;
    Rectangle needed = crop;
    for (int k = last; k >= 0; k--) {
      Size size = octaves.get(k);
      Rectangle part = core(needed, size);
      Rectangle seen = seen(part, size);
      whole |= k == 0 || size.pixels() <= WHOLE * seen.pixels();
      parts.add(whole ? size.bounds() : part);
      if (k > 0 && !whole) {
        needed = new Resampler(detail, octaves.get(k - 1), size).needed(seen);
      }
    }
    Collections.reverse(parts);
    return List.copyOf(parts);
  }

  /** The core whose middle, beyond the blended band, is wanted. */
  private Rectangle core(Rectangle wanted, Size size) {
    Rectangle grown = wanted.grow(overlapPixels / 2).intersect(size.bounds());
    return Rectangle.between(
        start(grown.x()),
        start(grown.y()),
        end(grown.right(), size.width()),
        end(grown.bottom(), size.height()));
  }

  /** Where a core ends so near the canvas' border that its window ends there, so does the core. */
  private long start(long from) {
    return from < margin() ? 0 : from / stride * stride;
  }

  private long end(long to, long length) {
    long aligned = (to + stride - 1) / stride * stride;
    return aligned > length - margin() ? length : aligned;
  }

  private long margin() {
    return haloPixels + overlapPixels + 4L * stride;
  }

  private Rectangle seen(Rectangle core, Size size) {
    return core.grow(overlapPixels / 2 + haloPixels).intersect(size.bounds());
  }
}
