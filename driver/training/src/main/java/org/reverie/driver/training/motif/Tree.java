package org.reverie.driver.training.motif;

import java.awt.geom.Ellipse2D;

/** A bare or leafy tree that forks until its twigs end. */
final class Tree implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    Chance chance = scene.chance;
    if (chance.flip(0.6)) {
      scene.paint(Palette.light(scene.palette.ground(), chance.in(-0.5, -0.2)));
      scene.fill(new Ellipse2D.Double(-2.5, chance.in(0.7, 0.85), 5, 1.6));
    }
    scene.place(0.8, 1, 0.12);
    double spread = chance.in(0.3, 0.6);
    double shrink = chance.in(0.72, 0.8);
    boolean leaves = chance.flip(0.6);
    branch(
        scene,
        0,
        0.9,
        chance.in(-0.1, 0.1),
        chance.in(0.42, 0.52),
        0.11,
        spread,
        shrink,
        leaves,
        7);
  }

  private static void branch(
      Scene scene,
      double x,
      double y,
      double angle,
      double length,
      double width,
      double spread,
      double shrink,
      boolean leaves,
      int left) {
    Chance chance = scene.chance;
    double tipX = x + length * Math.sin(angle);
    double tipY = y - length * Math.cos(angle);
    scene.stroke(width);
    scene.paint(scene.palette.tone(0.05 + 0.3 * (1 - width / 0.11)));
    scene.line(x, y, tipX, tipY);
    if (left == 0) {
      if (leaves) {
        scene.paint(Palette.veil(scene.palette.tone(chance.in(0.5, 1)), 0.85));
        scene.disc(tipX, tipY, chance.in(0.03, 0.065));
      }
      return;
    }
    for (int side = -1; side <= 1; side += 2) {
      branch(
          scene,
          tipX,
          tipY,
          angle + side * spread * chance.in(0.6, 1.4),
          length * shrink * chance.in(0.8, 1.1),
          width * 0.66,
          spread,
          shrink,
          leaves,
          left - 1);
    }
  }
}
