package org.reverie.driver.training.motif;

import java.awt.Color;

/** Broad brush strokes, thick and thin. */
final class Calligraphy implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.8, 1.05, 0.4);
    Chance chance = scene.chance;
    Color ink = scene.palette.tone(chance.in(0, 0.25));
    if (Palette.contrast(ink, scene.palette.ground()) < 0.3) {
      ink = scene.palette.tone(1);
    }
    double nib = chance.in(0.5, 1.1);
    int strokes = chance.whole(3, 6);
    double width = chance.in(0.09, 0.17);
    for (int stroke = 0; stroke < strokes; stroke++) {
      double[] x = {chance.in(-0.8, 0.8), chance.in(-1, 1), chance.in(-1, 1), chance.in(-0.8, 0.8)};
      double[] y = {chance.in(-0.8, 0.8), chance.in(-1, 1), chance.in(-1, 1), chance.in(-0.8, 0.8)};
      scene.paint(ink);
      int dabs = 110;
      double lastX = 0;
      double lastY = 0;
      for (int i = 0; i <= dabs; i++) {
        double t = i / (double) dabs;
        double u = 1 - t;
        double px =
            u * u * u * x[0] + 3 * u * u * t * x[1] + 3 * u * t * t * x[2] + t * t * t * x[3];
        double py =
            u * u * u * y[0] + 3 * u * u * t * y[1] + 3 * u * t * t * y[2] + t * t * t * y[3];
        if (i > 0) {
          double angle = Math.atan2(py - lastY, px - lastX);
          double press = Math.min(1, 6 * t) * Math.min(1, 2.5 * u);
          double half = width * (0.15 + 0.85 * Math.abs(Math.sin(angle - nib))) * press;
          scene.fill(
              Scene.polygon(
                  lastX - half * Math.cos(nib),
                  lastY - half * Math.sin(nib),
                  lastX + half * Math.cos(nib),
                  lastY + half * Math.sin(nib),
                  px + half * Math.cos(nib),
                  py + half * Math.sin(nib),
                  px - half * Math.cos(nib),
                  py - half * Math.sin(nib)));
          scene.stroke(0.012);
          scene.line(
              lastX - half * Math.cos(nib),
              lastY - half * Math.sin(nib),
              px + half * Math.cos(nib),
              py + half * Math.sin(nib));
        }
        lastX = px;
        lastY = py;
      }
      if (chance.flip(0.4)) {
        for (int i = 0; i < 5; i++) {
          scene.disc(
              lastX + 0.12 * chance.near(), lastY + 0.12 * chance.near(), chance.in(0.008, 0.03));
        }
      }
    }
    if (chance.flip(0.35)) {
      scene.paint(new Color(178, 34, 34));
      double edge = chance.in(0.16, 0.24);
      double sealX = chance.in(0.4, 0.7);
      scene.fill(sealX, 0.55, edge, edge);
      scene.paint(scene.palette.ground());
      scene.stroke(0.018);
      scene.line(sealX + edge * 0.3, 0.58, sealX + edge * 0.3, 0.52 + edge);
      scene.line(sealX + edge * 0.2, 0.55 + edge / 2, sealX + edge * 0.8, 0.55 + edge / 2);
    }
  }
}
