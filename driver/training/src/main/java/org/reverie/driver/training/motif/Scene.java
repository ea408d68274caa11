package org.reverie.driver.training.motif;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.awt.Paint;
import java.awt.RadialGradientPaint;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * A picture being drawn. The origin is its middle, x to the right, y downwards, and the picture
 * reaches from -1 to 1 on both axes before {@link #place}.
 */
final class Scene {
  /** The colour of one point of the plane, as 0xRRGGBB. */
  interface Field {
    int at(double x, double y);
  }

  final Chance chance;
  final Palette palette;
  final Graphics2D pen;

  private final BufferedImage image;
  private final int size;

  Scene(int size, Chance chance, Family... families) {
    this.size = size;
    this.chance = chance;
    this.palette = Palette.of(chance, families);
    image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    pen = image.createGraphics();
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    pen.translate(size / 2.0, size / 2.0);
    pen.scale(size / 2.0, size / 2.0);
    stroke(0.01);
  }

  BufferedImage image() {
    return image;
  }

  /** Fills the picture behind the motif: flat, a gradient, clouds, or out-of-focus lights. */
  void ground() {
    Color ground = palette.ground();
    double kind = chance.in(0, 1);
    pen.setPaint(ground);
    fill(-1.5, -1.5, 3, 3);
    if (kind < 0.2) {
      return;
    }
    Color other = Palette.light(ground, chance.in(-0.5, 0.35));
    if (kind < 0.5) {
      double angle = chance.in(0, 2 * Math.PI);
      pen.setPaint(
          linear(
              -Math.cos(angle), -Math.sin(angle), Math.cos(angle), Math.sin(angle), ground, other));
      fill(-1.5, -1.5, 3, 3);
    } else if (kind < 0.7) {
      pen.setPaint(radial(chance.in(-0.6, 0.6), chance.in(-0.6, 0.6), 1.6, other, ground));
      fill(-1.5, -1.5, 3, 3);
    } else if (kind < 0.85) {
      Noise noise = new Noise(chance.seed());
      double scale = chance.in(0.8, 3);
      field(
          (x, y) -> rgb(Palette.mix(ground, other, 0.5 + noise.octaves(x * scale, y * scale, 3))));
    } else {
      Color light = Palette.mix(ground, palette.accent(), 0.35);
      for (int i = chance.whole(4, 12); i > 0; i--) {
        double radius = chance.in(0.1, 0.5);
        double x = chance.in(-1, 1);
        double y = chance.in(-1, 1);
        pen.setPaint(radial(x, y, radius, Palette.veil(light, 0.45), Palette.veil(light, 0)));
        disc(x, y, radius);
      }
    }
  }

  /**
   * Moves, turns and scales all that is drawn from now on.
   *
   * @param low least scale
   * @param high largest scale
   * @param turn largest angle to either side, radians
   */
  void place(double low, double high, double turn) {
    // Now and then something is seen from near.
    double scale = chance.in(low, high) * (chance.flip(0.2) ? chance.in(1.2, 1.7) : 1);
    double room = Math.max(0.08, 0.9 - scale) * 0.6;
    pen.translate(chance.in(-room, room), chance.in(-room, room));
    pen.rotate(chance.in(-turn, turn));
    double squeeze = chance.in(0.88, 1.12);
    pen.scale(scale * squeeze, scale / squeeze);
  }

  /** Ends what {@link #place} began. */
  void unplace() {
    pen.setTransform(new AffineTransform(size / 2.0, 0, 0, size / 2.0, size / 2.0, size / 2.0));
  }

  /** Colours every pixel by a function of the untransformed plane. */
  void field(Field field) {
    int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    double pixel = 2.0 / size;
    for (int row = 0; row < size; row++) {
      double y = (row + 0.5) * pixel - 1;
      for (int column = 0; column < size; column++) {
        pixels[row * size + column] = field.at((column + 0.5) * pixel - 1, y);
      }
    }
  }

  /** The pixels as they are now, row by row, each 0xRRGGBB. */
  int[] copy() {
    return ((DataBufferInt) image.getRaster().getDataBuffer()).getData().clone();
  }

  /** Ends drawing. */
  void close() {
    pen.dispose();
  }

  /** Between two colours, each 0xRRGGBB. */
  static int blend(int from, int to, double t) {
    int share = (int) (256 * Math.min(1, Math.max(0, t)));
    int red = ((from >> 16 & 255) * (256 - share) + (to >> 16 & 255) * share) >> 8;
    int green = ((from >> 8 & 255) * (256 - share) + (to >> 8 & 255) * share) >> 8;
    int blue = ((from & 255) * (256 - share) + (to & 255) * share) >> 8;
    return red << 16 | green << 8 | blue;
  }

  static int rgb(Color colour) {
    return colour.getRGB() & 0xFFFFFF;
  }

  void stroke(double width) {
    pen.setStroke(new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  void paint(Paint paint) {
    pen.setPaint(paint);
  }

  void fill(double x, double y, double width, double height) {
    pen.fill(new java.awt.geom.Rectangle2D.Double(x, y, width, height));
  }

  void fill(Shape shape) {
    pen.fill(shape);
  }

  void draw(Shape shape) {
    pen.draw(shape);
  }

  void disc(double x, double y, double radius) {
    pen.fill(circle(x, y, radius));
  }

  void ring(double x, double y, double radius) {
    pen.draw(circle(x, y, radius));
  }

  void line(double x1, double y1, double x2, double y2) {
    pen.draw(new java.awt.geom.Line2D.Double(x1, y1, x2, y2));
  }

  static Ellipse2D circle(double x, double y, double radius) {
    return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
  }

  static Paint linear(double x1, double y1, double x2, double y2, Color from, Color to) {
    return new LinearGradientPaint(
        new Point2D.Double(x1, y1),
        new Point2D.Double(x2, y2),
        new float[] {0, 1},
        new Color[] {from, to});
  }

  static Paint radial(double x, double y, double radius, Color inner, Color outer) {
    return new RadialGradientPaint(
        new Point2D.Double(x, y), (float) radius, new float[] {0, 1}, new Color[] {inner, outer});
  }

  /** A closed polygon through points x, y, x, y ... */
  static Path2D polygon(double... points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points[0], points[1]);
    for (int i = 2; i < points.length; i += 2) {
      path.lineTo(points[i], points[i + 1]);
    }
    path.closePath();
    return path;
  }

  /** An almond from (0, 0) to (0, -length), its broadest place at a share of its length. */
  static Path2D almond(double length, double halfWidth, double broadest) {
    Path2D path = new Path2D.Double();
    path.moveTo(0, 0);
    path.curveTo(
        halfWidth * 1.33,
        -length * broadest * 0.8,
        halfWidth,
        -length * (broadest + 0.25),
        0,
        -length);
    path.curveTo(
        -halfWidth, -length * (broadest + 0.25), -halfWidth * 1.33, -length * broadest * 0.8, 0, 0);
    path.closePath();
    return path;
  }
}
