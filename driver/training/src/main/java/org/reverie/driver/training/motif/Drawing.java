package org.reverie.driver.training.motif;

/** Draws one class of motifs. */
interface Drawing {
  /** Draws one of its motifs, ground included, as the scene's chance will have it. */
  void draw(Scene scene);
}
