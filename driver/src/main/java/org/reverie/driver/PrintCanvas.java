package org.reverie.driver;

import java.io.IOException;
import org.reverie.executor.picture.Picture;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;

/**
 * A print as a canvas, RGB of 0..255. Its rows are decoded once, as long as rectangles come from
 * top to bottom; memory holds the rows of one rectangle, at the print's full width.
 */
final class PrintCanvas implements CanvasSource {
  private final Picture picture;
  private final int width;
  private long first;
  private int rows;
  private float[] band = {};

  PrintCanvas(Picture picture) {
    this.picture = picture;
    this.width = Math.toIntExact(picture.size().width());
  }

  @Override
  public float[] read(Rectangle rectangle) throws IOException {
    if (rectangle.y() < first || rectangle.bottom() > first + rows) {
      move(rectangle.y(), (int) rectangle.height());
    }
    int partWidth = (int) rectangle.width();
    int partHeight = (int) rectangle.height();
    float[] planes = new float[Math.multiplyExact(3 * partWidth, partHeight)];
    int above = (int) (rectangle.y() - first);
    for (int row = 0; row < 3 * partHeight; row++) {
      int from = row / partHeight * rows + above + row % partHeight;
      System.arraycopy(
          band, from * width + (int) rectangle.x(), planes, row * partWidth, partWidth);
    }
    return planes;
  }

  /** Reads the rows that the band lacks. */
  private void move(long to, int height) throws IOException {
    float[] moved = new float[Math.multiplyExact(3 * width, height)];
    int kept = to < first ? 0 : (int) Math.max(0, first + rows - to);
    for (int channel = 0; channel < 3; channel++) {
      int from = (int) (channel * rows + Math.min(rows, Math.max(0, to - first))) * width;
      System.arraycopy(band, from, moved, channel * height * width, kept * width);
    }
    int missing = height - kept;
    float[] read = new float[3 * width * missing];
    picture.readRows(to + kept, missing, read);
    for (int channel = 0; channel < 3; channel++) {
      System.arraycopy(
          read,
          channel * missing * width,
          moved,
          (channel * height + kept) * width,
          missing * width);
    }
    band = moved;
    first = to;
    rows = height;
  }
}
