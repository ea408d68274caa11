package org.reverie.executor.store;

import java.io.IOException;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;

/** A canvas in a store, assembled from its files by rectangle. Keeps nothing in memory. */
public final class StoredCanvas implements CanvasSource {
  private static final int CHANNELS = 3;

  private final Store store;
  private final Kind kind;
  private final int octave;
  private final int round;
  private final Partition partition;

  StoredCanvas(Store store, Kind kind, int octave, int round, Partition partition) {
    this.store = store;
    this.kind = kind;
    this.octave = octave;
    this.round = round;
    this.partition = partition;
  }

  /** How the canvas is cut into files. */
  public Partition partition() {
    return partition;
  }

  /** The key of one of its files. */
  public Key key(int index) {
    return new Key(kind, octave, round, index);
  }

  /**
   * {@inheritDoc}
   *
   * @throws MissingChunkException if a file of the rectangle is missing
   * @throws CorruptChunkException if one is damaged
   */
  @Override
  public float[] read(Rectangle rectangle) throws IOException {
    float[] out = planes(rectangle);
    readInto(rectangle, out, rectangle);
    return out;
  }

  /**
   * The same by as many processors as are idle: for whoever is alone on a machine.
   *
   * @throws MissingChunkException if a file of the rectangle is missing
   * @throws CorruptChunkException if one is damaged
   */
  public float[] readTogether(Rectangle rectangle) throws IOException {
    requireInside(rectangle);
    float[] out = planes(rectangle);
    Together.each(
        partition.touching(rectangle), index -> readShare(index, rectangle, out, rectangle));
    return out;
  }

  /**
   * Reads a rectangle into a part of larger planes.
   *
   * @param rectangle inside the canvas
   * @param out 3 x {@code outRectangle}, which contains the rectangle
   */
  public void readInto(Rectangle rectangle, float[] out, Rectangle outRectangle)
      throws IOException {
    requireInside(rectangle);
    for (int index : partition.touching(rectangle)) {
      readShare(index, rectangle, out, outRectangle);
    }
  }

  /** What a file has of a rectangle. */
  private void readShare(int index, Rectangle rectangle, float[] out, Rectangle outRectangle)
      throws IOException {
    Rectangle part = partition.rectangle(index).intersect(rectangle);
    store.readInto(key(index), part, out, outRectangle);
  }

  private void requireInside(Rectangle rectangle) {
    if (!partition.size().bounds().contains(rectangle)) {
      throw new IllegalArgumentException(rectangle + " of a canvas of " + partition.size());
    }
  }

  /** What is done with rows as they are stored. */
  @FunctionalInterface
  public interface Row {
    /**
     * Takes a piece of a row.
     *
     * @param values of which it is a part, not to be changed
     * @param from where it starts there
     * @param to where it belongs in planes of the rectangle asked for, CHW
     * @param length pixels
     */
    void take(float[] values, int from, int to, int length);
  }

  /**
   * Hands over a rectangle row by row, each in as many pieces as there are files, without a copy of
   * what the store remembers.
   */
  public void forEachRow(Rectangle rectangle, Row row) throws IOException {
    for (int index : partition.touching(rectangle)) {
      Rectangle part = partition.rectangle(index).intersect(rectangle);
      Planes planes = store.around(key(index), part, CHANNELS);
      int width = Math.toIntExact(part.width());
      for (int channel = 0; channel < CHANNELS; channel++) {
        for (long y = part.y(); y < part.bottom(); y++) {
          row.take(
              planes.values(),
              Planes.index(planes.rectangle(), channel, part.x(), y),
              Planes.index(rectangle, channel, part.x(), y),
              width);
        }
      }
    }
  }

  /**
   * Reads a rectangle of the rolled canvas, a torus: its pixel (x, y) shows canvas pixel (x -
   * roll.x, y - roll.y), modulo the canvas' size.
   *
   * @param rectangle coordinates of the rolled canvas; may reach over its edges, where it goes on
   *     from the other side
   * @return float planes, CHW (3 x height x width)
   */
  public float[] readRolled(Rectangle rectangle, Roll roll) throws IOException {
    float[] out = planes(rectangle);
    Size size = partition.size();
    long y = rectangle.y();
    while (y < rectangle.bottom()) {
      long sourceY = Math.floorMod(y - roll.y(), size.height());
      long height = Math.min(rectangle.bottom() - y, size.height() - sourceY);
      long x = rectangle.x();
      while (x < rectangle.right()) {
        long sourceX = Math.floorMod(x - roll.x(), size.width());
        long width = Math.min(rectangle.right() - x, size.width() - sourceX);
        readInto(
            new Rectangle(sourceX, sourceY, width, height),
            out,
            rectangle.translate(sourceX - x, sourceY - y));
        x += width;
      }
      y += height;
    }
    return out;
  }

  private static float[] planes(Rectangle rectangle) {
    return new float[Math.toIntExact(Math.multiplyExact(CHANNELS, rectangle.pixels()))];
  }
}
