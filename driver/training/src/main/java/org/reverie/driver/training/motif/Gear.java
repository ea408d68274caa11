package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Path2D;

/** Toothed wheels that mesh. */
final class Gear implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.8, 1.05, Math.PI);
    Chance chance = scene.chance;
    int teeth = chance.whole(10, 18);
    double radius = chance.in(0.45, 0.62);
    double module = radius / teeth;
    wheel(scene, -0.3, -0.2, teeth, module, chance.in(0, 1));
    for (int i = chance.whole(1, 3); i > 0; i--) {
      int others = chance.whole(8, 14);
      double distance = module * (teeth + others) * 1.0;
      double angle = 2.2 * i + chance.in(-0.4, 0.4);
      wheel(
          scene,
          -0.3 + distance * Math.cos(angle),
          -0.2 + distance * Math.sin(angle),
          others,
          module,
          chance.in(0, 1));
    }
  }

  private static void wheel(
      Scene scene, double x, double y, int teeth, double module, double turn) {
    double pitch = module * teeth;
    Path2D rim = new Path2D.Double();
    for (int i = 0; i < teeth; i++) {
      double[][] corners = {{-0.26, 0.88}, {-0.14, 1.12}, {0.14, 1.12}, {0.26, 0.88}};
      for (double[] corner : corners) {
        double angle = 2 * Math.PI * (i + corner[0] + turn) / teeth;
        double radius = pitch + (corner[1] - 1) * module * 8;
        if (i == 0 && corner[0] == -0.26) {
          rim.moveTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
        } else {
          rim.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
        }
      }
    }
    rim.closePath();
    Color metal = scene.palette.tone(scene.chance.in(0.4, 0.9));
    scene.paint(
        Scene.linear(
            x - pitch,
            y - pitch,
            x + pitch,
            y + pitch,
            Palette.light(metal, 0.4),
            Palette.light(metal, -0.45)));
    scene.fill(rim);
    scene.stroke(0.02);
    scene.paint(Palette.light(metal, -0.7));
    scene.draw(rim);
    int holes = scene.chance.whole(3, 6);
    for (int i = 0; i < holes; i++) {
      double angle = 2 * Math.PI * (i + turn) / holes;
      scene.paint(Palette.light(scene.palette.ground(), -0.25));
      scene.disc(
          x + pitch * 0.52 * Math.cos(angle),
          y + pitch * 0.52 * Math.sin(angle),
          pitch * 0.62 / (holes * 0.75));
    }
    scene.paint(Palette.light(metal, 0.25));
    scene.disc(x, y, pitch * 0.22);
    scene.paint(Palette.light(metal, -0.8));
    scene.disc(x, y, pitch * 0.1);
  }
}
