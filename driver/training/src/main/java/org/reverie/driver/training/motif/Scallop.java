package org.reverie.driver.training.motif;

import java.awt.geom.Arc2D;
import java.awt.geom.Path2D;

/** A fan shell with ribs and growth lines. */
final class Scallop implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.7, 1.05, Math.PI);
    Chance chance = scene.chance;
    int ribs = chance.whole(7, 14);
    double half = chance.in(0.95, 1.25);
    double bands = chance.in(3, 8);
    double wobble = chance.in(0, 0.4);
    for (int side = -1; side <= 1; side += 2) {
      scene.paint(scene.palette.tone(0.3));
      scene.fill(Scene.polygon(0, 0.85, side * 0.4, 0.9, side * 0.32, 0.62, 0, 0.55));
    }
    for (int i = 0; i < ribs; i++) {
      double from = -half + 2 * half * i / ribs;
      double to = -half + 2 * half * (i + 1) / ribs;
      double middle = (from + to) / 2;
      double reach = 1.7 * (0.85 + 0.15 * Math.cos(middle));
      Path2D rib = new Path2D.Double();
      rib.moveTo(0, 0.85);
      rib.lineTo(reach * 0.93 * Math.sin(from), 0.85 - reach * 0.93 * Math.cos(from));
      rib.quadTo(
          reach * 1.08 * Math.sin(middle), 0.85 - reach * 1.08 * Math.cos(middle),
          reach * 0.93 * Math.sin(to), 0.85 - reach * 0.93 * Math.cos(to));
      rib.closePath();
      double lit = 0.5 + 0.4 * Math.cos(middle - 0.5);
      scene.paint(scene.palette.tone(lit));
      scene.fill(rib);
      for (int band = 2; band < bands; band++) {
        double radius = reach * band / bands;
        scene.paint(
            Palette.veil(band % 2 == 0 ? scene.palette.tone(0.1) : scene.palette.accent(), 0.35));
        scene.stroke(reach / bands * (0.35 + wobble * 0.5));
        scene.draw(
            new Arc2D.Double(
                -radius,
                0.85 - radius,
                2 * radius,
                2 * radius,
                90 - Math.toDegrees(to),
                Math.toDegrees(to - from),
                Arc2D.OPEN));
      }
      scene.paint(scene.palette.tone(0));
      scene.stroke(0.018);
      scene.draw(rib);
    }
  }
}
