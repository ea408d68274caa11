package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Path2D;

/** Towers and spires of a fantastic town. */
final class Spire implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.95, 1.1, 0.12);
    Chance chance = scene.chance;
    int rows = chance.whole(2, 3);
    for (int row = 0; row < rows; row++) {
      double nearness = (row + 1.0) / rows;
      int towers = chance.whole(4, 6);
      for (int i = 0; i < towers; i++) {
        double x = -1.1 + 2.2 * (i + 0.5) / towers + chance.in(-0.12, 0.12);
        double half = chance.in(0.06, 0.14);
        double top = chance.in(-0.5, 0.4) + 0.25 * (row - rows + 2);
        double tip = top - half * chance.in(3, 6);
        double bulge = chance.flip(0.35) ? 1.5 : 1.15;
        Color wall = Palette.mix(scene.palette.ground(), scene.palette.tone(0.55), nearness);
        scene.paint(
            Scene.linear(
                x - half, 0, x + half, 0, Palette.light(wall, 0.3), Palette.light(wall, -0.45)));
        scene.fill(x - half, top, 2 * half, 2);
        Color roof =
            Palette.mix(
                scene.palette.ground(),
                chance.flip(0.4) ? scene.palette.accent() : scene.palette.tone(0.1),
                nearness);
        Path2D cone = new Path2D.Double();
        cone.moveTo(x - half * 1.25, top);
        if (bulge > 1.3) {
          cone.curveTo(x - half * 2.1, top - half * 1.6, x - half * 0.2, top - half * 1.8, x, tip);
          cone.curveTo(
              x + half * 0.2,
              top - half * 1.8,
              x + half * 2.1,
              top - half * 1.6,
              x + half * 1.25,
              top);
        } else {
          cone.lineTo(x, tip);
          cone.lineTo(x + half * 1.25, top);
        }
        cone.closePath();
        scene.paint(
            Scene.linear(
                x - half, 0, x + half, 0, Palette.light(roof, 0.25), Palette.light(roof, -0.4)));
        scene.fill(cone);
        scene.paint(roof);
        scene.stroke(0.014);
        scene.line(x, tip, x, tip - half);
        scene.paint(Palette.light(scene.palette.accent(), 0.4));
        for (double y = top + half; y < 1; y += half * 2.2) {
          scene.fill(x - half * 0.22, y, half * 0.44, half * 0.8);
        }
      }
    }
  }
}
