package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** One large eye, or many. */
final class Eye implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    Chance chance = scene.chance;
    if (chance.flip(0.7)) {
      scene.place(0.75, 1.05, 0.7);
      eye(scene, 1);
      return;
    }
    for (int i = chance.whole(3, 6); i > 0; i--) {
      AffineTransform before = scene.pen.getTransform();
      scene.pen.translate(chance.in(-0.8, 0.8), chance.in(-0.8, 0.8));
      scene.pen.rotate(chance.in(-0.8, 0.8));
      eye(scene, chance.in(0.3, 0.5));
      scene.pen.setTransform(before);
    }
  }

  private static void eye(Scene scene, double size) {
    Chance chance = scene.chance;
    AffineTransform before = scene.pen.getTransform();
    scene.pen.scale(size, size);
    double open = chance.in(0.45, 0.8);
    double slant = chance.in(-0.12, 0.12);
    Path2D lids = new Path2D.Double();
    lids.moveTo(-1, slant);
    lids.curveTo(-0.5, -open * 1.25, 0.5, -open * 1.25, 1, -slant);
    lids.curveTo(0.45, open * 1.05, -0.45, open * 1.05, -1, slant);
    lids.closePath();
    Color skin = scene.palette.tone(0.4);
    scene.paint(Scene.radial(0, 0, 1.25, skin, Palette.veil(skin, 0)));
    scene.disc(0, 0, 1.25);
    scene.paint(Scene.radial(0, 0, 1, Color.WHITE, new Color(205, 195, 190)));
    scene.fill(lids);
    Shape clip = scene.pen.getClip();
    scene.pen.clip(lids);
    double x = chance.in(-0.2, 0.2);
    double iris = open * chance.in(0.75, 0.95);
    Color colour = chance.flip(0.5) ? scene.palette.accent() : scene.palette.tone(0.7);
    scene.paint(Scene.radial(x, 0, iris, Palette.light(colour, 0.3), Palette.light(colour, -0.5)));
    scene.disc(x, 0, iris);
    scene.stroke(0.012);
    for (int i = 0; i < 48; i++) {
      double angle = 2 * Math.PI * i / 48 + 0.05 * chance.near();
      double from = iris * chance.in(0.35, 0.55);
      double to = iris * chance.in(0.75, 0.95);
      scene.paint(Palette.veil(Palette.light(colour, chance.in(-0.3, 0.7)), 0.7));
      scene.line(
          x + from * Math.cos(angle),
          from * Math.sin(angle),
          x + to * Math.cos(angle),
          to * Math.sin(angle));
    }
    scene.paint(new Color(12, 10, 14));
    scene.stroke(0.05);
    scene.ring(x, 0, iris);
    boolean slit = chance.flip(0.25);
    double pupil = iris * chance.in(0.35, 0.5);
    scene.fill(
        new Ellipse2D.Double(
            x - pupil * (slit ? 0.3 : 1),
            -pupil * (slit ? 1.7 : 1),
            2 * pupil * (slit ? 0.3 : 1),
            2 * pupil * (slit ? 1.7 : 1)));
    scene.paint(Color.WHITE);
    scene.disc(x + iris * 0.3, -iris * 0.35, iris * 0.16);
    scene.pen.setClip(clip);
    scene.paint(Palette.light(skin, -0.7));
    scene.stroke(0.06);
    scene.draw(lids);
    if (chance.flip(0.7)) {
      scene.stroke(0.025);
      for (int i = 0; i < 17; i++) {
        double at = -0.85 + 1.7 * i / 16;
        double lid = -open * 0.92 * (1 - at * at);
        scene.line(at, lid, at * 1.22, lid - 0.22 - 0.08 * (1 - at * at));
      }
    }
    scene.pen.setTransform(before);
  }
}
