package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Path2D;

/** Penrose's rhombs, by de Bruijn's five grids. */
final class Penrose implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(1.1, 1.5, Math.PI);
    Chance chance = scene.chance;
    double[] shifts = new double[5];
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      shifts[i] = chance.in(0.05, 0.95);
      sum += shifts[i];
    }
    shifts[4] = -sum;
    int reach = 4;
    double size = chance.in(0.13, 0.19);
    Color wide = scene.palette.tone(chance.in(0.7, 1));
    Color narrow =
        chance.flip(0.5) ? scene.palette.accent() : scene.palette.tone(chance.in(0.1, 0.35));
    for (int j = 0; j < 5; j++) {
      for (int k = j + 1; k < 5; k++) {
        for (int a = -reach; a <= reach; a++) {
          for (int b = -reach; b <= reach; b++) {
            rhomb(scene, shifts, j, k, a, b, size, (k - j == 1 || k - j == 4) ? wide : narrow);
          }
        }
      }
    }
  }

  private static void rhomb(
      Scene scene, double[] shifts, int j, int k, int a, int b, double size, Color colour) {
    double angleJ = 2 * Math.PI * j / 5;
    double angleK = 2 * Math.PI * k / 5;
    double determinant = Math.sin(angleK - angleJ);
    double p = a - shifts[j];
    double q = b - shifts[k];
    double x = (p * Math.sin(angleK) - q * Math.sin(angleJ)) / determinant;
    double y = (q * Math.cos(angleJ) - p * Math.cos(angleK)) / determinant;
    double cornerX = 0;
    double cornerY = 0;
    for (int i = 0; i < 5; i++) {
      double angle = 2 * Math.PI * i / 5;
      double index =
          i == j
              ? a
              : i == k ? b : Math.ceil(x * Math.cos(angle) + y * Math.sin(angle) + shifts[i]);
      cornerX += index * Math.cos(angle);
      cornerY += index * Math.sin(angle);
    }
    double jx = Math.cos(angleJ);
    double jy = Math.sin(angleJ);
    double kx = Math.cos(angleK);
    double ky = Math.sin(angleK);
    if (Math.hypot(cornerX, cornerY) * size > 1.6) {
      return;
    }
    Path2D path =
        Scene.polygon(
            size * cornerX,
            size * cornerY,
            size * (cornerX + jx),
            size * (cornerY + jy),
            size * (cornerX + jx + kx),
            size * (cornerY + jy + ky),
            size * (cornerX + kx),
            size * (cornerY + ky));
    scene.paint(Palette.light(colour, 0.18 * Math.sin(3 * angleJ + 2 * angleK)));
    scene.fill(path);
    scene.paint(scene.palette.ground());
    scene.stroke(0.018);
    scene.draw(path);
  }
}
