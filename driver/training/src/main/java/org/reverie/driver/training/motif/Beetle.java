package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** A beetle seen from above, with shining wing cases. */
final class Beetle implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.75, 1, Math.PI);
    Chance chance = scene.chance;
    double half = chance.in(0.36, 0.52);
    Color dark = Palette.light(scene.palette.tone(0), -0.5);
    Color shine = chance.flip(0.4) ? scene.palette.accent() : scene.palette.tone(0.7);
    scene.paint(dark);
    for (int side = -1; side <= 1; side += 2) {
      for (int leg = 0; leg < 3; leg++) {
        double y = -0.15 + 0.3 * leg;
        double bend = -0.22 + 0.25 * leg + 0.1 * chance.near();
        scene.stroke(0.055);
        scene.line(0, y, side * (half + 0.22), y + bend);
        scene.stroke(0.035);
        scene.line(
            side * (half + 0.22), y + bend, side * (half + 0.36), y + bend + 0.2 * (leg - 0.7));
      }
      Path2D feeler = new Path2D.Double();
      feeler.moveTo(0, -0.7);
      feeler.quadTo(side * 0.3, -0.9, side * chance.in(0.3, 0.5), -1);
      scene.stroke(0.03);
      scene.draw(feeler);
    }
    double head = half * chance.in(0.4, 0.6);
    scene.paint(Scene.radial(-head * 0.3, -0.75, head * 1.4, Palette.light(shine, 0.1), dark));
    scene.disc(0, -0.68, head);
    scene.paint(
        Scene.radial(
            -half * 0.3, -0.5, half, Palette.light(shine, 0.4), Palette.light(shine, -0.65)));
    scene.fill(new Ellipse2D.Double(-half * 0.85, -0.66, half * 1.7, 0.5));
    Shape body = new Ellipse2D.Double(-half, -0.4, 2 * half, 1.3);
    scene.paint(
        Scene.radial(
            -half * 0.35, 0, half * 1.8, Palette.light(shine, 0.55), Palette.light(shine, -0.6)));
    scene.fill(body);
    Shape clip = scene.pen.getClip();
    scene.pen.clip(body);
    int kind = chance.whole(0, 2);
    scene.paint(kind == 0 ? Palette.veil(dark, 0.6) : dark);
    int count = chance.whole(3, 6);
    for (int side = -1; side <= 1; side += 2) {
      for (int i = 0; i < count; i++) {
        if (kind == 0) {
          scene.stroke(0.02);
          double x = side * half * (i + 0.5) / count;
          scene.line(x * 0.6, -0.4, x, 0.95);
        } else if (kind == 1) {
          scene.disc(side * half * (0.45 + 0.25 * (i % 2)), -0.2 + 0.95 * i / count, half * 0.19);
        } else {
          scene.stroke(0.07);
          scene.line(0, -0.2 + 0.95 * i / count, side * half, -0.3 + 0.95 * i / count);
        }
      }
    }
    scene.pen.setClip(clip);
    scene.paint(dark);
    scene.stroke(0.03);
    scene.draw(body);
    scene.line(0, -0.4, 0, 0.9);
  }
}
