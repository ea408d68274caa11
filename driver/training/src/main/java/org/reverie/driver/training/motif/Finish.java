package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/** What happens to every picture after its motif: something stands before it, light, grain. */
final class Finish {
  private Finish() {}

  static void of(Scene scene) {
    scene.unplace();
    if (scene.chance.flip(0.3)) {
      occlude(scene);
    }
    light(scene);
  }

  private static void occlude(Scene scene) {
    Chance chance = scene.chance;
    Color colour =
        chance.flip(0.5)
            ? Palette.light(scene.palette.ground(), chance.in(-0.4, 0.2))
            : Palette.colour(chance.in(0, 1), chance.in(0, 0.7), chance.in(0.1, 0.9));
    scene.paint(colour);
    double kind = chance.in(0, 1);
    if (kind < 0.4) {
      for (int i = chance.whole(1, 3); i > 0; i--) {
        double angle = chance.in(0, 2 * Math.PI);
        double radius = chance.in(0.75, 1.1);
        scene.disc(radius * Math.cos(angle), radius * Math.sin(angle), chance.in(0.15, 0.4));
      }
    } else if (kind < 0.7) {
      scene.stroke(chance.in(0.03, 0.1));
      for (int i = chance.whole(1, 3); i > 0; i--) {
        double angle = chance.in(0, Math.PI);
        double shift = chance.in(-0.8, 0.8);
        double x = Math.cos(angle);
        double y = Math.sin(angle);
        scene.line(-y * shift - 2 * x, x * shift - 2 * y, -y * shift + 2 * x, x * shift + 2 * y);
      }
    } else {
      double edge = chance.in(0.6, 0.85);
      switch (chance.whole(0, 3)) {
        case 0 -> scene.fill(-1, edge, 2, 1);
        case 1 -> scene.fill(-1, -1, 2, 1 - edge);
        case 2 -> scene.fill(edge, -1, 1, 2);
        default -> scene.fill(-1, -1, 1 - edge, 2);
      }
    }
  }

  /** A lamp from one side, a cast of colour, and grain. */
  private static void light(Scene scene) {
    Chance chance = scene.chance;
    BufferedImage image = scene.image();
    int size = image.getWidth();
    int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    double angle = chance.in(0, 2 * Math.PI);
    double strength = chance.in(0, 0.35);
    double exposure = chance.in(0.85, 1.12);
    double[] cast = {chance.in(0.94, 1.06), chance.in(0.96, 1.04), chance.in(0.92, 1.08)};
    double grain = chance.flip(0.6) ? chance.in(0, 8) : 0;
    long state = chance.seed();
    double stepX = 2 * strength * Math.cos(angle) / size;
    double stepY = 2 * strength * Math.sin(angle) / size;
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        double lamp = exposure * (1 + (column - size / 2.0) * stepX + (row - size / 2.0) * stepY);
        state = state * 6364136223846793005L + 1442695040888963407L;
        double noise = grain * ((state >>> 40) * 0x1.0p-23 - 1);
        int rgb = pixels[row * size + column];
        int red = channel((rgb >> 16 & 255) * lamp * cast[0] + noise);
        int green = channel((rgb >> 8 & 255) * lamp * cast[1] + noise);
        int blue = channel((rgb & 255) * lamp * cast[2] + noise);
        pixels[row * size + column] = red << 16 | green << 8 | blue;
      }
    }
  }

  private static int channel(double value) {
    return (int) Math.min(255, Math.max(0, value + 0.5));
  }
}
