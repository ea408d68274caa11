package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Path2D;

/** A doily: threads and holes around a middle. */
final class Lace implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.85, 1.1, Math.PI);
    Chance chance = scene.chance;
    Color thread =
        chance.flip(0.7) ? Palette.light(scene.palette.tone(1), 0.5) : scene.palette.tone(0.9);
    if (chance.flip(0.7)) {
      scene.paint(Palette.light(scene.palette.ground(), -0.5));
      scene.disc(0, 0, 1.02);
    }
    int fold = chance.whole(8, 16);
    scene.paint(thread);
    scene.stroke(0.02);
    double radius = 0.12;
    int ring = 0;
    scene.ring(0, 0, 0.1);
    while (radius < 0.9) {
      double depth = chance.in(0.12, 0.22);
      int kind = chance.whole(0, 3);
      int count = fold * (radius > 0.5 ? 2 : 1);
      double middle = radius + depth / 2;
      for (int i = 0; i < count; i++) {
        double angle = 2 * Math.PI * (i + 0.5 * (ring % 2)) / count;
        double next = angle + 2 * Math.PI / count;
        double x = Math.cos(angle);
        double y = Math.sin(angle);
        switch (kind) {
          case 0 ->
              scene.ring(
                  middle * x, middle * y, Math.min(depth / 2, Math.PI * middle / count) * 0.92);
          case 1 -> {
            scene.line(
                radius * x,
                radius * y,
                (radius + depth) * Math.cos(next),
                (radius + depth) * Math.sin(next));
            scene.line(
                radius * Math.cos(next),
                radius * Math.sin(next),
                (radius + depth) * x,
                (radius + depth) * y);
          }
          case 2 -> {
            Path2D loop = new Path2D.Double();
            loop.moveTo(radius * x, radius * y);
            double half = (angle + next) / 2;
            loop.quadTo(
                (radius + 2 * depth) * Math.cos(half),
                (radius + 2 * depth) * Math.sin(half),
                radius * Math.cos(next),
                radius * Math.sin(next));
            scene.draw(loop);
          }
          default -> {
            scene.line(radius * x, radius * y, (radius + depth) * x, (radius + depth) * y);
            scene.disc(middle * x, middle * y, depth * 0.16);
          }
        }
      }
      radius += depth;
      scene.ring(0, 0, radius);
      ring++;
    }
    for (int i = 0; i < fold * 2; i++) {
      double angle = Math.PI * i / fold;
      scene.ring(radius * Math.cos(angle), radius * Math.sin(angle), Math.PI * radius / fold / 2.1);
    }
  }
}
