package org.reverie.driver.training.motif;

import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;

/** A cluster of faceted prisms. */
final class Crystal implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.8, 1.05, 0.6);
    Chance chance = scene.chance;
    int count = chance.whole(5, 11);
    for (int i = 0; i < count; i++) {
      AffineTransform before = scene.pen.getTransform();
      double turn = (i % 2 == 0 ? 1 : -1) * (1 - i / (double) count) * chance.in(0.5, 1.2);
      scene.pen.translate(chance.in(-0.25, 0.25), 0.75);
      scene.pen.rotate(turn);
      prism(scene, chance.in(0.9, 1.6) * (0.6 + 0.4 * i / count), chance.in(0.1, 0.22));
      scene.pen.setTransform(before);
    }
  }

  private static void prism(Scene scene, double length, double half) {
    Chance chance = scene.chance;
    double edge = half * chance.in(-0.5, 0.4);
    double second = half * chance.in(0.45, 0.75);
    double tip = half * chance.in(1.2, 2.2);
    double apex = half * chance.in(-0.3, 0.3);
    double shoulder = -length + tip;
    double[][] faces = {
      {-half, 0, -half, shoulder, edge, shoulder + tip * 0.25, edge, 0},
      {edge, 0, edge, shoulder + tip * 0.25, second, shoulder + tip * 0.2, second, 0},
      {second, 0, second, shoulder + tip * 0.2, half, shoulder, half, 0},
      {-half, shoulder, apex, -length, edge, shoulder + tip * 0.25},
      {edge, shoulder + tip * 0.25, apex, -length, second, shoulder + tip * 0.2},
      {second, shoulder + tip * 0.2, apex, -length, half, shoulder}
    };
    double[] tones = {0.35, 0.8, 0.15, 0.6, 1, 0.3};
    for (int i = 0; i < faces.length; i++) {
      Path2D face = Scene.polygon(faces[i]);
      scene.paint(
          Scene.linear(
              0,
              0,
              half,
              -length,
              scene.palette.tone(tones[i] - 0.3),
              scene.palette.tone(tones[i] + 0.05)));
      scene.fill(face);
      scene.paint(Palette.veil(Palette.light(scene.palette.tone(1), 0.5), 0.8));
      scene.stroke(0.012);
      scene.draw(face);
    }
  }
}
