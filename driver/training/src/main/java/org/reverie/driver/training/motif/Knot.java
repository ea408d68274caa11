package org.reverie.driver.training.motif;

import java.awt.BasicStroke;
import java.awt.Color;

/** Interlaced bands that pass over and under in turn. */
final class Knot implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.8, 1.05, Math.PI);
    Chance chance = scene.chance;
    int lobes = chance.whole(3, 7);
    int winds = lobes % 2 == 0 ? 3 : 2;
    if (lobes % winds == 0) {
      winds = lobes == 6 ? 5 : 2;
    }
    double wave = chance.in(0.24, 0.36);
    double width = chance.in(0.09, 0.15) * (winds == 5 ? 0.55 : 1);
    Color core = chance.flip(0.3) ? scene.palette.accent() : scene.palette.tone(0.75);
    int steps = 90 * winds;
    double[][] points = new double[steps][];
    for (int i = 0; i < steps; i++) {
      double angle = 2 * Math.PI * winds * i / steps;
      double radius = 0.62 + wave * Math.cos(lobes * angle / winds);
      points[i] =
          new double[] {
            radius * Math.cos(angle), radius * Math.sin(angle), Math.sin(lobes * angle / winds)
          };
    }
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < steps; i++) {
        double[] a = points[i];
        boolean over = a[2] > 0;
        if (over != (pass == 1)) {
          continue;
        }
        double[] b = points[(i + 1) % steps];
        scene.pen.setStroke(
            new BasicStroke((float) (width * 1.5), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
        scene.paint(scene.palette.tone(0));
        double beyondX = (b[0] - a[0]) * 0.4;
        double beyondY = (b[1] - a[1]) * 0.4;
        scene.line(a[0] - beyondX, a[1] - beyondY, b[0] + beyondX, b[1] + beyondY);
      }
      for (int i = 0; i < steps; i++) {
        double[] a = points[i];
        if ((a[2] > 0) != (pass == 1)) {
          continue;
        }
        double[] b = points[(i + 1) % steps];
        scene.stroke(width);
        scene.paint(Palette.light(core, 0.35 * a[2] - 0.15));
        scene.line(a[0], a[1], b[0], b[1]);
      }
      for (int i = 0; i < steps; i++) {
        double[] a = points[i];
        if ((a[2] > 0) != (pass == 1)) {
          continue;
        }
        double[] b = points[(i + 1) % steps];
        scene.stroke(width * 0.25);
        scene.paint(Palette.light(core, 0.6));
        scene.line(a[0], a[1], b[0], b[1]);
      }
    }
  }
}
