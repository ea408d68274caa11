package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Path2D;

/** Fine engine-turned curves, as on banknotes. */
final class Guilloche implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.85, 1.1, Math.PI);
    Chance chance = scene.chance;
    int bundles = chance.whole(1, 3);
    for (int bundle = 0; bundle < bundles; bundle++) {
      double outer = 1 - 0.33 * bundle;
      int lobes = chance.whole(5, 14);
      int second = lobes * chance.whole(2, 4);
      double depth = chance.in(0.12, 0.3) * outer;
      int lines = chance.whole(7, 12);
      Color colour =
          bundle % 2 == 1 ? scene.palette.accent() : scene.palette.tone(chance.in(0.5, 1));
      scene.stroke(0.009);
      for (int line = 0; line < lines; line++) {
        double shift = 2 * Math.PI * line / lines / lobes;
        Path2D curve = new Path2D.Double();
        for (int i = 0; i <= 240; i++) {
          double angle = 2 * Math.PI * i / 240;
          double radius =
              outer
                  - depth
                  + depth * 0.75 * Math.cos(lobes * (angle + shift))
                  + depth * 0.25 * Math.cos(second * angle - 5 * shift);
          if (i == 0) {
            curve.moveTo(radius * Math.cos(angle), radius * Math.sin(angle));
          } else {
            curve.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
          }
        }
        scene.paint(Palette.light(colour, 0.3 * line / lines));
        scene.draw(curve);
      }
    }
  }
}
