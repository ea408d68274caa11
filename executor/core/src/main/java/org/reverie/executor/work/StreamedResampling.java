package org.reverie.executor.work;

import java.io.IOException;
import org.reverie.tiling.CanvasSource;
import org.reverie.tiling.Rectangle;
import org.reverie.tiling.resample.Resampler;

/**
 * Resamples a rectangle of a canvas piece by piece, so that a small octave of a giant input never
 * has the whole input in memory. The cuts do not show: a resampler gives the same pixels however
 * they are asked for.
 */
final class StreamedResampling {
  /** Source pixels of one piece: 48 MiB of planes. */
  private static final long LARGEST_SOURCE_PIXELS = 4L << 20;

  private StreamedResampling() {}

  /**
   * Resamples.
   *
   * @param source canvas of {@code resampler.from()}
   * @param out inside {@code resampler.to()}
   * @return CHW, 3 x {@code out}
   */
  static float[] of(Resampler resampler, CanvasSource source, Rectangle out) throws IOException {
    float[] planes = new float[Math.toIntExact(3 * out.pixels())];
    fill(resampler, source, out, planes, out);
    return planes;
  }

  private static void fill(
      Resampler resampler, CanvasSource source, Rectangle piece, float[] planes, Rectangle out)
      throws IOException {
    Rectangle needed = resampler.needed(piece);
    if (needed.pixels() > LARGEST_SOURCE_PIXELS && piece.pixels() > 1) {
      if (piece.width() >= piece.height()) {
        long half = piece.width() / 2;
        Rectangle left = new Rectangle(piece.x(), piece.y(), half, piece.height());
        fill(resampler, source, left, planes, out);
        fill(
            resampler,
            source,
            Rectangle.between(left.right(), piece.y(), piece.right(), piece.bottom()),
            planes,
            out);
      } else {
        long half = piece.height() / 2;
        Rectangle upper = new Rectangle(piece.x(), piece.y(), piece.width(), half);
        fill(resampler, source, upper, planes, out);
        fill(
            resampler,
            source,
            Rectangle.between(piece.x(), upper.bottom(), piece.right(), piece.bottom()),
            planes,
            out);
      }
      return;
    }
    float[] values = resampler.resample(source.read(needed), needed, piece);
    Parts.paste(values, piece, planes, out);
  }
}
