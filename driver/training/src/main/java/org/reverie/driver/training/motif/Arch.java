package org.reverie.driver.training.motif;

import java.awt.Shape;
import java.awt.geom.Path2D;

/** Arcades: arches behind arches on columns. */
final class Arch implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.95, 1.15, 0.15);
    Chance chance = scene.chance;
    boolean pointed = chance.flip(0.5);
    int stories = chance.whole(1, 3);
    int bays = chance.whole(2, 4);
    double height = 2.2 / stories;
    for (int story = 0; story < stories; story++) {
      double bottom = 1.1 - story * height;
      int count = bays * (story == 2 ? 2 : 1);
      double width = 2.3 / count;
      scene.paint(scene.palette.tone(0.65 - 0.1 * story));
      scene.fill(-1.3, bottom - height, 2.6, height);
      for (int i = 0; i < count; i++) {
        double x = -1.15 + (i + 0.5) * width;
        for (int ring = 0; ring < 4; ring++) {
          double half = width * (0.44 - 0.055 * ring);
          double top = bottom - height * 0.9 + 0.05 * ring * height;
          scene.paint(
              ring == 3
                  ? Palette.light(scene.palette.ground(), -0.55)
                  : scene.palette.tone(ring % 2 == 0 ? 0.95 : 0.35));
          scene.fill(opening(x, bottom, half, top, pointed));
        }
        Shape clip = scene.pen.getClip();
        scene.pen.clip(opening(x, bottom, width * 0.275, bottom - height * 0.75, pointed));
        scene.paint(
            Scene.linear(
                x - width / 2,
                bottom,
                x + width / 2,
                bottom - height,
                Palette.veil(scene.palette.accent(), 0),
                Palette.veil(scene.palette.accent(), 0.6)));
        scene.fill(x - width / 2, bottom - height, width, height);
        scene.pen.setClip(clip);
      }
      for (int i = 0; i <= count; i++) {
        double x = -1.15 + i * width;
        double half = width * 0.07;
        scene.paint(
            Scene.linear(
                x - half, 0, x + half, 0, scene.palette.tone(1), scene.palette.tone(0.15)));
        scene.fill(x - half, bottom - height * 0.6, 2 * half, height * 0.6);
        scene.fill(x - half * 1.7, bottom - height * 0.63, half * 3.4, height * 0.05);
        scene.fill(x - half * 1.7, bottom - height * 0.06, half * 3.4, height * 0.06);
      }
      scene.paint(scene.palette.tone(0.2));
      scene.fill(-1.3, bottom - height, 2.6, height * 0.035);
    }
  }

  private static Path2D opening(double x, double bottom, double half, double top, boolean pointed) {
    double spring = top + half * (pointed ? 1.5 : 1);
    Path2D path = new Path2D.Double();
    path.moveTo(x - half, bottom);
    path.lineTo(x - half, spring);
    if (pointed) {
      path.quadTo(x - half, top + half * 0.55, x, top);
      path.quadTo(x + half, top + half * 0.55, x + half, spring);
    } else {
      path.curveTo(
          x - half, spring - half * 1.33, x + half, spring - half * 1.33, x + half, spring);
    }
    path.lineTo(x + half, bottom);
    path.closePath();
    return path;
  }
}
