package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.RadialGradientPaint;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;

/** A nautilus: a logarithmic spiral with its chambers. */
final class Shell implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.7, 1, Math.PI);
    Chance chance = scene.chance;
    if (chance.flip(0.5)) {
      scene.pen.scale(-1, 1);
    }
    double growth = chance.in(0.14, 0.2);
    double turns = chance.in(2.6, 3.4);
    int ribs = chance.whole(7, 13);
    double end = turns * 2 * Math.PI;
    double opening = Math.exp(growth * 2 * Math.PI);
    int steps = (int) Math.round(turns * ribs);
    boolean striped = chance.flip(0.5);
    for (int i = 0; i < steps; i++) {
      double from = end * i / steps;
      double to = end * (i + 1) / steps;
      Path2D chamber = new Path2D.Double();
      for (int k = 0; k <= 6; k++) {
        double angle = from + (to - from) * k / 6;
        point(chamber, angle, Math.exp(growth * (angle - end)), k == 0);
      }
      for (int k = 6; k >= 0; k--) {
        double angle = from + (to - from) * k / 6;
        point(chamber, angle, Math.exp(growth * (angle - end)) / opening, false);
      }
      chamber.closePath();
      double outer = Math.exp(growth * (to - end));
      Color inner = scene.palette.tone(striped && i % 2 == 0 ? 0.35 : 0.15);
      Color rim = scene.palette.tone(striped && i % 2 == 0 ? 0.75 : 1);
      scene.paint(
          new RadialGradientPaint(
              new Point2D.Double(0, 0),
              (float) outer,
              new float[] {(float) (0.9 / opening), 0.8f, 1},
              new Color[] {inner, rim, scene.palette.tone(0.55)}));
      scene.fill(chamber);
      scene.paint(scene.palette.tone(0));
      scene.stroke(Math.max(0.007, 0.022 * outer));
      scene.draw(chamber);
    }
  }

  private static void point(Path2D path, double angle, double radius, boolean first) {
    double x = radius * Math.cos(angle);
    double y = radius * Math.sin(angle);
    if (first) {
      path.moveTo(x, y);
    } else {
      path.lineTo(x, y);
    }
  }
}
