package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** Caps with spots on their stems. */
final class Mushroom implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.85, 1.05, 0.2);
    Chance chance = scene.chance;
    int count = chance.whole(1, 4);
    Color cap = chance.flip(0.5) ? scene.palette.accent() : scene.palette.tone(0.5);
    double dome = chance.in(0.5, 1.1);
    for (int i = 0; i < count; i++) {
      double size = count == 1 ? chance.in(0.75, 0.9) : chance.in(0.35, 0.6);
      double x = count == 1 ? 0 : -0.75 + 1.5 * i / (count - 1.0) + chance.in(-0.12, 0.12);
      AffineTransform before = scene.pen.getTransform();
      scene.pen.translate(x, 0.9 - chance.in(0, 0.15));
      scene.pen.rotate(chance.in(-0.2, 0.2));
      scene.pen.scale(size, size);
      mushroom(scene, cap, dome);
      scene.pen.setTransform(before);
    }
  }

  private static void mushroom(Scene scene, Color cap, double dome) {
    Chance chance = scene.chance;
    double tall = chance.in(0.9, 1.4);
    double thick = chance.in(0.12, 0.24);
    Path2D stem = new Path2D.Double();
    stem.moveTo(-thick * 1.5, 0);
    stem.quadTo(-thick * 0.7, -tall * 0.5, -thick * 0.8, -tall);
    stem.lineTo(thick * 0.8, -tall);
    stem.quadTo(thick * 0.7, -tall * 0.5, thick * 1.5, 0);
    stem.closePath();
    scene.paint(
        Scene.linear(-thick, 0, thick, 0, new Color(248, 240, 226), new Color(150, 130, 112)));
    scene.fill(stem);
    scene.paint(new Color(205, 188, 164));
    scene.fill(new Ellipse2D.Double(-0.85, -tall - 0.18, 1.7, 0.36));
    scene.paint(new Color(110, 88, 74));
    scene.stroke(0.012);
    for (int i = -9; i <= 9; i++) {
      scene.line(i * 0.02, -tall, i * 0.09, -tall + 0.16 * Math.sqrt(1 - i * i / 100.0));
    }
    Path2D top = new Path2D.Double();
    top.moveTo(-0.88, -tall + 0.02);
    top.curveTo(-0.85, -tall - dome * 1.15, 0.85, -tall - dome * 1.15, 0.88, -tall + 0.02);
    top.quadTo(0, -tall - 0.22, -0.88, -tall + 0.02);
    top.closePath();
    scene.paint(
        Scene.radial(
            -0.3, -tall - dome * 0.6, 1.2, Palette.light(cap, 0.4), Palette.light(cap, -0.5)));
    scene.fill(top);
    Shape clip = scene.pen.getClip();
    scene.pen.clip(top);
    scene.paint(new Color(250, 244, 232));
    for (int i = chance.whole(5, 12); i > 0; i--) {
      double radius = chance.in(0.04, 0.12);
      double x = chance.in(-0.75, 0.75);
      double y = -tall - chance.in(0.1, dome * 0.85);
      scene.fill(new Ellipse2D.Double(x - radius, y - radius * 0.7, 2 * radius, 1.4 * radius));
    }
    scene.pen.setClip(clip);
  }
}
