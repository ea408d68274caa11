package org.reverie.driver.training.motif;

import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.Arc2D;
import java.util.ArrayList;
import java.util.List;

/** Quarter arcs on a grid that meet by chance. */
final class Truchet implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(1.2, 1.5, Math.PI);
    Chance chance = scene.chance;
    int cells = chance.whole(5, 9);
    double cell = 2.6 / cells;
    double width = cell * chance.in(0.16, 0.42);
    boolean outline = chance.flip(0.5);
    List<Shape> arcs = new ArrayList<>();
    for (int row = 0; row < cells; row++) {
      for (int column = 0; column < cells; column++) {
        double x = -1.3 + column * cell;
        double y = -1.3 + row * cell;
        boolean turned = chance.flip(0.5);
        arcs.add(arc(turned ? x + cell : x, y, cell / 2, turned ? 180 : 270));
        arcs.add(arc(turned ? x : x + cell, y + cell, cell / 2, turned ? 0 : 90));
      }
    }
    if (outline) {
      scene.paint(scene.palette.tone(0));
      scene.pen.setStroke(
          new BasicStroke((float) (width * 1.5), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
      arcs.forEach(scene::draw);
    }
    scene.paint(Scene.linear(-1, -1, 1, 1, scene.palette.tone(0.5), scene.palette.tone(1)));
    scene.stroke(width);
    arcs.forEach(scene::draw);
    if (outline) {
      scene.paint(Palette.light(scene.palette.accent(), 0.1));
      scene.stroke(width * 0.3);
      arcs.forEach(scene::draw);
    }
  }

  private static Shape arc(double x, double y, double radius, double from) {
    return new Arc2D.Double(x - radius, y - radius, 2 * radius, 2 * radius, from, 90, Arc2D.OPEN);
  }
}
