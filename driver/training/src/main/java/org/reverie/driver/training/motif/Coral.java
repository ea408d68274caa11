package org.reverie.driver.training.motif;

import java.awt.Color;

/** Labyrinths, as on brain coral. */
final class Coral implements Drawing {
  @Override
  public void draw(Scene scene) {
    Chance chance = scene.chance;
    int waves = 14;
    double[] angle = new double[waves];
    double[] phase = new double[waves];
    for (int i = 0; i < waves; i++) {
      angle[i] = Math.PI * (i + 0.4 * chance.near()) / waves;
      phase[i] = chance.in(0, 2 * Math.PI);
    }
    double frequency = chance.in(15, 26);
    Noise noise = new Noise(chance.seed());
    double balance = chance.in(-0.35, 0.35);
    Color valley = Palette.light(scene.palette.ground(), -0.3);
    Color ridge = scene.palette.tone(0.9);
    Color side = scene.palette.tone(0.35);
    double[] cos = new double[waves];
    double[] sin = new double[waves];
    for (int i = 0; i < waves; i++) {
      cos[i] = frequency * Math.cos(angle[i]);
      sin[i] = frequency * Math.sin(angle[i]);
    }
    double dome = chance.in(0, 0.25);
    scene.field(
        (x, y) -> {
          double u = x * (1 + dome * (x * x + y * y)) + 0.06 * noise.at(x * 2, y * 2);
          double v = y * (1 + dome * (x * x + y * y)) + 0.06 * noise.at(x * 2 + 9, y * 2);
          double sum = 0;
          for (int i = 0; i < waves; i++) {
            sum += Math.cos(cos[i] * u + sin[i] * v + phase[i]);
          }
          double height = sum / Math.sqrt(waves) * 1.6 + balance;
          double t = 1 / (1 + Math.exp(-3.5 * height));
          return t < 0.5
              ? Scene.rgb(Palette.mix(valley, side, 2 * t))
              : Scene.rgb(Palette.mix(side, ridge, 2 * t - 1));
        });
  }
}
