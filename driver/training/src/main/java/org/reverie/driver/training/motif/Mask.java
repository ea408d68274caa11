package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** A carved face with painted marks. */
final class Mask implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.8, 1.05, 0.4);
    Chance chance = scene.chance;
    double half = chance.in(0.5, 0.72);
    double jaw = chance.in(0.3, 0.9);
    Path2D face = new Path2D.Double();
    face.moveTo(0, -0.95);
    face.curveTo(half * 1.35, -0.95, half * 1.2, 0.1, half * jaw, 0.65);
    face.quadTo(0, 1.15, -half * jaw, 0.65);
    face.curveTo(-half * 1.2, 0.1, -half * 1.35, -0.95, 0, -0.95);
    face.closePath();
    if (chance.flip(0.5)) {
      int rays = chance.whole(9, 17);
      for (int i = 0; i < rays; i++) {
        AffineTransform before = scene.pen.getTransform();
        scene.pen.translate(0, -0.1);
        scene.pen.rotate(-1.7 + 3.4 * i / (rays - 1.0));
        scene.pen.translate(0, -0.5);
        scene.paint(i % 2 == 0 ? scene.palette.accent() : scene.palette.tone(0.2));
        scene.fill(Scene.almond(0.62, 0.09, 0.5));
        scene.pen.setTransform(before);
      }
    }
    Color skin = scene.palette.tone(0.8);
    scene.paint(
        Scene.linear(-half, 0, half, 0, Palette.light(skin, 0.2), Palette.light(skin, -0.45)));
    scene.fill(face);
    scene.stroke(0.04);
    scene.paint(scene.palette.tone(0));
    scene.draw(face);
    double eyeY = chance.in(-0.32, -0.12);
    double eyeX = half * chance.in(0.42, 0.55);
    double eye = chance.in(0.13, 0.2);
    double tilt = chance.in(-0.4, 0.4);
    int marks = chance.whole(2, 5);
    double mouth = chance.in(0.2, 0.36);
    double smile = chance.in(-0.2, 0.25);
    for (int side = -1; side <= 1; side += 2) {
      AffineTransform before = scene.pen.getTransform();
      scene.pen.scale(side, 1);
      scene.paint(scene.palette.accent());
      scene.stroke(0.035);
      for (int i = 0; i < marks; i++) {
        scene.line(half * 0.45, 0.18 + 0.09 * i, half * 0.95 - 0.04 * i, 0.05 + 0.12 * i);
      }
      scene.fill(Scene.polygon(0, -0.9, 0.1, -0.62, 0, -0.5));
      scene.pen.translate(eyeX, eyeY);
      scene.pen.rotate(tilt);
      scene.paint(scene.palette.tone(0.1));
      scene.fill(new Ellipse2D.Double(-eye * 1.3, -eye * 0.8, eye * 2.6, eye * 1.6));
      scene.paint(Palette.light(scene.palette.accent(), 0.6));
      scene.fill(new Ellipse2D.Double(-eye, -eye * 0.5, eye * 2, eye));
      scene.paint(Color.BLACK);
      scene.disc(0, 0, eye * 0.42);
      scene.stroke(0.06);
      scene.paint(scene.palette.tone(0.05));
      scene.draw(
          new Arc2D.Double(-eye * 1.6, -eye * 1.9, eye * 3.2, eye * 2.4, 20, 140, Arc2D.OPEN));
      scene.pen.setTransform(before);
      scene.paint(side < 0 ? Palette.light(skin, 0.3) : Palette.light(skin, -0.5));
      scene.fill(Scene.polygon(0, eyeY, side * 0.13, 0.3, 0, 0.36));
    }
    Path2D lips = new Path2D.Double();
    lips.moveTo(-mouth, 0.58 - smile * 0.5);
    lips.quadTo(0, 0.44 + smile, mouth, 0.58 - smile * 0.5);
    lips.quadTo(0, 0.8 + smile, -mouth, 0.58 - smile * 0.5);
    lips.closePath();
    scene.paint(Palette.light(scene.palette.accent(), -0.5));
    scene.fill(lips);
    scene.paint(Color.WHITE);
    scene.stroke(0.02);
    for (int i = -2; i <= 2; i++) {
      scene.fill(mouth * 0.28 * i - 0.03, 0.58 + smile * 0.3, 0.06, 0.07);
    }
  }
}
