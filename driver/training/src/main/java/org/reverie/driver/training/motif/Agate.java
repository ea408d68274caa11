package org.reverie.driver.training.motif;

import java.awt.Color;

/** Bands of stone around a hollow. */
final class Agate implements Drawing {
  @Override
  public void draw(Scene scene) {
    Chance chance = scene.chance;
    Noise noise = new Noise(chance.seed());
    double bands = chance.in(5, 11);
    double warp = chance.in(0.25, 0.6);
    double x0 = chance.in(-0.4, 0.4);
    double y0 = chance.in(-0.4, 0.4);
    double scale = chance.in(0.7, 1.3);
    double squeeze = chance.in(0.6, 1.4);
    double[] tones = new double[24];
    for (int i = 0; i < tones.length; i++) {
      tones[i] = chance.in(0, 1);
    }
    double sparkle = chance.flip(0.6) ? chance.in(0.12, 0.3) : 0;
    Color accent = scene.palette.accent();
    scene.field(
        (x, y) -> {
          double u = (x - x0) * squeeze;
          double v = y - y0;
          double radius = Math.hypot(u, v) + warp * noise.octaves(x * scale, y * scale, 3);
          if (radius < sparkle) {
            double glint = noise.at(x * 14, y * 14);
            return Scene.rgb(Palette.mix(scene.palette.tone(1), Color.WHITE, Math.max(0, glint)));
          }
          double level = Math.max(0, radius) * bands;
          int band = (int) level;
          double part = level - band;
          Color a = colour(scene, tones, band, accent);
          Color b = colour(scene, tones, band + 1, accent);
          double fine = 0.12 * Math.sin(level * 2 * Math.PI * 4);
          return Scene.rgb(
              Palette.light(Palette.mix(a, b, Math.max(0, (part - 0.8) * 5)), fine * 0.8));
        });
  }

  private static Color colour(Scene scene, double[] tones, int band, Color accent) {
    double tone = tones[band % tones.length];
    return tone > 0.85 ? accent : tone < 0.12 ? scene.palette.ground() : scene.palette.tone(tone);
  }
}
