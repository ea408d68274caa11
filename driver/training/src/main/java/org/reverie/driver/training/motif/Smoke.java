package org.reverie.driver.training.motif;

import java.awt.Color;

/** Curling plumes, folded by their own wind. */
final class Smoke implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    Chance chance = scene.chance;
    Noise noise = new Noise(chance.seed());
    double scale = chance.in(0.8, 1.5);
    double fold = chance.in(0.8, 1.6);
    double turn = chance.in(-0.5, 0.5);
    Color light = Palette.mix(scene.palette.tone(0.8), Color.WHITE, 0.2);
    Color dark = Palette.mix(scene.palette.tone(0), Color.BLACK, 0.4);
    int[] behind = scene.copy();
    int[] index = {0};
    scene.field(
        (x, y) -> {
          int ground = behind[index[0]++];
          double u = scale * (x * Math.cos(turn) - y * Math.sin(turn));
          double v = scale * 0.7 * (x * Math.sin(turn) + y * Math.cos(turn));
          double a = noise.octaves(u, v + 5, 2);
          double b = noise.octaves(u + 9, v, 2);
          double wisp = noise.ridges(u + fold * a, v + fold * b, 3);
          double plume = Math.exp(-Math.pow((u + 0.35 * a) / (0.55 + 0.3 * (1 - y)), 2));
          double body = Math.min(1, Math.max(0, (wisp - 0.25) * 2) * plume * 2.2);
          double shade = Math.min(1, Math.max(0, 0.45 + 1.3 * (b - a) + 1.4 * (wisp - 0.5)));
          return Scene.blend(ground, Scene.rgb(Palette.mix(dark, light, shade)), body);
        });
  }
}
