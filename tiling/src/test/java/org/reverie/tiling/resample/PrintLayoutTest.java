package org.reverie.tiling.resample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reverie.conf.Length;
import org.reverie.conf.RenderJob.Depth;
import org.reverie.conf.RenderJob.Dither;
import org.reverie.conf.RenderJob.Fit;
import org.reverie.conf.RenderJob.Print;
import org.reverie.conf.UserException;
import org.reverie.tiling.Size;

class PrintLayoutTest {
  private static Length inches(double value) {
    return value == 0 ? null : new Length(value, Length.Unit.INCH);
  }

  private static PrintLayout layout(
      Size picture, double width, double height, double bleed, Fit fit) {
    return PrintLayout.of(
        picture,
        new Print(
            "out.tif",
            inches(width),
            inches(height),
            100,
            new Length(bleed, Length.Unit.INCH),
            fit,
            Depth.EIGHT,
            Dither.NOISE,
            false,
            null));
  }

  @ParameterizedTest
  @CsvSource({
    // inches, 100 dpi, of a picture of 600 x 400 px: canvas, and the part of the picture on it
    "0, 0, 0, COVER, 600, 400, 0, 0, 600, 400",
    "3, 0, 0, COVER, 300, 200, 0, 0, 600, 400",
    "0, 2, 0, COVER, 300, 200, 0, 0, 600, 400",
    "3, 0, 0, STRETCH, 300, 200, 0, 0, 600, 400",
    "4, 4, 0, COVER, 400, 400, 100, 0, 400, 400",
    "6, 2, 0, COVER, 600, 200, 0, 100, 600, 200",
    "4, 4, 0, CONTAIN, 400, 267, 0, 0, 600, 400",
    "9, 2, 0, CONTAIN, 300, 200, 0, 0, 600, 400",
    "4, 4, 0, STRETCH, 400, 400, 0, 0, 600, 400",
    // bleed of 10 px: the picture fills it under cover, its mirror image elsewhere
    "6, 0, 0.1, COVER, 620, 420, 4.761904761904, 0, 590.476190476190, 400",
    "3, 3, 0.1, COVER, 320, 320, 100, 0, 400, 400",
    "3, 2, 0.1, STRETCH, 320, 220, -20, -20, 640, 440",
    "3, 0, 0.1, CONTAIN, 320, 220, -20, -20, 640, 440"
  })
  void picturesFillPrints(
      double width,
      double height,
      double bleed,
      Fit fit,
      long canvasWidth,
      long canvasHeight,
      double x,
      double y,
      double areaWidth,
      double areaHeight) {
    PrintLayout layout = layout(new Size(600, 400), width, height, bleed, fit);
    assertEquals(new Size(canvasWidth, canvasHeight), layout.canvas());
    assertEquals(x, layout.source().x(), 1e-9);
    assertEquals(y, layout.source().y(), 1e-9);
    assertEquals(areaWidth, layout.source().width(), 1e-9);
    assertEquals(areaHeight, layout.source().height(), 1e-9);
    assertEquals(Math.round(bleed * 100), layout.bleedPixels());
  }

  @Test
  void coveringNeverLeavesThePicture() {
    Size picture = new Size(601, 397);
    for (double width = 0.01; width < 3; width += 0.17) {
      for (double height = 0.01; height < 3; height += 0.13) {
        SourceArea area = layout(picture, width, height, 0.06, Fit.COVER).source();
        assertTrue(area.x() >= -1e-9 && area.x() + area.width() <= 601 + 1e-9);
        assertTrue(area.y() >= -1e-9 && area.y() + area.height() <= 397 + 1e-9);
        assertTrue(area.width() > 600.999 || area.height() > 396.999);
      }
    }
  }

  @Test
  void previewsShowTheSamePart() {
    PrintLayout layout = layout(new Size(600, 400), 54, 54, 0.08, Fit.COVER);
    PrintLayout preview = layout.reduced(8);
    assertEquals(new Size(677, 677), preview.canvas());
    assertEquals(1, preview.bleedPixels());
    assertEquals(layout.source(), preview.source());
    assertEquals(new Size(1, 1), layout(new Size(1, 1), 0, 0, 0, Fit.COVER).reduced(8).canvas());
  }

  @Test
  void aPrintHasAPixel() {
    UserException thrown =
        assertThrows(UserException.class, () -> layout(new Size(600, 400), 0.001, 0, 0, Fit.COVER));
    assertEquals("--width", thrown.problems().get(0).where());
    assertEquals(new Size(100, 1), layout(new Size(6000, 1), 1, 0, 0, Fit.CONTAIN).canvas());
  }
}
