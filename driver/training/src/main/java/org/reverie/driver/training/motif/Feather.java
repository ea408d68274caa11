package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** A vane of barbs on a bent shaft, sometimes with an eye. */
final class Feather implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.8, 1.1, Math.PI);
    Chance chance = scene.chance;
    double bend = chance.in(-0.35, 0.35);
    double width = chance.in(0.26, 0.48);
    double sweep = chance.in(0.25, 0.6);
    boolean eye = chance.flip(0.35);
    double stripes = chance.flip(0.5) ? chance.in(8, 22) : 0;
    int barbs = 70;
    double gapAt = chance.in(0.2, 0.8);
    for (int i = 0; i < barbs; i++) {
      double share = i / (barbs - 1.0);
      double y = 0.6 - 1.5 * share;
      double x = bend * share * share;
      double reach = width * Math.pow(Math.sin(Math.PI * (0.08 + 0.9 * Math.pow(share, 0.8))), 0.6);
      double tone = 0.45 + 0.35 * Math.sin(share * stripes) * (stripes > 0 ? 1 : 0) + 0.25 * share;
      for (int side = -1; side <= 1; side += 2) {
        if (Math.abs(share - gapAt) < 0.02 && side > 0) {
          continue;
        }
        double drop = sweep * reach + 0.03 * chance.near();
        Path2D barb = new Path2D.Double();
        barb.moveTo(x, y);
        barb.quadTo(x + side * reach * 0.6, y - drop * 0.2, x + side * reach, y - drop);
        scene.paint(scene.palette.tone(tone + (side > 0 ? 0.1 : -0.1)));
        scene.stroke(0.024);
        scene.draw(barb);
      }
    }
    if (eye) {
      double x = bend * 0.62;
      Color[] rings = {
        scene.palette.accent(),
        scene.palette.tone(0.95),
        scene.palette.tone(0),
        Palette.light(scene.palette.accent(), 0.5)
      };
      for (int i = 0; i < rings.length; i++) {
        double radius = width * (0.72 - 0.17 * i);
        scene.paint(rings[i]);
        scene.fill(
            new Ellipse2D.Double(x - radius * 0.8, -0.55 - radius, radius * 1.6, radius * 2));
      }
    }
    Path2D shaft = new Path2D.Double();
    shaft.moveTo(-0.04 * Math.signum(bend), 1);
    shaft.quadTo(0, 0.2, bend, -0.9);
    scene.paint(Palette.light(scene.palette.tone(1), 0.4));
    scene.stroke(0.03);
    scene.draw(shaft);
  }
}
