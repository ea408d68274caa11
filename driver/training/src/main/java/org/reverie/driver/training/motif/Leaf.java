package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Path2D;

/** One broad leaf with its veins. */
final class Leaf implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.8, 1.1, Math.PI);
    Chance chance = scene.chance;
    double half = chance.in(0.35, 0.62);
    double broadest = chance.in(0.3, 0.55);
    int teeth = chance.flip(0.5) ? chance.whole(7, 16) : 0;
    int veins = chance.whole(6, 10);
    double bend = chance.in(-0.25, 0.25);
    Path2D right = new Path2D.Double();
    Path2D left = new Path2D.Double();
    right.moveTo(0, 0.7);
    left.moveTo(0, 0.7);
    for (int i = 1; i <= 60; i++) {
      double share = i / 60.0;
      double width = width(share, half, broadest);
      double tooth = teeth == 0 ? 0 : 0.07 * (share * teeth % 1.0) * Math.sin(Math.PI * share);
      double y = 0.7 - 1.6 * share;
      right.lineTo(bend * share * share + width + tooth, y);
      left.lineTo(bend * share * share - width - tooth, y);
    }
    for (int i = 60; i >= 0; i--) {
      double share = i / 60.0;
      right.lineTo(bend * share * share, 0.7 - 1.6 * share);
      left.lineTo(bend * share * share, 0.7 - 1.6 * share);
    }
    scene.paint(
        Scene.linear(0, -0.9, half, 0.7, scene.palette.tone(0.85), scene.palette.tone(0.4)));
    scene.fill(right);
    scene.paint(
        Scene.linear(0, -0.9, -half, 0.7, scene.palette.tone(0.65), scene.palette.tone(0.2)));
    scene.fill(left);
    Color vein = Palette.light(scene.palette.tone(1), 0.35);
    for (int i = 1; i <= veins; i++) {
      double share = 0.05 + 0.8 * i / (veins + 1.0);
      double x = bend * share * share;
      double y = 0.7 - 1.6 * share;
      double tip = Math.min(0.97, share + 0.16);
      double width = width(tip, half, broadest) * 0.93;
      for (int side = -1; side <= 1; side += 2) {
        Path2D line = new Path2D.Double();
        line.moveTo(x, y);
        line.quadTo(
            x + side * width * 0.6, y - 0.08, bend * tip * tip + side * width, 0.7 - 1.6 * tip);
        scene.paint(vein);
        scene.stroke(0.018);
        scene.draw(line);
        scene.stroke(0.008);
        for (int k = 1; k < 4; k++) {
          double along = k / 4.0;
          scene.line(
              x + side * width * along,
              y - 0.2 * along * along,
              x + side * width * along * 1.05,
              y - 0.2 * along * along - 0.13);
        }
      }
    }
    scene.paint(vein);
    scene.stroke(0.035);
    Path2D stem = new Path2D.Double();
    stem.moveTo(-bend * 0.3, 1);
    stem.quadTo(0, 0.3, bend, -0.88);
    scene.draw(stem);
    scene.stroke(0.02);
    scene.paint(scene.palette.tone(0));
    scene.draw(right);
    scene.draw(left);
  }

  private static double width(double share, double half, double broadest) {
    double skew = Math.log(0.5) / Math.log(broadest);
    return half * Math.pow(Math.sin(Math.PI * Math.pow(share, skew)), 0.8);
  }
}
