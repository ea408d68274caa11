package org.reverie.executor.work;

import org.reverie.tiling.Rectangle;

/** Parts of float planes. */
final class Parts {
  private Parts() {}

  /**
   * A part of planes.
   *
   * @param planes CHW, 3 x {@code whole}
   * @param whole where they lie
   * @param part inside {@code whole}
   * @return CHW, 3 x {@code part}; {@code planes} itself if the part is all
   */
  static float[] cut(float[] planes, Rectangle whole, Rectangle part) {
    if (part.equals(whole)) {
      return planes;
    }
    if (!whole.contains(part)) {
      throw new IllegalArgumentException(part + " is not inside " + whole);
    }
    int width = Math.toIntExact(part.width());
    int height = Math.toIntExact(part.height());
    float[] out = new float[Math.toIntExact(3 * part.pixels())];
    int position = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        long row = c * whole.height() + part.y() - whole.y() + y;
        int from = Math.toIntExact(row * whole.width() + part.x() - whole.x());
        System.arraycopy(planes, from, out, position, width);
        position += width;
      }
    }
    return out;
  }

  /**
   * Copies a part into planes.
   *
   * @param values CHW, 3 x {@code part}
   * @param part inside {@code whole}
   * @param planes CHW, 3 x {@code whole}
   * @param whole where they lie
   */
  static void paste(float[] values, Rectangle part, float[] planes, Rectangle whole) {
    if (!whole.contains(part)) {
      throw new IllegalArgumentException(part + " is not inside " + whole);
    }
    int width = Math.toIntExact(part.width());
    int height = Math.toIntExact(part.height());
    int position = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        long row = c * whole.height() + part.y() - whole.y() + y;
        int to = Math.toIntExact(row * whole.width() + part.x() - whole.x());
        System.arraycopy(values, position, planes, to, width);
        position += width;
      }
    }
  }
}
