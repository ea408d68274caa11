package org.reverie.executor.work;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.reverie.tiling.Border;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.Roll;
import org.reverie.tiling.Size;
import org.reverie.tiling.plan.RenderPlan;
import org.reverie.tiling.resample.SourceArea;

/**
 * Which guide counts where. It lies on the picture that is dreamt as the input does: what the print
 * cuts off the input it cuts off the mask, and where the input is mirrored so is the mask. A pixel
 * of a canvas belongs to the region of the mask's pixel under its centre, at every octave's own
 * size, so that a tile sees what the whole canvas does.
 */
public final class GuideMask {
  private final int width;
  private final int height;
  private final byte[] regions;

  /**
   * @param width columns
   * @param height rows
   * @param regions height x width, the number of each pixel's region
   */
  public GuideMask(int width, int height, byte[] regions) {
    if (regions.length != Math.multiplyExact(width, height)) {
      throw new IllegalArgumentException(regions.length + " regions in " + width + " x " + height);
    }
    this.width = width;
    this.height = height;
    this.regions = regions.clone();
  }

  /** What crosses to executors. */
  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
      out.writeInt(width);
      out.writeInt(height);
      out.write(regions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  static GuideMask decode(byte[] bytes) {
    try (DataInputStream in =
        new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(bytes)))) {
      int width = in.readInt();
      int height = in.readInt();
      byte[] regions = new byte[Math.multiplyExact(width, height)];
      in.readFully(regions);
      return new GuideMask(width, height, regions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The regions of a rectangle of an octave's canvas.
   *
   * @param octave size of the canvas
   * @param rectangle with a wrapped border in the frame that is rolled by {@code roll}, where it
   *     may reach over the edges
   * @param roll of that frame; none with a mirrored border
   * @return height x width
   */
  byte[] read(RenderPlan plan, Size octave, Rectangle rectangle, Roll roll) {
    SourceArea source = plan.source();
    Size input = plan.inputSize();
    boolean wrap = plan.border() == Border.WRAP;
    int[] columns = new int[Math.toIntExact(rectangle.width())];
    for (int i = 0; i < columns.length; i++) {
      long x = rectangle.x() + i - roll.x();
      columns[i] =
          place(
              wrap ? Math.floorMod(x, octave.width()) : x,
              octave.width(),
              source.x(),
              source.width(),
              input.width(),
              width);
    }
    int[] rows = new int[Math.toIntExact(rectangle.height())];
    for (int i = 0; i < rows.length; i++) {
      long y = rectangle.y() + i - roll.y();
      rows[i] =
          place(
              wrap ? Math.floorMod(y, octave.height()) : y,
              octave.height(),
              source.y(),
              source.height(),
              input.height(),
              height);
    }
    byte[] out = new byte[Math.multiplyExact(columns.length, rows.length)];
    int position = 0;
    for (int row : rows) {
      for (int column : columns) {
        out[position++] = regions[row * width + column];
      }
    }
    return out;
  }

  /** The mask's pixel under the centre of a canvas pixel, along one axis. */
  private static int place(
      long pixel, long canvas, double from, double length, long input, int mask) {
    double at = from + (pixel + 0.5) / canvas * length;
    double inside = at - 2.0 * input * Math.floor(at / (2.0 * input));
    if (inside > input) {
      inside = 2.0 * input - inside;
    }
    return (int) Math.min(mask - 1, Math.max(0, Math.floor(inside / input * mask)));
  }
}
