package org.reverie.driver.training.motif;

import java.awt.Color;

/** Heaped clouds in an open sky. */
final class Cloud implements Drawing {
  @Override
  public void draw(Scene scene) {
    Chance chance = scene.chance;
    // By day, at sunset, or under any sky.
    double hour = chance.in(0, 1);
    boolean sunset = hour > 0.6 && hour < 0.88;
    double hue = hour < 0.88 ? chance.in(0.54, 0.64) : chance.in(0, 1);
    Color top = Palette.colour(hue, chance.in(0.4, 0.85), chance.in(0.45, 0.9));
    Color bottom =
        sunset
            ? Palette.colour(chance.in(0.95, 1.1), chance.in(0.4, 0.75), chance.in(0.85, 1))
            : Palette.colour(hue + chance.in(-0.1, 0.1), chance.in(0.1, 0.4), chance.in(0.85, 1));
    scene.paint(Scene.linear(0, -1, 0, 1, top, bottom));
    scene.fill(-1, -1, 2, 2);
    Color lit =
        sunset
            ? Palette.colour(chance.in(-0.06, 0.12), chance.in(0.15, 0.45), 1)
            : Palette.colour(chance.in(0.02, 0.14), chance.in(0, 0.2), 1);
    Color shadow = Palette.mix(top, new Color(120, 120, 135), 0.55);
    int banks = chance.whole(2, 4);
    for (int bank = 0; bank < banks; bank++) {
      double x = chance.in(-0.7, 0.7);
      double y = -0.6 + 1.3 * bank / Math.max(1, banks - 1) + chance.in(-0.1, 0.1);
      double size = 0.55 + 0.5 * bank / banks;
      int puffs = chance.whole(26, 44);
      for (int i = 0; i < puffs; i++) {
        double share = i / (double) puffs;
        double across = chance.near() * 0.62 * size;
        double rise = Math.max(0, 0.42 * size - Math.abs(across) * 0.55) * (1 - share);
        double radius = size * chance.in(0.07, 0.2) * (0.65 + 0.5 * (1 - Math.abs(across) / size));
        double lift = share * 0.55;
        Color tone = Palette.mix(shadow, lit, Math.min(1, 0.25 + lift + 0.6 * rise / size + 0.15));
        scene.paint(
            Scene.radial(
                x + across - radius * 0.25,
                y - rise - radius * 0.3,
                radius * 1.25,
                Palette.light(tone, 0.35),
                Palette.veil(tone, 0)));
        scene.disc(x + across, y - rise, radius);
        scene.paint(Palette.veil(Palette.light(tone, 0.25), 0.55));
        scene.disc(x + across, y - rise, radius * 0.8);
      }
    }
  }
}
