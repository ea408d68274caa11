package org.reverie.driver.training.motif;

import java.awt.Color;

/** Arms with suckers that curl in on themselves. */
final class Tentacle implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.85, 1.1, Math.PI);
    Chance chance = scene.chance;
    int arms = chance.whole(3, 6);
    double start = chance.in(0, 6.28);
    for (int arm = 0; arm < arms; arm++) {
      double angle = start + 2 * Math.PI * arm / arms;
      double x = 0.12 * Math.cos(angle);
      double y = 0.12 * Math.sin(angle);
      double curl = chance.in(1.6, 3.2) * (chance.flip(0.5) ? 1 : -1);
      double width = chance.in(0.13, 0.19);
      int steps = 60;
      double length = chance.in(1.5, 2.2);
      Color skin = scene.palette.tone(chance.in(0.3, 0.6));
      double[][] spine = new double[steps][];
      for (int i = 0; i < steps; i++) {
        double share = i / (double) steps;
        angle += curl * (share * share * 4.5 + 0.1) / steps;
        x += length / steps * Math.cos(angle) * (1 - 0.45 * share);
        y += length / steps * Math.sin(angle) * (1 - 0.45 * share);
        spine[i] = new double[] {x, y, angle, width * (1 - 0.9 * share)};
      }
      scene.paint(Palette.light(skin, -0.7));
      for (double[] joint : spine) {
        scene.disc(joint[0], joint[1], joint[3] + 0.018);
      }
      for (double[] joint : spine) {
        scene.paint(Palette.light(skin, 0.25 * Math.sin(joint[2])));
        scene.disc(joint[0], joint[1], joint[3]);
      }
      for (int i = 2; i < steps; i += 3) {
        double[] joint = spine[i];
        double side = Math.signum(curl);
        double suckerX = joint[0] - side * joint[3] * 0.55 * Math.sin(joint[2]);
        double suckerY = joint[1] + side * joint[3] * 0.55 * Math.cos(joint[2]);
        scene.paint(Palette.light(scene.palette.tone(1), 0.45));
        scene.disc(suckerX, suckerY, joint[3] * 0.33);
        scene.paint(Palette.light(skin, -0.5));
        scene.disc(suckerX, suckerY, joint[3] * 0.15);
      }
    }
  }
}
