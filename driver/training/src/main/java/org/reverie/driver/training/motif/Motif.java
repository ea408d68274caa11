package org.reverie.driver.training.motif;

import java.awt.image.BufferedImage;
import java.util.Locale;
import org.reverie.tiling.KeyedRandom;

/**
 * The classes of motifs. A class's place in this list is part of the key of its pictures, so new
 * ones go last.
 */
public enum Motif {
  AGATE(new Agate()),
  ARCH(new Arch()),
  BARK(new Bark()),
  BEETLE(new Beetle()),
  BUBBLE(new Bubble()),
  BUTTERFLY(new Butterfly()),
  CALLIGRAPHY(new Calligraphy()),
  CLOUD(new Cloud()),
  CORAL(new Coral()),
  CRYSTAL(new Crystal()),
  EYE(new Eye()),
  FEATHER(new Feather()),
  FERN(new Fern()),
  FLAME(new Flame()),
  FLOWER(new Flower()),
  GEAR(new Gear()),
  GUILLOCHE(new Guilloche()),
  HONEYCOMB(new Honeycomb()),
  KNOT(new Knot()),
  LACE(new Lace()),
  LEAF(new Leaf()),
  MAP(new Map()),
  MASK(new Mask()),
  MOUNTAIN(new Mountain()),
  MUSHROOM(new Mushroom()),
  PENROSE(new Penrose()),
  ROSETTE(new Rosette()),
  SCALES(new Scales()),
  SCALLOP(new Scallop()),
  SHELL(new Shell()),
  SMOKE(new Smoke()),
  SPIRE(new Spire()),
  TENTACLE(new Tentacle()),
  TREE(new Tree()),
  TRUCHET(new Truchet()),
  WAVE(new Wave()),
  WEAVE(new Weave()),
  WEB(new Web()),
  WINDOW(new Window()),
  WOODCUT(new Woodcut());

  private final Drawing drawing;

  Motif(Drawing drawing) {
    this.drawing = drawing;
  }

  /** The name of the class and of its folder: lower case, no spaces. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Draws one picture of the class.
   *
   * @param seed of the whole collection
   * @param index which of the class, from 0
   * @param size edge of the square picture, pixels; at least 8
   * @return sRGB without alpha; the same for the same arguments
   */
  public BufferedImage draw(long seed, long index, int size) {
    if (size < 8) {
      throw new IllegalArgumentException("a motif of " + size + " px");
    }
    Scene scene =
        new Scene(
            size, new Chance(KeyedRandom.of(seed, KeyedRandom.Purpose.MOTIF, ordinal(), index)));
    try {
      drawing.draw(scene);
      Finish.of(scene);
    } finally {
      scene.close();
    }
    return scene.image();
  }
}
