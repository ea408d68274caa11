package org.reverie.driver.training.motif;

import java.awt.Color;

/** Tongues of fire that rise and tear. */
final class Flame implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    Chance chance = scene.chance;
    Noise noise = new Noise(chance.seed());
    double width = chance.in(0.45, 0.95);
    double middle = chance.in(-0.2, 0.2);
    double fine = chance.in(1.6, 2.8);
    double lean = chance.in(-0.3, 0.3);
    boolean cold = chance.flip(0.2);
    Color hot = Palette.colour(cold ? 0.55 : 0.14, 0.25, 1);
    Color warm = Palette.colour(cold ? 0.6 : 0.08, 0.9, 1);
    Color dark = Palette.colour(cold ? 0.68 : 0.01, 0.9, 0.65);
    int[] behind = scene.copy();
    int[] index = {0};
    scene.field(
        (x, y) -> {
          int ground = behind[index[0]++];
          double height = (0.95 - y) / 1.9;
          double sway = 0.35 * height * noise.octaves(x * 1.5, y * 1.2 + 3, 2);
          double across =
              Math.abs(x - middle - lean * height + sway) / (width * (1.15 - height * 0.9));
          double tear = noise.ridges(x * fine * 1.5 + sway * 2, y * fine * 0.6 + 11, 3);
          double heat = 1.5 - across * 1.1 - height * 1.05 + 0.9 * (tear - 0.45);
          if (heat <= 0) {
            return ground;
          }
          Color flame =
              heat > 0.75
                  ? Palette.mix(warm, hot, Math.min(1, (heat - 0.75) * 2.5))
                  : Palette.mix(dark, warm, heat / 0.75);
          return Scene.blend(ground, Scene.rgb(flame), Math.min(1, heat * 3));
        });
  }
}
