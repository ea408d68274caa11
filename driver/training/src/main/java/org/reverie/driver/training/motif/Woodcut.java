package org.reverie.driver.training.motif;

/** Forms shaded by lines that swell, as cut in wood. */
final class Woodcut implements Drawing {
  @Override
  public void draw(Scene scene) {
    Chance chance = scene.chance;
    double angle = chance.in(0, Math.PI);
    double pitch = chance.in(0.055, 0.09);
    boolean crossed = chance.flip(0.5);
    Noise noise = new Noise(chance.seed());
    double[][] balls = new double[chance.whole(2, 5)][];
    for (int i = 0; i < balls.length; i++) {
      balls[i] = new double[] {chance.in(-0.7, 0.7), chance.in(-0.7, 0.7), chance.in(0.25, 0.6)};
    }
    double lampX = chance.in(-0.8, 0.8);
    double lampY = -0.6;
    int paper =
        Scene.rgb(Palette.colour(chance.in(0.06, 0.16), chance.in(0.02, 0.3), chance.in(0.85, 1)));
    int ink = Scene.rgb(Palette.colour(chance.in(0, 1), chance.in(0, 0.5), chance.in(0.03, 0.2)));
    boolean reversed = chance.flip(0.2);
    scene.field(
        (x, y) -> {
          double tone = 0.65 + 0.3 * noise.octaves(x, y * 2, 2);
          double bend = 0.06 * noise.at(x * 2, y * 2);
          for (double[] ball : balls) {
            double dx = (x - ball[0]) / ball[2];
            double dy = (y - ball[1]) / ball[2];
            double inside = 1 - dx * dx - dy * dy;
            if (inside > 0) {
              double z = Math.sqrt(inside);
              tone = 0.08 + 0.95 * Math.max(0, (dx * lampX + dy * lampY + z * 0.75) / 1.25);
              bend = 0.35 * ball[2] * (1 - z);
              if (inside < 0.12) {
                tone = 0;
              }
            }
          }
          double first = line(x * Math.cos(angle) + y * Math.sin(angle) + bend, pitch);
          double darkness = 1 - tone;
          double cut = step(darkness * 1.05 - first);
          if (crossed && darkness > 0.55) {
            double second = line(x * Math.sin(angle) - y * Math.cos(angle) + bend, pitch);
            cut = Math.max(cut, step((darkness - 0.45) * 1.4 - second));
          }
          return reversed ? Scene.blend(ink, paper, cut) : Scene.blend(paper, ink, cut);
        });
  }

  /** 0 on the middle of a line, 1 between two. */
  private static double line(double at, double pitch) {
    return Math.abs(2 * (at / pitch - Math.floor(at / pitch)) - 1);
  }

  private static double step(double value) {
    return Math.min(1, Math.max(0, value * 4 + 0.5));
  }
}
