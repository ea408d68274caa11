package org.reverie.driver.training.motif;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;

/** Stained glass: leaded panes in a frame. */
final class Window implements Drawing {
  @Override
  public void draw(Scene scene) {
    scene.ground();
    scene.place(0.85, 1.05, 0.2);
    Chance chance = scene.chance;
    double half = chance.in(0.5, 0.8);
    Path2D frame = new Path2D.Double();
    frame.moveTo(-half, 0.95);
    frame.lineTo(-half, -0.15);
    frame.quadTo(-half, -0.65, 0, -0.98);
    frame.quadTo(half, -0.65, half, -0.15);
    frame.lineTo(half, 0.95);
    frame.closePath();
    scene.paint(Palette.light(scene.palette.ground(), -0.4));
    scene.stroke(0.2);
    scene.draw(frame);
    Shape clip = scene.pen.getClip();
    scene.pen.clip(frame);
    double hue = chance.in(0, 1);
    boolean diamonds = chance.flip(0.5);
    double pane = chance.in(0.16, 0.28);
    for (double y = -1.1; y < 1.1; y += pane) {
      for (double x = -half - pane; x < half + pane; x += pane) {
        Color glass =
            Palette.colour(hue + chance.in(0, 0.55), chance.in(0.55, 1), chance.in(0.45, 1));
        Path2D shape =
            diamonds
                ? Scene.polygon(
                    x, y - pane * 0.5, x + pane * 0.5, y, x, y + pane * 0.5, x - pane * 0.5, y)
                : Scene.polygon(x, y, x + pane, y, x + pane, y + pane, x, y + pane);
        scene.paint(Scene.radial(x, y, pane * 1.2, Palette.light(glass, 0.35), glass));
        scene.fill(shape);
        if (diamonds) {
          scene.paint(
              Palette.colour(hue + chance.in(0, 0.55), chance.in(0.55, 1), chance.in(0.45, 1)));
          scene.fill(
              Scene.polygon(
                  x + pane * 0.5,
                  y,
                  x + pane,
                  y + pane * 0.5,
                  x + pane * 0.5,
                  y + pane,
                  x,
                  y + pane * 0.5));
        }
        scene.paint(Color.BLACK);
        scene.stroke(0.025);
        scene.draw(shape);
      }
    }
    double rose = half * chance.in(0.5, 0.7);
    double y = -0.2;
    int petals = chance.whole(6, 12);
    for (int i = 0; i < petals; i++) {
      AffineTransform before = scene.pen.getTransform();
      scene.pen.translate(0, y);
      scene.pen.rotate(2 * Math.PI * i / petals);
      Path2D petal = Scene.almond(rose, Math.min(0.4, 2.6 * rose / petals), 0.55);
      scene.paint(Palette.colour(hue + 0.5 + (i % 2) * 0.12, 0.85, 0.95));
      scene.fill(petal);
      scene.paint(Color.BLACK);
      scene.draw(petal);
      scene.pen.setTransform(before);
    }
    scene.stroke(0.04);
    scene.ring(0, y, rose);
    scene.paint(Palette.colour(hue + 0.1, 0.9, 1));
    scene.disc(0, y, rose * 0.2);
    scene.pen.setClip(clip);
    scene.paint(new Color(30, 26, 24));
    scene.stroke(0.07);
    scene.draw(frame);
  }
}
