package org.reverie.driver.training.motif;

import java.awt.geom.Path2D;
import java.util.ArrayList;
import java.util.List;

/** A sea of breakers with foam on their crests. */
final class Wave implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(1, 1.15, 0.25);
    Chance chance = scene.chance;
    double length = chance.in(0.45, 0.9);
    double steep = chance.in(0.35, 0.6);
    int rows = chance.whole(4, 7);
    for (int row = 0; row < rows; row++) {
      double depth = row / (rows - 1.0);
      double y = -0.5 + 1.5 * depth;
      double size = length * (0.5 + 0.6 * depth);
      double phase = chance.in(0, size);
      Path2D sea = new Path2D.Double();
      sea.moveTo(-1.6, y + 1.5);
      sea.lineTo(-1.6 - size + phase, y);
      List<double[]> crests = new ArrayList<>();
      for (double x = -1.6 - size + phase; x < 1.8; x += size) {
        double lip = size * steep;
        sea.curveTo(x + size * 0.35, y, x + size * 0.5, y - lip, x + size * 0.78, y - lip);
        crests.add(new double[] {x + size * 0.78, y - lip});
        sea.curveTo(
            x + size * 1.05,
            y - lip * 0.95,
            x + size * 1.02,
            y - lip * 0.25,
            x + size * 0.86,
            y - lip * 0.42);
        sea.curveTo(x + size * 0.86, y - lip * 0.1, x + size * 0.92, y, x + size, y);
      }
      sea.lineTo(1.9, y + 1.5);
      sea.closePath();
      scene.paint(
          Scene.linear(
              0,
              y - size * steep,
              0,
              y + 0.5,
              scene.palette.tone(0.75 - 0.3 * depth),
              scene.palette.tone(0.1)));
      scene.fill(sea);
      scene.stroke(0.025 + 0.015 * depth);
      scene.paint(Palette.light(scene.palette.tone(1), 0.6));
      scene.draw(sea);
      for (double[] crest : crests) {
        for (int i = 0; i < 7; i++) {
          scene.disc(
              crest[0] + size * (0.05 + 0.11 * chance.near()),
              crest[1] - size * 0.02 + size * 0.1 * chance.near(),
              size * chance.in(0.015, 0.045));
        }
      }
    }
  }
}
