package org.reverie.driver.training.motif;

import java.awt.Color;

/** Land and sea with contour lines. */
final class Map implements Drawing {
  @Override
  public void draw(Scene scene) {
    Chance chance = scene.chance;
    Noise noise = new Noise(chance.seed());
    double scale = chance.in(0.8, 1.6);
    double interval = chance.in(0.09, 0.16);
    double sea = chance.in(-0.25, 0.1);
    double hue = chance.in(0, 1);
    Color water =
        Palette.colour(
            chance.flip(0.8) ? chance.in(0.5, 0.62) : hue,
            chance.in(0.25, 0.6),
            chance.in(0.6, 0.95));
    Color low =
        Palette.colour(
            chance.flip(0.8) ? chance.in(0.11, 0.3) : hue + 0.3,
            chance.in(0.2, 0.5),
            chance.in(0.75, 0.95));
    Color high = Palette.colour(chance.in(0.04, 0.1), chance.in(0.3, 0.6), chance.in(0.5, 0.8));
    double pixel = 0.004;
    scene.field(
        (x, y) -> {
          double height = noise.octaves(x * scale, y * scale, 3);
          double slope =
              Math.hypot(
                      noise.octaves((x + pixel) * scale, y * scale, 3) - height,
                      noise.octaves(x * scale, (y + pixel) * scale, 3) - height)
                  / pixel;
          double level = (height - sea) / interval;
          double toLine = Math.abs(level - Math.rint(level)) * interval / Math.max(0.15, slope);
          boolean coast = Math.rint(level) == 0;
          double ink = Math.max(0, 1 - toLine / (coast ? 0.022 : 0.011));
          Color land =
              height < sea
                  ? Palette.light(water, Math.max(-0.5, Math.floor(level) * 0.06))
                  : Palette.mix(low, high, Math.min(1, Math.floor(level) * 0.16));
          return Scene.blend(
              Scene.rgb(land), height < sea ? 0x2A4A66 : 0x3A2A1C, ink * (coast ? 1 : 0.75));
        });
    if (chance.flip(0.5)) {
      scene.paint(new Color(40, 30, 30, 110));
      scene.stroke(0.008);
      double cell = chance.in(0.3, 0.6);
      for (double at = -1; at < 1; at += cell) {
        scene.line(at, -1, at, 1);
        scene.line(-1, at, 1, at);
      }
    }
    scene.paint(new Color(150, 20, 20));
    scene.stroke(0.02);
    double x = chance.in(-0.7, 0.7);
    double y = chance.in(-0.7, 0.7);
    for (int i = chance.whole(0, 6); i > 0; i--) {
      double nextX = x + chance.in(-0.3, 0.3);
      double nextY = y + chance.in(-0.3, 0.3);
      scene.line(x, y, nextX, nextY);
      scene.disc(nextX, nextY, 0.03);
      x = nextX;
      y = nextY;
    }
  }
}
