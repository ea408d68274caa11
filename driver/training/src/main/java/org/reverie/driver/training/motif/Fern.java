package org.reverie.driver.training.motif;

/** Fronds that repeat themselves at every scale. */
final class Fern implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.75, 1.05, 0.6);
    Chance chance = scene.chance;
    double curl = chance.in(-1.1, 1.1);
    double leaflet = chance.in(0.28, 0.42);
    double lean = chance.in(0.7, 1.15);
    int fronds = chance.whole(1, 3);
    for (int i = 0; i < fronds; i++) {
      double from = fronds == 1 ? 0 : (i / (fronds - 1.0) - 0.5) * chance.in(0.9, 1.5);
      frond(
          scene,
          chance.in(-0.1, 0.1),
          0.95,
          from,
          1.75,
          curl + chance.in(-0.3, 0.3),
          leaflet,
          lean,
          0);
    }
  }

  private static void frond(
      Scene scene,
      double x,
      double y,
      double angle,
      double length,
      double curl,
      double leaflet,
      double lean,
      int depth) {
    int joints = depth == 0 ? 17 : depth == 1 ? 8 : 1;
    double step = length / joints;
    scene.stroke(depth == 2 ? 0.3 * length : 0.02 / (depth + 1));
    double at = angle;
    for (int i = 0; i < joints; i++) {
      double share = i / (double) joints;
      double nextX = x + step * Math.sin(at);
      double nextY = y - step * Math.cos(at);
      scene.paint(scene.palette.tone(0.25 + 0.6 * share - 0.15 * depth + (depth == 2 ? 0.3 : 0)));
      scene.line(x, y, nextX, nextY);
      if (depth < 2 && (depth > 0 || i > 1)) {
        double width =
            length
                * leaflet
                * Math.sin(Math.PI * Math.min(1, 0.2 + 0.8 * share))
                * (depth == 0 ? 1.1 : 0.55);
        frond(scene, nextX, nextY, at + lean, width, curl * 0.45, leaflet, lean, depth + 1);
        frond(scene, nextX, nextY, at - lean, width, -curl * 0.45, leaflet, lean, depth + 1);
        scene.stroke(depth == 2 ? 0.3 * length : 0.02 / (depth + 1));
      }
      x = nextX;
      y = nextY;
      at += curl / joints;
    }
  }
}
