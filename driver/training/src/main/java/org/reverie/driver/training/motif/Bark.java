package org.reverie.driver.training.motif;

/** Furrowed bark, cracked into plates along the trunk. */
final class Bark implements Drawing {
  @Override
  public void draw(Scene scene) {
    Chance chance = scene.chance;
    Noise noise = new Noise(chance.seed());
    double across = chance.in(3, 6);
    double along = across * chance.in(0.18, 0.35);
    double turn = chance.in(-0.25, 0.25);
    double knotX = chance.in(-0.7, 0.7);
    double knotY = chance.in(-0.7, 0.7);
    double knot = chance.flip(0.4) ? chance.in(0.15, 0.3) : 0;
    double hue = chance.in(0.02, 0.13);
    double saturation = chance.in(0.1, 0.55);
    scene.field(
        (x, y) -> {
          double u = x * Math.cos(turn) - y * Math.sin(turn);
          double v = x * Math.sin(turn) + y * Math.cos(turn);
          if (knot > 0) {
            double dx = u - knotX;
            double dy = v - knotY;
            u += knot * dx / (0.08 + dx * dx + dy * dy * 0.5) * 0.45;
          }
          double warp = 0.35 * noise.at(u * 2, v * 2 + 7);
          double furrow = Math.abs(noise.at(u * across + warp, v * along));
          double crack = Math.abs(noise.at(u * across * 0.6 + 31, v * across * 0.8 + warp));
          double relief = Math.min(1, Math.min(furrow * 2.6, 0.25 + crack * 4));
          double grain = 0.12 * noise.octaves(u * across * 5, v * across * 2, 2);
          double value = 0.1 + 0.55 * relief + grain;
          return Scene.rgb(
              Palette.colour(hue + 0.05 * warp, saturation * (1.2 - relief * 0.5), value));
        });
  }
}
