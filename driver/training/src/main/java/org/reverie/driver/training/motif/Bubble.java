package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.RadialGradientPaint;
import java.awt.geom.Arc2D;
import java.awt.geom.Point2D;

/** Soap bubbles with rims of all colours. */
final class Bubble implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    Chance chance = scene.chance;
    int count = chance.whole(5, 16);
    for (int i = 0; i < count; i++) {
      double radius = chance.in(0.1, 0.5) * (0.6 + 0.4 * i / count);
      double x = chance.in(-0.9, 0.9);
      double y = chance.in(-0.9, 0.9);
      float hue = (float) chance.in(0, 1);
      Color[] film = new Color[5];
      float[] at = {0f, 0.6f, 0.82f, 0.93f, 1f};
      double[] opacity = {0.04, 0.12, 0.35, 0.7, 0.85};
      for (int k = 0; k < 5; k++) {
        film[k] = Palette.veil(Palette.colour(hue + 0.17 * k, 0.5, 1), opacity[k]);
      }
      scene.paint(new RadialGradientPaint(new Point2D.Double(x, y), (float) radius, at, film));
      scene.disc(x, y, radius);
      scene.paint(Palette.veil(Color.WHITE, 0.85));
      scene.stroke(radius * 0.07);
      scene.draw(
          new Arc2D.Double(
              x - radius * 0.72,
              y - radius * 0.72,
              radius * 1.44,
              radius * 1.44,
              110,
              50,
              Arc2D.OPEN));
      scene.disc(x + radius * 0.45, y + radius * 0.45, radius * 0.07);
      scene.paint(Palette.veil(Palette.light(Palette.colour(hue + 0.5, 0.6, 1), 0.2), 0.9));
      scene.stroke(0.012);
      scene.ring(x, y, radius);
    }
  }
}
