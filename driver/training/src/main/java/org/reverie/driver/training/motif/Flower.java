package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;

/** Blossoms with one to three rings of petals. */
final class Flower implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    Chance chance = scene.chance;
    int count = chance.flip(0.6) ? 1 : chance.whole(3, 5);
    int petals = chance.whole(5, 13);
    double broadest = chance.in(0.35, 0.65);
    double width = chance.in(0.8, 1.5);
    int rings = chance.whole(1, 3);
    for (int i = 0; i < count; i++) {
      AffineTransform before = scene.pen.getTransform();
      if (count == 1) {
        scene.place(0.75, 1.05, Math.PI);
      } else {
        scene.pen.translate(chance.in(-0.7, 0.7), chance.in(-0.7, 0.7));
        double scale = chance.in(0.35, 0.55);
        scene.pen.scale(scale, scale);
      }
      blossom(scene, petals, broadest, width, rings);
      scene.pen.setTransform(before);
    }
  }

  private static void blossom(Scene scene, int petals, double broadest, double width, int rings) {
    double start = scene.chance.in(0, 1);
    for (int ring = 0; ring < rings; ring++) {
      double length = 0.98 - 0.27 * ring;
      for (int i = 0; i < petals; i++) {
        AffineTransform before = scene.pen.getTransform();
        scene.pen.rotate(
            2 * Math.PI * (i + 0.5 * ring) / petals + start + 0.05 * scene.chance.near());
        Path2D petal = Scene.almond(length, Math.min(0.5, width * length * 2.2 / petals), broadest);
        scene.paint(
            Scene.radial(
                0,
                0,
                length,
                scene.palette.tone(0.1 + 0.15 * ring),
                scene.palette.tone(0.8 + 0.1 * ring)));
        scene.fill(petal);
        scene.stroke(0.012);
        scene.paint(Palette.veil(scene.palette.tone(0), 0.7));
        scene.draw(petal);
        scene.line(0, -0.2, 0, -length * 0.75);
        scene.pen.setTransform(before);
      }
    }
    Color heart = scene.palette.accent();
    scene.paint(Scene.radial(0, 0, 0.2, Palette.light(heart, 0.3), Palette.light(heart, -0.4)));
    scene.disc(0, 0, 0.2);
    for (int i = 0; i < 60; i++) {
      double angle = i * 2.39996;
      double radius = 0.19 * Math.sqrt(i / 60.0);
      scene.paint(Palette.light(heart, i % 2 == 0 ? 0.45 : -0.5));
      scene.disc(radius * Math.cos(angle), radius * Math.sin(angle), 0.014);
    }
  }
}
