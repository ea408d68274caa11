package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.AffineTransform;

/** A round ornament of rings, each with a repeated figure. */
final class Rosette implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.8, 1.05, Math.PI);
    Chance chance = scene.chance;
    int fold = 2 * chance.whole(4, 9);
    double outer = 1;
    scene.paint(scene.palette.tone(0.1));
    scene.disc(0, 0, 1);
    int rings = chance.whole(4, 6);
    for (int ring = 0; ring < rings; ring++) {
      double inner = ring == rings - 1 ? 0.02 : outer * chance.in(0.62, 0.78);
      scene.paint(ring % 2 == 0 ? scene.palette.tone(chance.in(0.2, 0.5)) : scene.palette.ground());
      scene.disc(0, 0, outer);
      int kind = chance.whole(0, 4);
      Color colour =
          chance.flip(0.3) ? scene.palette.accent() : scene.palette.tone(chance.in(0.6, 1));
      for (int i = 0; i < fold; i++) {
        AffineTransform before = scene.pen.getTransform();
        scene.pen.rotate(2 * Math.PI * (i + 0.5 * (ring % 2)) / fold);
        figure(scene, kind, inner, outer, Math.PI / fold, colour);
        scene.pen.setTransform(before);
      }
      scene.paint(scene.palette.tone(ring % 2 == 0 ? 0.9 : 0));
      scene.stroke(0.018);
      scene.ring(0, 0, outer);
      outer = inner;
    }
  }

  private static void figure(
      Scene scene, int kind, double inner, double outer, double half, Color colour) {
    double depth = outer - inner;
    double middle = (inner + outer) / 2;
    double width = middle * Math.tan(half);
    scene.paint(colour);
    scene.stroke(0.02);
    switch (kind) {
      case 0 -> scene.disc(0, -middle, Math.min(depth, 2 * width) * 0.38);
      case 1 -> scene.fill(Scene.polygon(-width * 0.9, -inner, 0, -outer, width * 0.9, -inner));
      case 2 ->
          scene.fill(
              Scene.polygon(
                  0,
                  -inner - depth * 0.08,
                  width * 0.8,
                  -middle,
                  0,
                  -outer + depth * 0.08,
                  -width * 0.8,
                  -middle));
      case 3 -> {
        scene.ring(-width * 0.5, -middle, depth * 0.36);
        scene.ring(width * 0.5, -middle, depth * 0.36);
      }
      default -> {
        scene.pen.translate(0, -inner);
        scene.fill(Scene.almond(depth * 0.95, width * 0.85, 0.45));
      }
    }
  }
}
