package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Path2D;

/** Ridge behind ridge, with snow and haze. */
final class Mountain implements Drawing {
  @Override
  public void draw(Scene scene) {
    Chance chance = scene.chance;
    Color sky = scene.palette.ground();
    scene.paint(
        Scene.linear(
            0, -1, 0, 1, Palette.light(sky, chance.in(-0.2, 0.2)), Palette.light(sky, 0.55)));
    scene.fill(-1, -1, 2, 2);
    if (chance.flip(0.6)) {
      scene.paint(Palette.light(scene.palette.accent(), 0.5));
      scene.disc(chance.in(-0.7, 0.7), chance.in(-0.75, -0.4), chance.in(0.1, 0.22));
    }
    int ridges = chance.whole(3, 5);
    for (int ridge = 0; ridge < ridges; ridge++) {
      double near = (ridge + 1.0) / ridges;
      double base = -0.15 + 0.95 * ridge / ridges;
      double[] profile =
          profile(chance, chance.in(0.6, 0.95) * (1.1 - 0.4 * near), chance.in(0.45, 0.55));
      int count = profile.length - 1;
      Path2D outline = new Path2D.Double();
      outline.moveTo(-1.1, 1.5);
      for (int i = 0; i <= count; i++) {
        outline.lineTo(-1.1 + 2.2 * i / count, base - profile[i]);
      }
      outline.lineTo(1.1, 1.5);
      outline.closePath();
      Color rock = Palette.mix(Palette.light(sky, 0.2), scene.palette.tone(0.1), near);
      scene.paint(Scene.linear(0, base - 0.5, 0, base + 0.6, rock, Palette.mix(rock, sky, 0.5)));
      scene.fill(outline);
      shade(scene, profile, base, near);
    }
  }

  /** Snow on the lit side and shadow on the other, below every peak that stands free. */
  private static void shade(Scene scene, double[] profile, double base, double near) {
    int count = profile.length - 1;
    for (int i = 3; i < count - 2; i++) {
      if (profile[i] < profile[i - 3] + 0.06
          || profile[i] < profile[i + 3] + 0.06
          || profile[i] < profile[i - 1]
          || profile[i] <= profile[i + 1]) {
        continue;
      }
      int left = i;
      while (left > 0 && profile[left - 1] < profile[left] + 0.015) {
        left--;
      }
      int right = i;
      while (right < count && profile[right + 1] < profile[right] + 0.015) {
        right++;
      }
      double x = -1.1 + 2.2 * i / count;
      double y = base - profile[i];
      double foot = y + 0.8 * (profile[i] - Math.min(profile[left], profile[right]));
      Path2D shadow = new Path2D.Double();
      Path2D snow = new Path2D.Double();
      shadow.moveTo(x, y);
      for (int k = i; k <= right; k++) {
        shadow.lineTo(-1.1 + 2.2 * k / count, base - profile[k]);
      }
      shadow.lineTo(x + scene.chance.in(0.02, 0.1), foot);
      shadow.lineTo(x + scene.chance.in(-0.05, 0.03), y + 0.45 * (foot - y));
      shadow.closePath();
      snow.moveTo(x, y);
      double line = y + scene.chance.in(0.3, 0.55) * (foot - y);
      for (int k = i; k >= left && base - profile[k] < line; k--) {
        snow.lineTo(-1.1 + 2.2 * k / count, base - profile[k]);
      }
      snow.lineTo(x - 0.06, y + 0.35 * (line - y));
      snow.lineTo(x - 0.03, line);
      snow.lineTo(x + 0.01, y + 0.5 * (line - y));
      snow.closePath();
      scene.paint(Palette.veil(Color.BLACK, 0.15 + 0.2 * near));
      scene.fill(shadow);
      scene.paint(Palette.veil(new Color(250, 250, 255), 0.4 + 0.5 * near));
      scene.fill(snow);
    }
  }

  /** Heights along a ridge, by displacing midpoints. */
  private static double[] profile(Chance chance, double height, double rough) {
    double[] heights = new double[33];
    heights[0] = chance.in(-0.2, 0.4) * height;
    heights[32] = chance.in(-0.2, 0.4) * height;
    double reach = height;
    for (int step = 32; step > 1; step /= 2) {
      for (int i = step / 2; i < 32; i += step) {
        heights[i] =
            (heights[i - step / 2] + heights[i + step / 2]) / 2 + reach * chance.in(-0.45, 0.75);
      }
      reach *= rough;
    }
    return heights;
  }
}
