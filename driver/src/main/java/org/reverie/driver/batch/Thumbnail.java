package org.reverie.driver.batch;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.reverie.driver.Prints;
import org.reverie.executor.picture.Picture;

/** A print made small, for a page. */
public final class Thumbnail {
  /** Enough to recognise a picture on a sharp screen, at some 30 kB. */
  static final int LONGER_SIDE_PIXELS = 480;

  private static final float QUALITY = 0.82f;

  /** Values that one band of rows may take: 64 MB. */
  private static final long BAND_VALUES = 1 << 24;

  private Thumbnail() {}

  /**
   * The mean of the print's pixels under each of its own, as a JPEG in a data URI, in sRGB. Reads
   * the print once, a band of rows at a time.
   */
  public static String dataUri(Picture print) throws IOException {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(jpeg)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(small(print), null, null), parameters);
    } finally {
      writer.dispose();
    }
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg.toByteArray());
  }

  static BufferedImage small(Picture print) throws IOException {
    int width = Math.toIntExact(print.size().width());
    long height = print.size().height();
    double scale = Math.min(1, LONGER_SIDE_PIXELS / (double) Math.max(width, height));
    int columns = (int) Math.max(1, Math.round(width * scale));
    int rows = (int) Math.max(1, Math.round(height * scale));
    float[] means = new float[3 * columns * rows];
    int most = (int) Math.max(1, BAND_VALUES / (3L * width));
    for (int row = 0; row < rows; row++) {
      long from = row * height / rows;
      long to = Math.max(from + 1, (row + 1) * height / rows);
      double[] sums = new double[3 * columns];
      for (long y = from; y < to; y += most) {
        int count = (int) Math.min(most, to - y);
        float[] band = new float[Math.multiplyExact(3 * width, count)];
        print.readRows(y, count, band);
        add(band, width, count, columns, sums);
      }
      for (int column = 0; column < columns; column++) {
        double pixels =
            (double) (to - from) * (end(column, width, columns) - start(column, width, columns));
        for (int channel = 0; channel < 3; channel++) {
          double mean = sums[channel * columns + column] / pixels;
          means[(channel * rows + row) * columns + column] = (float) mean;
        }
      }
    }
    Prints.toSrgb(print, means, columns);
    BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
    int plane = columns * rows;
    for (int i = 0; i < plane; i++) {
      int rgb = 0;
      for (int channel = 0; channel < 3; channel++) {
        rgb = rgb << 8 | Math.round(means[channel * plane + i]);
      }
      image.setRGB(i % columns, i / columns, rgb);
    }
    return image;
  }

  private static void add(float[] band, int width, int rows, int columns, double[] sums) {
    for (int line = 0; line < 3 * rows; line++) {
      int channel = line / rows;
      for (int column = 0; column < columns; column++) {
        double sum = 0;
        int end = line * width + end(column, width, columns);
        for (int i = line * width + start(column, width, columns); i < end; i++) {
          sum += band[i];
        }
        sums[channel * columns + column] += sum;
      }
    }
  }

  private static int start(int column, int width, int columns) {
    return (int) ((long) column * width / columns);
  }

  private static int end(int column, int width, int columns) {
    return (int) Math.max(start(column, width, columns) + 1, (column + 1L) * width / columns);
  }
}
