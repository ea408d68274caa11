package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.List;

/** Four patterned wings on a slender body. */
final class Butterfly implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.8, 1.05, 0.9);
    Chance chance = scene.chance;
    double upper = chance.in(0.75, 0.98);
    double lower = chance.in(0.5, 0.75);
    double tail = chance.flip(0.3) ? 0.3 : 0;
    int spots = chance.whole(2, 5);
    double[] fuzz = {
      chance.in(0.35, 0.6), chance.in(0.2, 0.5), chance.in(0.5, 0.9), chance.in(0.5, 0.8)
    };
    Color edge = Palette.light(scene.palette.tone(0), -0.4);
    for (int side = -1; side <= 1; side += 2) {
      AffineTransform before = scene.pen.getTransform();
      scene.pen.scale(side, 1);
      Path2D hind = new Path2D.Double();
      hind.moveTo(0.03, 0.05);
      hind.curveTo(lower, 0, lower * 1.1, lower * 0.8, lower * 0.6, lower * (0.95 + tail));
      hind.curveTo(lower * 0.35, lower * 0.9, 0.1, lower * 0.7, 0.03, 0.05);
      Path2D fore = new Path2D.Double();
      fore.moveTo(0.03, 0);
      fore.curveTo(0.15, -upper * fuzz[3], upper * 0.7, -upper * 1.05, upper, -upper * 0.75);
      fore.curveTo(upper * 1.05, -upper * 0.3, upper * fuzz[2], 0.12, 0.03, 0.1);
      for (Path2D wing : List.of(hind, fore)) {
        scene.paint(
            Scene.radial(0, 0, upper * 1.2, scene.palette.tone(0.35), scene.palette.tone(1)));
        scene.fill(wing);
        Shape clip = scene.pen.getClip();
        scene.pen.clip(wing);
        scene.paint(edge);
        scene.stroke(0.012);
        for (int i = 0; i < 7; i++) {
          double angle = -1.2 + 0.4 * i;
          scene.line(0.03, 0.03, 1.2 * Math.cos(angle), 1.2 * Math.sin(angle));
        }
        scene.stroke(0.17);
        scene.draw(wing);
        scene.pen.setClip(clip);
      }
      for (int i = 0; i < spots; i++) {
        double angle = -0.85 + 1.55 * i / (spots - 1.0);
        double reach = angle < 0.1 ? upper * fuzz[0] * 1.35 : lower * 0.72;
        double x = reach * Math.cos(angle);
        double y = reach * Math.sin(angle);
        double radius = 0.05 + 0.13 * fuzz[1];
        scene.paint(edge);
        scene.disc(x, y, radius);
        scene.paint(scene.palette.accent());
        scene.disc(x, y, radius * 0.75);
        scene.paint(Palette.light(scene.palette.accent(), 0.7));
        scene.disc(x, y, radius * 0.35);
      }
      scene.stroke(0.016);
      scene.paint(edge);
      Path2D feeler = new Path2D.Double();
      feeler.moveTo(0, -0.25);
      feeler.quadTo(0.05, -0.5, 0.22, -0.62);
      scene.draw(feeler);
      scene.disc(0.22, -0.62, 0.025);
      scene.pen.setTransform(before);
    }
    scene.paint(Scene.linear(-0.07, 0, 0.07, 0, scene.palette.tone(0.5), edge));
    scene.fill(new Ellipse2D.Double(-0.055, -0.3, 0.11, 0.85));
  }
}
