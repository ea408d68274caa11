package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/** Hexagonal cells, some filled, some capped. */
final class Honeycomb implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(1.25, 1.5, Math.PI);
    Chance chance = scene.chance;
    double radius = chance.in(0.12, 0.22);
    double wall = chance.in(0.75, 0.92);
    double filled = chance.in(0.2, 0.9);
    Color wax =
        chance.flip(0.85)
            ? Palette.colour(chance.in(0.08, 0.14), 0.7, 0.85)
            : scene.palette.tone(0.8);
    Color honey =
        chance.flip(0.85)
            ? Palette.colour(chance.in(0.06, 0.1), 0.95, 0.7)
            : scene.palette.tone(0.3);
    scene.paint(wax);
    scene.fill(-1.5, -1.5, 3, 3);
    int row = 0;
    for (double y = -1.3; y < 1.3; y += radius * 1.5) {
      for (double x = -1.3 + (row % 2) * radius * 0.866; x < 1.3; x += radius * 1.732) {
        scene.paint(Palette.light(wax, 0.35));
        scene.fill(hexagon(x - 0.012, y - 0.012, radius * (wall + 0.04)));
        scene.paint(Palette.light(wax, -0.55));
        scene.fill(hexagon(x, y, radius * wall));
        if (chance.flip(filled)) {
          scene.paint(
              Scene.radial(
                  x - radius * 0.25,
                  y - radius * 0.25,
                  radius,
                  Palette.light(honey, 0.45),
                  Palette.light(honey, -0.45)));
          scene.fill(hexagon(x + 0.008, y + 0.008, radius * wall * 0.9));
          scene.paint(new Color(255, 255, 240, 170));
          scene.fill(
              new Ellipse2D.Double(
                  x - radius * 0.4, y - radius * 0.45, radius * 0.3, radius * 0.18));
        }
      }
      row++;
    }
  }

  private static Path2D hexagon(double x, double y, double radius) {
    double[] corners = new double[12];
    for (int i = 0; i < 6; i++) {
      corners[2 * i] = x + radius * Math.sin(Math.PI / 3 * i);
      corners[2 * i + 1] = y - radius * Math.cos(Math.PI / 3 * i);
    }
    return Scene.polygon(corners);
  }
}
