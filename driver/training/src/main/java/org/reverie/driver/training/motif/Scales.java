package org.reverie.driver.training.motif;

import java.awt.geom.Path2D;

/** Rows of overlapping scales, as on a fish, a dragon or a roof. */
final class Scales implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(1.3, 1.6, Math.PI);
    Chance chance = scene.chance;
    double radius = chance.in(0.1, 0.24);
    double height = radius * chance.in(0.8, 1.5);
    double point = chance.in(0, 1);
    Noise noise = new Noise(chance.seed());
    double rim = chance.in(0.1, 0.35);
    boolean ridge = chance.flip(0.4);
    int row = 0;
    for (double y = -1.3; y < 1.3 + height; y += height * 0.55) {
      for (double x = -1.4 + (row % 2) * radius; x < 1.4; x += 2 * radius) {
        double top = -y;
        Path2D scale = new Path2D.Double();
        scale.moveTo(x - radius, top - height * 0.5);
        scale.curveTo(
            x - radius,
            top + height * 0.3,
            x - radius * (0.6 - 0.45 * point),
            top + height * 0.6,
            x,
            top + height * 0.75);
        scale.curveTo(
            x + radius * (0.6 - 0.45 * point),
            top + height * 0.6,
            x + radius,
            top + height * 0.3,
            x + radius,
            top - height * 0.5);
        scale.closePath();
        double tone = 0.5 + 0.45 * noise.octaves(x * 1.2, top * 1.2, 2);
        scene.paint(
            Scene.radial(
                x - radius * 0.2,
                top - height * 0.1,
                radius * 1.4,
                scene.palette.tone(tone + 0.25),
                scene.palette.tone(tone - 0.4)));
        scene.fill(scale);
        scene.stroke(radius * rim * 0.5);
        scene.paint(scene.palette.tone(tone - 0.55));
        scene.draw(scale);
        if (ridge) {
          scene.paint(Palette.veil(scene.palette.tone(1), 0.6));
          scene.line(x, top, x, top + height * 0.5);
        }
      }
      row++;
    }
  }
}
