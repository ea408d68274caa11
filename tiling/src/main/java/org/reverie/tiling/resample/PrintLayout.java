package org.reverie.tiling.resample;

import org.reverie.conf.Length;
import org.reverie.conf.RenderJob.Fit;
import org.reverie.conf.RenderJob.Print;
import org.reverie.conf.UserException;
import org.reverie.tiling.Size;

/**
 * How a picture lies on a print.
 *
 * @param canvas the print with its bleed, pixels
 * @param bleedPixels of the canvas that are cut off on each side
 * @param source the part of the picture that becomes the canvas
 */
public record PrintLayout(Size canvas, long bleedPixels, SourceArea source) {
  /**
   * Lays a picture on a print.
   *
   * <p>Without width and height the print has the picture's pixels; with one of them it has the
   * picture's shape. With both, {@link Fit#COVER} takes the largest centred part of the picture
   * that has the canvas' shape, bleed included, so that the bleed shows more of the picture; {@link
   * Fit#CONTAIN} makes the print smaller on one side until it has the picture's shape; {@link
   * Fit#STRETCH} distorts. Where the picture ends before the bleed does, the bleed shows its mirror
   * image.
   *
   * @param picture size of the input
   * @param print width, height, dpi, bleed and fit are read
   * @throws UserException if a side of the print has no pixel
   */
  public static PrintLayout of(Size picture, Print print) {
    long bleed = print.bleed() == null ? 0 : print.bleed().pixels(print.dpi());
    double shape = (double) picture.width() / picture.height();
    double width = pixels("--width", print.width(), print.dpi());
    double height = pixels("--height", print.height(), print.dpi());
    boolean both = width > 0 && height > 0;
    if (width == 0 && height == 0) {
      width = picture.width();
      height = picture.height();
    } else if (width == 0 || (both && print.fit() == Fit.CONTAIN && width > height * shape)) {
      width = Math.max(1, Math.rint(height * shape));
    } else if (height == 0 || (both && print.fit() == Fit.CONTAIN)) {
      height = Math.max(1, Math.rint(width / shape));
    }
    Size trim = new Size((long) width, (long) height);
    Size canvas = new Size(trim.width() + 2 * bleed, trim.height() + 2 * bleed);
    SourceArea source =
        print.fit() == Fit.COVER ? covering(picture, canvas) : whole(picture, trim, bleed);
    return new PrintLayout(canvas, bleed, source);
  }

  /** The same layout on a canvas smaller by {@code divisor}, at least 1 px on each side. */
  public PrintLayout reduced(int divisor) {
    Size small =
        new Size(
            Math.max(1, Math.round((double) canvas.width() / divisor)),
            Math.max(1, Math.round((double) canvas.height() / divisor)));
    return new PrintLayout(small, Math.round((double) bleedPixels / divisor), source);
  }

  private static double pixels(String flag, Length length, double pixelsPerInch) {
    if (length == null) {
      return 0;
    }
    long pixels = length.pixels(pixelsPerInch);
    if (pixels < 1) {
      throw UserException.of(
          "print-size",
          flag,
          length + " at " + pixelsPerInch + " dpi is less than a pixel",
          "Ask for a larger print, or for more dpi");
    }
    return pixels;
  }

  private static SourceArea covering(Size picture, Size canvas) {
    double pixelsPerPixel =
        Math.min(
            (double) picture.width() / canvas.width(), (double) picture.height() / canvas.height());
    double width = canvas.width() * pixelsPerPixel;
    double height = canvas.height() * pixelsPerPixel;
    return new SourceArea(
        (picture.width() - width) / 2, (picture.height() - height) / 2, width, height);
  }

  private static SourceArea whole(Size picture, Size trim, long bleed) {
    double bleedX = (double) bleed * picture.width() / trim.width();
    double bleedY = (double) bleed * picture.height() / trim.height();
    return new SourceArea(
        -bleedX, -bleedY, picture.width() + 2 * bleedX, picture.height() + 2 * bleedY);
  }
}
