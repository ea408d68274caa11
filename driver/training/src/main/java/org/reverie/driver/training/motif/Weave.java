package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.RoundRectangle2D;

/** Basketwork: strands over and under each other. */
final class Weave implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(1.3, 1.5, Math.PI);
    Chance chance = scene.chance;
    int count = chance.whole(6, 12);
    double pitch = 2.6 / count;
    double width = pitch * chance.in(0.72, 0.95);
    int twill = chance.whole(1, 2);
    Color warp = scene.palette.tone(chance.in(0.6, 1));
    Color weft =
        chance.flip(0.4) ? scene.palette.accent() : scene.palette.tone(chance.in(0.15, 0.5));
    scene.paint(Palette.light(scene.palette.ground(), -0.6));
    scene.fill(-1.5, -1.5, 3, 3);
    for (int row = 0; row < count; row++) {
      for (int column = 0; column < count; column++) {
        double x = -1.3 + column * pitch;
        double y = -1.3 + row * pitch;
        boolean over = Math.floorMod(row * (twill == 2 ? 1 : 1) + column, 2 * twill) < twill;
        Color colour = over ? warp : weft;
        double gap = (pitch - width) / 2;
        if (over) {
          scene.paint(
              Scene.linear(
                  x + gap,
                  0,
                  x + gap + width,
                  0,
                  Palette.light(colour, 0.3),
                  Palette.light(colour, -0.5)));
          scene.fill(
              new RoundRectangle2D.Double(
                  x + gap, y - gap, width, pitch + 2 * gap, pitch * 0.3, pitch * 0.5));
        } else {
          scene.paint(
              Scene.linear(
                  0,
                  y + gap,
                  0,
                  y + gap + width,
                  Palette.light(colour, 0.3),
                  Palette.light(colour, -0.5)));
          scene.fill(
              new RoundRectangle2D.Double(
                  x - gap, y + gap, pitch + 2 * gap, width, pitch * 0.5, pitch * 0.3));
        }
        scene.paint(Palette.veil(Palette.light(colour, -0.6), 0.8));
        scene.stroke(0.008);
        for (int fibre = 1; fibre < 4; fibre++) {
          double at = gap + width * fibre / 4;
          if (over) {
            scene.line(x + at, y, x + at, y + pitch);
          } else {
            scene.line(x, y + at, x + pitch, y + at);
          }
        }
      }
    }
  }
}
