package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.geom.Path2D;

/** A spider's orb web with dew. */
final class Web implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.95, 1.25, Math.PI);
    Chance chance = scene.chance;
    int spokes = chance.whole(9, 17);
    int rounds = chance.whole(9, 16);
    double x = chance.in(-0.2, 0.2);
    double y = chance.in(-0.2, 0.2);
    double[] angles = new double[spokes];
    double[] reach = new double[spokes];
    for (int i = 0; i < spokes; i++) {
      angles[i] = 2 * Math.PI * (i + 0.25 * chance.near()) / spokes;
      reach[i] = chance.in(0.85, 1.25);
    }
    Color silk =
        Palette.contrast(scene.palette.ground(), Color.WHITE) > 0.35
            ? new Color(240, 242, 245)
            : new Color(25, 25, 32);
    scene.paint(silk);
    scene.stroke(0.014);
    for (int i = 0; i < spokes; i++) {
      scene.line(x, y, x + 1.5 * Math.cos(angles[i]), y + 1.5 * Math.sin(angles[i]));
    }
    boolean dew = chance.flip(0.4);
    for (int round = 1; round <= rounds; round++) {
      double share = Math.pow(round / (double) rounds, 0.9);
      for (int i = 0; i < spokes; i++) {
        int next = (i + 1) % spokes;
        double fromX = x + share * reach[i] * Math.cos(angles[i]);
        double fromY = y + share * reach[i] * Math.sin(angles[i]);
        double toX = x + share * reach[next] * Math.cos(angles[next]);
        double toY = y + share * reach[next] * Math.sin(angles[next]);
        Path2D thread = new Path2D.Double();
        thread.moveTo(fromX, fromY);
        thread.quadTo(
            x + ((fromX + toX) / 2 - x) * 0.86, y + ((fromY + toY) / 2 - y) * 0.86, toX, toY);
        scene.stroke(0.01);
        scene.draw(thread);
        if (dew && chance.flip(0.5)) {
          scene.disc(fromX, fromY, 0.02);
        }
      }
    }
    if (chance.flip(0.35)) {
      scene.paint(Palette.light(scene.palette.tone(0), -0.6));
      double spider = 0.09;
      scene.disc(x, y, spider);
      scene.disc(x, y - spider * 1.4, spider * 0.6);
      scene.stroke(0.022);
      for (int side = -1; side <= 1; side += 2) {
        for (int leg = -2; leg < 2; leg++) {
          double bend = y + (leg + 0.5) * 0.1;
          scene.line(x, y - 0.05, x + side * 0.15, bend - 0.05);
          scene.line(x + side * 0.15, bend - 0.05, x + side * 0.24, bend + (leg + 0.5) * 0.12);
        }
      }
    }
  }
}
